/** Defaults of workloads (`pkg/apis/apps/v1/defaults.go`, `batch`, `autoscaling`, `policy`). */
import { each, fill, over, templateDefaults } from './pods.ts';

type Json = Record<string, unknown>;

const spec = (change: (spec: Json) => Json) => (object: Json): Json => over(object, 'spec', change);

export const deploymentDefaults = spec((value) => {
  const filled = templateDefaults(fill(value, { progressDeadlineSeconds: 600, replicas: 1, revisionHistoryLimit: 10, strategy: {} }));
  return over(filled, 'strategy', (strategy: Json) => {
    const typed = fill(strategy, { type: 'RollingUpdate' });
    return typed.type === 'RollingUpdate' ? { ...typed, rollingUpdate: fill((typed.rollingUpdate as Json | undefined) ?? {}, { maxSurge: '25%', maxUnavailable: '25%' }) } : typed;
  });
});

export const replicaSetDefaults = spec((value) => templateDefaults(fill(value, { replicas: 1 })));

export const replicationControllerDefaults = (object: Json): Json => {
  const filled = spec((value) => templateDefaults(fill(value, { replicas: 1 })))(object);
  const template = (filled.spec as { template?: { metadata?: { labels?: Json } } } | undefined)?.template;
  return template?.metadata?.labels ? over(filled, 'spec', (value: Json) => fill(value, { selector: template.metadata?.labels })) : filled;
};

export const daemonSetDefaults = spec((value) => {
  const filled = templateDefaults(fill(value, { revisionHistoryLimit: 10, updateStrategy: {} }));
  return over(filled, 'updateStrategy', (strategy: Json) => {
    const typed = fill(strategy, { type: 'RollingUpdate' });
    return typed.type === 'RollingUpdate' ? { ...typed, rollingUpdate: fill((typed.rollingUpdate as Json | undefined) ?? {}, { maxSurge: 0, maxUnavailable: 1 }) } : typed;
  });
});

export const statefulSetDefaults = spec((value) => {
  const filled = templateDefaults(
    fill(value, { persistentVolumeClaimRetentionPolicy: {}, podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10, updateStrategy: {} }),
  );
  const claims = each(filled, 'volumeClaimTemplates', (claim) => ({ ...fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }), spec: fill((claim.spec as Json | undefined) ?? {}, { volumeMode: 'Filesystem' }), status: { phase: 'Pending' } }));
  const retention = over(claims, 'persistentVolumeClaimRetentionPolicy', (policy: Json) => fill(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }));
  return over(retention, 'updateStrategy', (strategy: Json) => {
    const typed = fill(strategy, { type: 'RollingUpdate' });
    return typed.type === 'RollingUpdate' ? { ...typed, rollingUpdate: fill((typed.rollingUpdate as Json | undefined) ?? {}, { partition: 0 }) } : typed;
  });
});

function jobSpec(value: Json): Json {
  const single: Json = value.completions === undefined && value.parallelism === undefined ? { completions: 1 } : {};
  return templateDefaults(fill(value, { backoffLimit: value.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647, completionMode: 'NonIndexed', ...single, parallelism: 1, podReplacementPolicy: value.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed', suspend: false }));
}

export const jobDefaults = spec(jobSpec);

export const cronJobDefaults = spec((value) =>
  over(fill(value, { concurrencyPolicy: 'Allow', failedJobsHistoryLimit: 1, successfulJobsHistoryLimit: 3, suspend: false }), 'jobTemplate', (template: Json) =>
    over(fill(template, { metadata: {} }), 'spec', (inner: Json) => templateDefaults(inner)),
  ),
);

const SCALE_UP: Json = { policies: [{ periodSeconds: 15, type: 'Pods', value: 4 }, { periodSeconds: 15, type: 'Percent', value: 100 }], selectPolicy: 'Max', stabilizationWindowSeconds: 0 };
const SCALE_DOWN: Json = { policies: [{ periodSeconds: 15, type: 'Percent', value: 100 }], selectPolicy: 'Max' };

export const horizontalPodAutoscalerDefaults = spec((value) => {
  const filled = fill(value, { minReplicas: 1, metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 80, type: 'Utilization' } }, type: 'Resource' }] });
  return over(filled, 'behavior', (behavior: Json) => ({ ...behavior, scaleDown: fill((behavior.scaleDown as Json | undefined) ?? {}, SCALE_DOWN), scaleUp: fill((behavior.scaleUp as Json | undefined) ?? {}, SCALE_UP) }));
});
