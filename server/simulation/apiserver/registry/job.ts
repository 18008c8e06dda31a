import type { Strategy } from './types.ts';

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const LEGACY_CONTROLLER_UID = 'controller-uid';
const JOB_NAME = 'batch.kubernetes.io/job-name';
const LEGACY_JOB_NAME = 'job-name';

/** `pkg/registry/batch/job/strategy.go`: makes up the selector and the labels that it selects. */
export const jobStrategy = {
  resource: 'jobs.batch',
  generation: 'spec',
  prepareForCreate(job) {
    if (job.spec.manualSelector) return;
    const { uid, name } = job.metadata;
    const template = job.spec.template ?? {};
    const labels = { ...template.metadata?.labels, [LEGACY_JOB_NAME]: name, [JOB_NAME]: name, [LEGACY_CONTROLLER_UID]: uid, [CONTROLLER_UID]: uid };
    job.spec = {
      ...job.spec,
      selector: { ...job.spec.selector, matchLabels: { ...job.spec.selector?.matchLabels, [CONTROLLER_UID]: uid } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    };
    // Defaulting of what is read back takes the labels of the template when the job has none.
    if (!job.metadata.labels || Object.keys(job.metadata.labels).length === 0) job.metadata.labels = labels;
  },
} satisfies Strategy;
