/** Descriptions of what makes pods: Deployment, ReplicaSet, DaemonSet, StatefulSet, Job, CronJob. */
import { humanDuration } from '../../../../simulation/apiserver/tables/duration.ts';
import { byAge } from '../../../../simulation/apiserver/age.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import { findNew } from '../../../../simulation/controllers/deployment-sets.ts';
import { formatLabelSelector } from '../../../../simulation/apiserver/selectors.ts';
import { describeEvents } from '../events.ts';
import { describePodTemplate, type PodTemplate } from '../pod-template.ts';
import type { DescribeContext, Describer } from '../types.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

function selectorOf(object: KubeObject): LabelSelector | undefined {
  const { selector } = object.spec as { selector?: LabelSelector | Record<string, string> };
  return object.kind === 'ReplicationController' ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector | undefined);
}

function controlledBy(writer: Writer, object: KubeObject): void {
  const controller = object.metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller) writer.line(0, `Controlled By:\t${controller.kind}/${controller.name}`);
}

/** Pods that an object controls, counted by phase. */
async function podsStatus(object: KubeObject, context: DescribeContext): Promise<{ running: number; waiting: number; succeeded: number; failed: number }> {
  const counts = { running: 0, waiting: 0, succeeded: 0, failed: 0 };
  const pods = await context.list(`/api/v1/namespaces/${object.metadata.namespace}/pods`, { labelSelector: formatLabelSelector(selectorOf(object) ?? {}) });
  for (const pod of pods) {
    if (!pod.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === object.metadata.uid)) continue;
    switch ((pod.status as { phase?: string } | undefined)?.phase) {
      case 'Running':
        counts.running++;
        break;
      case 'Pending':
        counts.waiting++;
        break;
      case 'Succeeded':
        counts.succeeded++;
        break;
      case 'Failed':
        counts.failed++;
        break;
    }
  }
  return counts;
}

function conditions(writer: Writer, list: { type: string; status: string; reason?: string }[] | undefined): void {
  if (!list?.length) return;
  writer.line(0, 'Conditions:\n  Type\tStatus\tReason');
  writer.line(1, '----\t------\t------');
  for (const condition of list) writer.line(1, `${condition.type} \t${condition.status}\t${condition.reason ?? ''}`);
}

function replicasOf(sets: KubeObject[]): string {
  return sets.map((set) => `${set.metadata.name} (${(set.status as { replicas?: number } | undefined)?.replicas ?? 0}/${(set.spec as { replicas?: number }).replicas ?? 0} replicas created)`).join(', ') || '<none>';
}

