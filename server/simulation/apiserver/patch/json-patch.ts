/** JSON Patch (RFC 6902), with the error texts of the library that the API server uses. */

export interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** The patch cannot be applied to this object. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

/** `maxJSONPatchOperations`. */
export const MAX_OPERATIONS = 10_000;

function tokens(pointer: string): string[] {
  return pointer === '' ? [] : pointer.split('/').slice(1).map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function clone<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** The container of a path and its last token. */
function locate(document: unknown, pointer: string, operation: string): { parent: Record<string, unknown> | unknown[]; token: string } {
  const path = tokens(pointer);
  const token = path.pop();
  if (token === undefined) throw new JsonPatchError(`${operation} operation does not apply: doc is missing path: "${pointer}": missing value`);
  let parent: unknown = document;
  for (const step of path) {
    parent = Array.isArray(parent) ? parent[Number(step)] : (parent as Record<string, unknown> | undefined)?.[step];
    if (parent === null || typeof parent !== 'object') throw new JsonPatchError(`${operation} operation does not apply: doc is missing path: "${pointer}": missing value`);
  }
  return { parent: parent as Record<string, unknown> | unknown[], token };
}

function read(document: unknown, pointer: string, operation: string): unknown {
  if (pointer === '') return document;
  const { parent, token } = locate(document, pointer, operation);
  if (Array.isArray(parent)) {
    const index = Number(token);
    if (!Number.isInteger(index) || index < 0 || index >= parent.length) throw new JsonPatchError(`${operation} operation does not apply: doc is missing key: ${pointer}: missing value`);
    return parent[index];
  }
  if (!(token in parent)) throw new JsonPatchError(`${operation} operation does not apply: doc is missing key: ${pointer}: missing value`);
  return parent[token];
}

function add(document: unknown, pointer: string, value: unknown): void {
  const { parent, token } = locate(document, pointer, 'add');
  if (!Array.isArray(parent)) {
    parent[token] = value;
    return;
  }
  const index = token === '-' ? parent.length : Number(token);
  if (!Number.isInteger(index) || index < 0 || index > parent.length) throw new JsonPatchError(`add operation does not apply: doc is missing path: "${pointer}": Unable to access invalid index: ${token}: invalid index referenced`);
  parent.splice(index, 0, value);
}

function remove(document: unknown, pointer: string, operation: string): void {
  read(document, pointer, operation);
  const { parent, token } = locate(document, pointer, operation);
  if (Array.isArray(parent)) parent.splice(Number(token), 1);
  else delete parent[token];
}

/** @throws JsonPatchError. The document is not changed. */
export function applyJsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  const result = clone(document);
  for (const { op, path, from, value } of operations) {
    switch (op) {
      case 'add':
        add(result, path, clone(value));
        break;
      case 'remove':
        remove(result, path, 'remove');
        break;
      case 'replace': {
        read(result, path, 'replace');
        const { parent, token } = locate(result, path, 'replace');
        if (Array.isArray(parent)) parent[Number(token)] = clone(value);
        else parent[token] = clone(value);
        break;
      }
      case 'move': {
        const moved = read(result, from ?? '', 'move');
        remove(result, from ?? '', 'move');
        add(result, path, moved);
        break;
      }
      case 'copy':
        add(result, path, clone(read(result, from ?? '', 'copy')));
        break;
      case 'test':
        if (JSON.stringify(sorted(read(result, path, 'test'))) !== JSON.stringify(sorted(value))) throw new JsonPatchError(`testing value ${path} failed: test failed`);
        break;
      default:
        throw new JsonPatchError(`Unexpected kind: ${op}`);
    }
  }
  return result;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted((value as Record<string, unknown>)[key])]));
}
