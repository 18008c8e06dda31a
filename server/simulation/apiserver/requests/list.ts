/** Lists, in pages when the client limits them. */
import { badRequest } from '../errors.ts';
import { objectKey, type Store } from '../store.ts';
import type { KubeObject } from '../types.ts';
import type { Representation } from './representation.ts';
import type { Selection } from './selection.ts';

/** What a continue token holds: where the next page begins, and the revision of the first page. */
interface Continue {
  revision: string;
  after: string;
}

function encodeContinue(token: Continue): string {
  return btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(token.revision), start: `${token.after}\u0000` }));
}

function decodeContinue(text: string): Continue {
  try {
    const token = JSON.parse(atob(text)) as { rv?: number; start?: string };
    if (typeof token.rv === 'number' && typeof token.start === 'string') return { revision: String(token.rv), after: token.start.replace(/\u0000$/, '') };
  } catch {
    // Falls through to the error below: whatever is wrong with it, the token is not ours.
  }
  throw badRequest('continue key is not valid: invalid character in continue token');
}

const keyOf = (object: KubeObject): string => objectKey(object.metadata.namespace, object.metadata.name);

/** @throws ApiError 400 for a bad limit or continue token. */
export function list(store: Store, selection: Selection, representation: Representation): unknown {
  const { query } = selection.info;
  const limit = query.limit ? Number(query.limit) : 0;
  if (!Number.isInteger(limit) || limit < 0) throw badRequest(`limit: Invalid value: "${query.limit}": must be a non-negative integer`);
  const from = query.continue ? decodeContinue(query.continue) : undefined;
  const revision = from?.revision ?? String(store.revision);
  let objects = selection.list(store);
  if (from) objects = objects.filter((object) => keyOf(object) > from.after);
  if (limit === 0 || objects.length <= limit) return representation.list(objects, { resourceVersion: revision });
  const page = objects.slice(0, limit);
  return representation.list(page, {
    resourceVersion: revision,
    continue: encodeContinue({ revision, after: keyOf(page[limit - 1] as KubeObject) }),
    // With selectors the real server cannot know without reading on, and says nothing.
    ...(selection.selective ? {} : { remainingItemCount: objects.length - limit }),
  });
}