export const describeDeployment: Describer = async (deployment, context) => {
  const { metadata } = deployment;
  const spec = deployment.spec as {
    replicas?: number;
    minReadySeconds?: number;
    strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string } };
    template: PodTemplate;
  };
  const status = (deployment.status ?? {}) as { replicas?: number; updatedReplicas?: number; availableReplicas?: number; unavailableReplicas?: number; conditions?: { type: string; status: string; reason?: string }[] };
  const writer = new Writer();
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace}`);
  writer.line(0, `CreationTimestamp:\t${date(metadata.creationTimestamp)}`);
  pairs(writer, 'Labels', metadata.labels);
  annotations(writer, metadata.annotations);
  writer.line(0, `Selector:\t${formatLabelSelector(selectorOf(deployment) ?? {})}`);
  writer.line(0, `Replicas:\t${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`);
  writer.line(0, `StrategyType:\t${spec.strategy?.type ?? ''}`);
  writer.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling) writer.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  describePodTemplate(writer, spec.template);
  conditions(writer, status.conditions);
  const owned = (await context.list(`/apis/apps/v1/namespaces/${metadata.namespace}/replicasets`, { labelSelector: formatLabelSelector(selectorOf(deployment) ?? {}) }))
    .filter((set) => set.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === metadata.uid))
    .sort(byAge);
  const newSet = findNew(deployment, owned);
  writer.line(0, `OldReplicaSets:\t${replicasOf(owned.filter((set) => set !== newSet))}`);
  writer.line(0, `NewReplicaSet:\t${replicasOf(newSet ? [newSet] : [])}`);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

/** ReplicaSets and the ReplicationControllers before them. */
export const describeReplicaSet: Describer = async (set, context) => {
  const spec = set.spec as { replicas?: number; template: PodTemplate };
  const status = (set.status ?? {}) as { replicas?: number; conditions?: { type: string; status: string; reason?: string }[] };
  const writer = new Writer();
  writer.line(0, `Name:\t${set.metadata.name}`);
  writer.line(0, `Namespace:\t${set.metadata.namespace}`);
  writer.line(0, `Selector:\t${formatLabelSelector(selectorOf(set) ?? {})}`);
  pairs(writer, 'Labels', set.metadata.labels);
  annotations(writer, set.metadata.annotations);
  controlledBy(writer, set);
  writer.line(0, `Replicas:\t${status.replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
  const pods = await podsStatus(set, context);
  writer.line(0, `Pods Status:\t${pods.running} Running / ${pods.waiting} Waiting / ${pods.succeeded} Succeeded / ${pods.failed} Failed`);
  describePodTemplate(writer, spec.template);
  conditions(writer, status.conditions);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

export const describeDaemonSet: Describer = async (set, context) => {
  const spec = set.spec as { template: PodTemplate };
  const status = (set.status ?? {}) as Record<string, number | undefined>;
  const writer = new Writer();
  writer.line(0, `Name:\t${set.metadata.name}`);
  writer.line(0, `Namespace:\t${set.metadata.namespace}`);
  writer.line(0, `Selector:\t${formatLabelSelector(selectorOf(set) ?? {})}`);
  const selector = spec.template.spec?.nodeSelector;
  writer.line(0, `Node-Selector:\t${Object.keys(selector ?? {}).sort().map((key) => `${key}=${selector?.[key]}`).join(',') || '<none>'}`);
  pairs(writer, 'Labels', set.metadata.labels);
  annotations(writer, set.metadata.annotations);
  writer.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`);
  writer.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`);
  writer.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`);
  writer.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`);
  writer.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`);
  const pods = await podsStatus(set, context);
  writer.line(0, `Pods Status:\t${pods.running} Running / ${pods.waiting} Waiting / ${pods.succeeded} Succeeded / ${pods.failed} Failed`);
  describePodTemplate(writer, spec.template);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

export const describeStatefulSet: Describer = async (set, context) => {
  const spec = set.spec as {
    replicas?: number;
    serviceName?: string;
    podManagementPolicy?: string;
    persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number; maxUnavailable?: number | string } };
    template: PodTemplate;
    volumeClaimTemplates?: KubeObject[];
  };
  const status = (set.status ?? {}) as { replicas?: number };
  const writer = new Writer();
  writer.line(0, `Name:\t${set.metadata.name}`);
  writer.line(0, `Namespace:\t${set.metadata.namespace}`);
  writer.line(0, `CreationTimestamp:\t${date(set.metadata.creationTimestamp)}`);
  writer.line(0, `Selector:\t${formatLabelSelector(selectorOf(set) ?? {})}`);
  pairs(writer, 'Labels', set.metadata.labels);
  annotations(writer, set.metadata.annotations);
  if (spec.serviceName) writer.line(0, `Service Name:\t${spec.serviceName}`);
  if (spec.podManagementPolicy) writer.line(0, `Pod Management Policy:\t${spec.podManagementPolicy}`);
  writer.line(0, `Replicas:\t${spec.replicas ?? 0} desired | ${status.replicas ?? 0} total`);
  writer.line(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`);
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling) {
    writer.line(1, `Partition:\t${rolling.partition ?? 0}`);
    if (rolling.maxUnavailable !== undefined) writer.line(1, `MaxUnavailable:\t${rolling.maxUnavailable}`);
  }
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (retention) {
    writer.line(0, 'Persistent Volume Claim Retention Policy:');
    writer.line(1, `WhenDeleted:\t${retention.whenDeleted ?? ''}`);
    writer.line(1, `WhenScaled:\t${retention.whenScaled ?? ''}`);
  }
  const pods = await podsStatus(set, context);
  writer.line(0, `Pods Status:\t${pods.running} Running / ${pods.waiting} Waiting / ${pods.succeeded} Succeeded / ${pods.failed} Failed`);
  describePodTemplate(writer, spec.template);
  claims(writer, spec.volumeClaimTemplates);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

function claims(writer: Writer, templates: KubeObject[] | undefined): void {
  if (!templates?.length) return writer.line(0, 'Volume Claims:\t<none>');
  writer.line(0, 'Volume Claims:');
  for (const claim of templates) {
    const spec = claim.spec as { storageClassName?: string; resources?: { requests?: { storage?: string } }; accessModes?: string[] };
    writer.line(1, `Name:\t${claim.metadata.name}`);
    writer.line(1, `StorageClass:\t${spec.storageClassName ?? ''}`);
    pairs(writer, 'Labels', claim.metadata.labels, 1);
    annotations(writer, claim.metadata.annotations, 1);
    writer.line(1, `Capacity:\t${spec.resources?.requests?.storage ?? ''}`);
    writer.line(1, `Access Modes:\t[${(spec.accessModes ?? []).join(' ')}]`);
  }
}

