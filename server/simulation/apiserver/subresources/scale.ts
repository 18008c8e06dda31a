import { customScaleOf, withReplicas } from '../custom-resources/scale.ts';
import type { ScalePaths } from '../custom-resources/types.ts';
import type { ServedResource } from '../discovery.ts';
import { badRequest, internalError, invalidValue } from '../errors.ts';
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

/** Where a custom resource keeps its replicas; undefined for workloads, which all keep them in the same places. */
function pathsOf({ definedBy }: ServedResource): ScalePaths | undefined {
  return definedBy?.version.subresources?.scale;
}

function figuresOf(resource: ServedResource, object: KubeObject): { specReplicas: number | undefined; statusReplicas: number; selector: string } {
  const paths = pathsOf(resource);
  return paths ? customScaleOf(paths, object) : { specReplicas: object.spec.replicas as number | undefined, statusReplicas: object.status?.replicas ?? 0, selector: selectorText(object) };
}

function scaleOf(resource: ServedResource, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { specReplicas, statusReplicas, selector } = figuresOf(resource, object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: specReplicas ? { replicas: specReplicas } : {},
    status: { replicas: statusReplicas, ...(selector === '' ? {} : { selector }) },
  };
}

/** `…/scale`: the number of replicas of a workload, in the same form for all kinds (`registry/apps/…/storage.ScaleREST`). */
export const scale = {
  name: 'scale',
  subject: SCALE,
  read: (info, { registry }) => {
    const object = registry.mustGet(info.resource, info.namespace, info.name);
    const paths = pathsOf(info.resource);
    if (paths && figuresOf(info.resource, object).specReplicas === undefined && info.request.method === 'GET') throw internalError(`the spec replicas field "${paths.specReplicasPath}" does not exist`);
    return scaleOf(info.resource, object);
  },
  write(info, object, { registry }, options) {
    const existing = registry.mustGet(info.resource, info.namespace, info.name);
    const paths = pathsOf(info.resource);
    if (paths && object.spec?.replicas === undefined) throw badRequest(`the spec replicas field "${paths.specReplicasPath}" cannot be empty`);
    const replicas: unknown = object.spec?.replicas ?? 0;
    if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
      throw invalidValue(SCALE, info.name, 'spec.replicas', replicas, 'must be greater than or equal to 0');
    }
    const { uid = '', resourceVersion = '' } = object.metadata ?? {};
    const metadata = { ...existing.metadata, uid: uid || existing.metadata.uid, resourceVersion: resourceVersion || existing.metadata.resourceVersion };
    const scaled = paths ? withReplicas(paths, existing, replicas) : { ...existing, spec: { ...existing.spec, replicas } };
    return scaleOf(info.resource, registry.updateObject(info.resource, { ...scaled, metadata }, options));
  },
} satisfies Subresource;
