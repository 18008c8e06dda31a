/** History of pod templates in ControllerRevisions (`pkg/controller/history`). */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import type { WatchSpec } from '../component.ts';
import { fnv32a } from '../kernel/hash.ts';
import { safeEncode } from '../kernel/random.ts';
import { canonical } from '../apiserver/canonical.ts';
import type { PodTemplate } from './replica-set.ts';
import type { ControllerContext } from './types.ts';

const REVISIONS = 'controllerrevisions.apps';
const HASH_LABEL = 'controller.kubernetes.io/hash';

export const revisionsByController: WatchSpec = {
  resource: REVISIONS,
  indexes: { controller: (revision) => [controllerOf(revision)?.uid ?? ''] },
};

export interface Revisions {
  /** What pods were before the update, and what they shall become. */
  current: KubeObject;
  update: KubeObject;
  all: KubeObject[];
}

function dataOf(template: PodTemplate): { spec: { template: PodTemplate & { $patch: string } } } {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

function numberOf(revision: KubeObject): number {
  return revision.revision as number;
}

/** The revisions of a workload, with one of its present template, which is created when there is none (`getStatefulSetRevisions`). */
export function currentRevisions(owner: KubeObject, template: PodTemplate, currentName: string | undefined, collisions: number, context: ControllerContext): Revisions {
  const all = [...context.lister.indexed(REVISIONS, 'controller', owner.metadata.uid)].sort((x, y) => numberOf(x) - numberOf(y));
  const next = all.reduce((most, revision) => Math.max(most, numberOf(revision)), 0) + 1;
  const data = dataOf(template);
  const text = canonical(data);
  const equal = all.filter((revision) => canonical(revision.data) === text);
  const last = all[all.length - 1];
  const same = equal[equal.length - 1];
  let update: KubeObject;
  if (same && same === last) update = same;
  else if (same) {
    // A template that was there before: its revision becomes the newest.
    update = context.client.patch(REVISIONS, same.metadata.namespace, same.metadata.name, (current) => ({ ...current, revision: next }));
    all.splice(all.indexOf(same), 1);
    all.push(update);
  } else {
    update = create(owner, data, next, collisions, context);
    all.push(update);
  }
  return { current: all.find((revision) => revision.metadata.name === currentName) ?? update, update, all };
}

function create(owner: KubeObject, data: object, number: number, collisions: number, context: ControllerContext): KubeObject {
  const hash = safeEncode(fnv32a(canonical(data) + (collisions > 0 ? String(collisions) : '')));
  const { namespace } = owner.metadata;
  const name = `${owner.metadata.name}-${hash}`;
  try {
    return context.client.create(REVISIONS, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        ...(namespace ? { namespace } : {}),
        labels: { ...(owner.spec as { template: PodTemplate }).template.metadata?.labels, [HASH_LABEL]: hash },
        ...(owner.metadata.annotations ? { annotations: owner.metadata.annotations } : {}),
        ownerReferences: [controllerReference(owner)],
      },
      data,
      revision: number,
    });
  } catch (error) {
    const existing = error instanceof ApiError && error.reason === 'AlreadyExists' ? context.client.get(REVISIONS, namespace, name) : undefined;
    if (existing && controllerOf(existing)?.uid === owner.metadata.uid) return existing;
    throw error;
  }
}

/** Deletes the oldest revisions that nothing uses, beyond the limit. */
export function truncateRevisions(owner: KubeObject, { all, current, update }: Revisions, used: ReadonlySet<string | undefined>, limit: number, context: ControllerContext): void {
  if (owner.metadata.deletionTimestamp) return;
  const unused = all.filter((revision) => revision !== current && revision !== update && !used.has(revision.metadata.name));
  for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) {
    try {
      context.client.delete(REVISIONS, revision.metadata.namespace, revision.metadata.name);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error;
    }
  }
}