export const describeJob: Describer = async (job, context) => {
  const spec = job.spec as { parallelism?: number; completions?: number; completionMode?: string; suspend?: boolean; backoffLimit?: number; activeDeadlineSeconds?: number; ttlSecondsAfterFinished?: number; template: PodTemplate };
  const status = (job.status ?? {}) as { active?: number; ready?: number; succeeded?: number; failed?: number; startTime?: string; completionTime?: string; completedIndexes?: string };
  const writer = new Writer();
  writer.line(0, `Name:\t${job.metadata.name}`);
  writer.line(0, `Namespace:\t${job.metadata.namespace}`);
  const selector = selectorOf(job);
  if (selector) writer.line(0, `Selector:\t${formatLabelSelector(selector)}`);
  pairs(writer, 'Labels', job.metadata.labels);
  annotations(writer, job.metadata.annotations);
  controlledBy(writer, job);
  if (spec.parallelism !== undefined) writer.line(0, `Parallelism:\t${spec.parallelism}`);
  writer.line(0, `Completions:\t${spec.completions ?? '<unset>'}`);
  if (spec.completionMode) writer.line(0, `Completion Mode:\t${spec.completionMode}`);
  if (spec.suspend !== undefined) writer.line(0, `Suspend:\t${spec.suspend}`);
  if (spec.backoffLimit !== undefined) writer.line(0, `Backoff Limit:\t${spec.backoffLimit}`);
  if (spec.ttlSecondsAfterFinished !== undefined) writer.line(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`);
  if (status.startTime) writer.line(0, `Start Time:\t${date(status.startTime)}`);
  if (status.completionTime) writer.line(0, `Completed At:\t${date(status.completionTime)}`);
  if (status.startTime && status.completionTime) writer.line(0, `Duration:\t${humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime))}`);
  if (spec.activeDeadlineSeconds !== undefined) writer.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`);
  writer.line(0, `Pods Statuses:\t${status.active ?? 0} Active (${status.ready ?? 0} Ready) / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`);
  if (spec.completionMode === 'Indexed') writer.line(0, `Completed Indexes:\t${status.completedIndexes || '<none>'}`);
  describePodTemplate(writer, spec.template);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

export const describeCronJob: Describer = async (cron, context) => {
  const spec = cron.spec as {
    schedule: string;
    timeZone?: string;
    concurrencyPolicy?: string;
    suspend?: boolean;
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
    startingDeadlineSeconds?: number;
    jobTemplate: { spec: { selector?: LabelSelector; parallelism?: number; completions?: number; activeDeadlineSeconds?: number; template: PodTemplate } };
  };
  const status = (cron.status ?? {}) as { lastScheduleTime?: string; active?: { name: string }[] };
  const template = spec.jobTemplate.spec;
  const writer = new Writer();
  writer.line(0, `Name:\t${cron.metadata.name}`);
  writer.line(0, `Namespace:\t${cron.metadata.namespace}`);
  pairs(writer, 'Labels', cron.metadata.labels);
  annotations(writer, cron.metadata.annotations);
  writer.line(0, `Schedule:\t${spec.schedule}`);
  writer.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`);
  writer.line(0, `Suspend:\t${spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'}`);
  writer.line(0, `Time Zone:\t${spec.timeZone ?? '<unset>'}`);
  writer.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`);
  writer.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`);
  writer.line(0, `Starting Deadline Seconds:\t${spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`}`);
  writer.line(0, `Selector:\t${template.selector ? formatLabelSelector(template.selector) : '<unset>'}`);
  writer.line(0, `Parallelism:\t${template.parallelism ?? '<unset>'}`);
  writer.line(0, `Completions:\t${template.completions ?? '<unset>'}`);
  if (template.activeDeadlineSeconds !== undefined) writer.line(0, `Active Deadline Seconds:\t${template.activeDeadlineSeconds}s`);
  describePodTemplate(writer, template.template);
  writer.line(0, `Last Schedule Time:\t${status.lastScheduleTime ? date(status.lastScheduleTime) : '<unset>'}`);
  writer.line(0, `Active Jobs:\t${(status.active ?? []).map((job) => job.name).join(', ') || '<none>'}`);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};
