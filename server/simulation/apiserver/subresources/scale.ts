import { invalidValue } from '../errors.ts';
import { formatLabels } from '../tables/format.ts';
import { formatLabelSelector } from '../selectors.ts';
import type { KubeObject } from '../types.ts';
import type { Subresource } from './types.ts';

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

function selectorText(object: KubeObject): string {
  const selector = object.spec.selector;
  if (!selector) return '';
  const text = object.kind === 'ReplicationController' ? formatLabels(selector) : formatLabelSelector(selector);
  return text === '<none>' ? '' : text;
}

function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: object.spec.replicas ? { replicas: object.spec.replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

/** `…/scale`: the number of replicas of a workload, in the same form for all kinds (`registry/apps/…/storage.ScaleREST`). */
export const scale = {
  name: 'scale',
  subject: SCALE,
  read: (info, { registry }) => scaleOf(registry.mustGet(info.resource, info.namespace, info.name)),
  write(info, object, { registry }, options) {
    const existing = registry.mustGet(info.resource, info.namespace, info.name);
    const replicas: unknown = object.spec?.replicas ?? 0;
    if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
      throw invalidValue(SCALE, info.name, 'spec.replicas', replicas, 'must be greater than or equal to 0');
    }
    const { uid = '', resourceVersion = '' } = object.metadata ?? {};
    const wanted: KubeObject = {
      ...existing,
      metadata: { ...existing.metadata, uid: uid || existing.metadata.uid, resourceVersion: resourceVersion || existing.metadata.resourceVersion },
      spec: { ...existing.spec, replicas },
    };
    return scaleOf(registry.updateObject(info.resource, wanted, options));
  },
} satisfies Subresource;
