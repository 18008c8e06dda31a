import { describe, expect, it } from 'vitest';
import { horizontalPodAutoscalerErrors } from './autoscaling.ts';

const cpu = (target: object): object => ({ type: 'Resource', resource: { name: 'cpu', target } });
const up = (rules: object): object => ({ behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }], ...rules } } });

describe('a HorizontalPodAutoscaler', () => {
  it.each<[object, string[]]>([
    [{}, []],
    [{ minReplicas: 3, maxReplicas: 2 }, ['spec.maxReplicas']],
    [{ scaleTargetRef: {} }, ['spec.scaleTargetRef.kind', 'spec.scaleTargetRef.name']],
    [{ metrics: [cpu({ type: 'Utilization', averageUtilization: 0 })] }, ['spec.metrics[0].resource.target.averageUtilization']],
    [{ metrics: [cpu({ type: 'Utilization' })] }, ['spec.metrics[0].resource.target.averageUtilization']],
    [{ metrics: [cpu({ type: 'AverageValue', averageValue: '0' })] }, ['spec.metrics[0].resource.target.averageValue']],
    [{ metrics: [cpu({ averageUtilization: 50 })] }, ['spec.metrics[0].resource.target.type', 'spec.metrics[0].resource.target.type']],
    [{ metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] }, ['spec.metrics[0].containerResource.container']],
    [{ metrics: [{ type: 'Pods' }] }, ['spec.metrics[0].pods']],
    [{ metrics: [{ type: 'Load' }] }, ['spec.metrics[0].type']],
    [up({}), []],
    [up({ policies: [] }), ['spec.behavior.scaleUp.policies']],
    [up({ policies: [{ type: 'Share', value: 0, periodSeconds: 1_801 }] }), ['spec.behavior.scaleUp.policies[0].type', 'spec.behavior.scaleUp.policies[0].value', 'spec.behavior.scaleUp.policies[0].periodSeconds']],
    [up({ stabilizationWindowSeconds: 3_601, selectPolicy: 'Most' }), ['spec.behavior.scaleUp.stabilizationWindowSeconds', 'spec.behavior.scaleUp.selectPolicy']],
  ])('%j', (extra, fields) => {
    const spec = { minReplicas: 1, maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, metrics: [cpu({ type: 'Utilization', averageUtilization: 50 })], ...extra };
    expect(horizontalPodAutoscalerErrors({ spec }).map(({ field }) => field)).toEqual(fields);
  });
});
