/** Lists, in pages when the client limits them. The pages of one list are those of one revision. */
import { badRequest, expired, tooLargeRevision } from '../errors.ts';
import { objectKey, type Store } from '../store.ts';
import { ApiError, type KubeObject } from '../types.ts';
import { listOptions } from './list-options.ts';
import type { Representation } from './representation.ts';
import type { Selection } from './selection.ts';

/** What a continue token holds: where the next page begins, and the revision of the first page (-1: any). */
interface Continue {
  revision: number;
  after: string;
}

const ANY_REVISION = -1;
const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function encodeContinue({ revision, after }: Continue): string {
  return btoa(unescapeUtf8(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })));
}

/** `btoa` takes bytes. Names are ASCII, but field selectors may have brought in anything. */
function unescapeUtf8(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function decodeContinue(text: string): Continue {
  try {
    const token = JSON.parse(atob(text)) as { rv?: number; start?: string };
    if (Number.isInteger(token.rv) && typeof token.start === 'string') return { revision: token.rv as number, after: token.start.replace(/\u0000$/, '') };
  } catch {
    // Falls through to the error below: whatever is wrong with it, the token is not ours.
  }
  throw badRequest('continue key is not valid: invalid character in continue token');
}

const keyOf = (object: KubeObject): string => objectKey(object.metadata.namespace, object.metadata.name);

/** 410 with a token that goes on from here, inconsistently. */
function tooOld(after: string): ApiError {
  const { status } = expired(TOO_OLD);
  return new ApiError({ ...status, metadata: { continue: encodeContinue({ revision: ANY_REVISION, after }) } });
}

/** The objects that a list is made of, and their revision. @throws ApiError 410, 504 */
function objectsOf(store: Store, selection: Selection, revision: number, gone: () => ApiError): { objects: KubeObject[]; revision: number } {
  if (revision === ANY_REVISION) return { objects: selection.list(store), revision: store.revision };
  if (revision > store.revision) throw tooLargeRevision(revision, store.revision);
  const objects = selection.listAt(store, revision);
  if (!objects) throw gone();
  return { objects, revision };
}

/** @throws ApiError 400, 410, 422, 504 */
export function list(store: Store, selection: Selection, representation: Representation): unknown {
  const options = listOptions(selection.info.query, false);
  const { limit } = options;
  const from = options.continue ? decodeContinue(options.continue) : undefined;
  if (from && options.resourceVersion !== '' && options.resourceVersion !== '0') throw badRequest('specifying resource version is not allowed when using continue');
  const wanted = Number(options.resourceVersion || 0);
  if (wanted > store.revision) throw tooLargeRevision(wanted, store.revision);
  // A page of a certain revision, or of one that is at least so new: the most recent is.
  const exact = options.match === 'Exact' || (options.match === '' && limit > 0 && wanted > 0) ? wanted : ANY_REVISION;
  const { objects: all, revision } = from
    ? objectsOf(store, selection, from.revision, () => tooOld(from.after))
    : objectsOf(store, selection, exact, () => expired(`The resourceVersion for the provided list is too old.`));
  const objects = from ? all.filter((object) => keyOf(object) > from.after) : all;
  const resourceVersion = String(revision);
  if (limit === 0 || objects.length <= limit) return representation.list(objects, { resourceVersion });
  const page = objects.slice(0, limit);
  return representation.list(page, {
    resourceVersion,
    continue: encodeContinue({ revision, after: keyOf(page[limit - 1] as KubeObject) }),
    // With selectors the real server cannot know without reading on, and says nothing.
    ...(selection.selective ? {} : { remainingItemCount: objects.length - limit }),
  });
}
