/**
 * Conversion between the versions of resources that are served in more than one. Everything is stored in the
 * preferred version (core/v1 Event, autoscaling/v2 HorizontalPodAutoscaler).
 */
import { readAs } from '../custom-resources/objects.ts';
import { groupVersion, type ServedResource } from '../discovery.ts';
import type { KubeObject } from '../types.ts';

interface Conversion {
  toStorage(object: KubeObject): KubeObject;
  fromStorage(object: KubeObject): KubeObject;
}

/** Fields of events.k8s.io/v1 Event that have another name in core/v1. */
const EVENT_FIELDS: [served: string, stored: string][] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function rename(object: KubeObject, apiVersion: string, pairs: [from: string, to: string][]): KubeObject {
  const names = new Map(pairs);
  const result: KubeObject = { apiVersion, kind: object.kind, metadata: object.metadata };
  for (const [field, value] of Object.entries(object)) if (!(field in result)) result[names.get(field) ?? field] = value;
  return result;
}

function cpuMetric(percentage: number): Record<string, unknown> {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } } };
}

interface Metric {
  type: string;
  resource?: { name: string; target?: { averageUtilization?: number }; current?: { averageUtilization?: number } };
}

const isCpu = (metric: Metric): boolean => metric.type === 'Resource' && metric.resource?.name === 'cpu';

const conversions: Record<string, Conversion> = {
  'events.k8s.io/v1/events': {
    toStorage: (object) => rename(object, 'v1', EVENT_FIELDS),
    fromStorage: (object) => rename(object, 'events.k8s.io/v1', EVENT_FIELDS.map(([served, stored]) => [stored, served])),
  },
  'autoscaling/v1/horizontalpodautoscalers': {
    toStorage(object) {
      const { targetCPUUtilizationPercentage: target, ...spec } = object.spec ?? {};
      return { ...object, apiVersion: 'autoscaling/v2', spec: target === undefined ? spec : { ...spec, metrics: [cpuMetric(target)] } };
    },
    fromStorage(object) {
      const { metrics, behavior: _notInV1, ...spec } = object.spec ?? {};
      const { currentMetrics, conditions: _annotationInV1, ...status } = object.status ?? {};
      const target = ((metrics ?? []) as Metric[]).find(isCpu)?.resource?.target?.averageUtilization;
      const current = ((currentMetrics ?? []) as Metric[]).find(isCpu)?.resource?.current?.averageUtilization;
      return {
        ...object,
        apiVersion: 'autoscaling/v1',
        spec: target === undefined ? spec : { ...spec, targetCPUUtilizationPercentage: target },
        status: { currentReplicas: 0, ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) },
      };
    },
  },
};

function conversionOf(resource: ServedResource): Conversion | undefined {
  return conversions[`${groupVersion(resource.group, resource.version)}/${resource.plural}`];
}

/** An object as a client sent it, in the stored version. */
export function toStorageVersion(resource: ServedResource, object: KubeObject): KubeObject {
  const { definedBy } = resource;
  if (definedBy) return object.apiVersion === definedBy.storedAs ? object : { ...object, apiVersion: definedBy.storedAs };
  return conversionOf(resource)?.toStorage(object) ?? object;
}

/** A stored object in the version that was asked for. */
export function fromStorageVersion(resource: ServedResource, object: KubeObject): KubeObject {
  const conversion = conversionOf(resource);
  if (conversion) return conversion.fromStorage(object);
  return resource.definedBy ? readAs(resource.definedBy, groupVersion(resource.group, resource.version), object) : object;
}

/** Whether objects of this resource are handed out as they are stored. */
export function isStorageVersion(resource: ServedResource): boolean {
  return !resource.definedBy && conversionOf(resource) === undefined;
}
