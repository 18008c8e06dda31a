/** Reads the body of a request: bounded, in JSON, YAML or protobuf. What it means is up to the API server. */
import type { IncomingMessage } from 'node:http';
import { parseDocument } from 'yaml';
import { BODY_BYTES, NESTING_LEVELS } from './limits.ts';
import { jsonProblem } from './json-syntax.ts';
import { decodeProtobuf } from './protobuf.ts';

export type Body =
  | { kind: 'none' }
  | { kind: 'value'; value: unknown }
  /** No JSON or YAML: the API server words the refusal, which names the kind that was expected. */
  | { kind: 'malformed'; problem: string; summary: string }
  | { kind: 'too-large' }
  /** An encoding that we do not read, such as CBOR. */
  | { kind: 'unsupported' };

/** Bytes of a body that an error shows, as hexadecimal digits (`summarizeData`). */
const SUMMARY_BYTES = 30;

/** The whole body, or undefined when it is larger than the limit. */
export function readRaw(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) return resolve(undefined);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES) {
        request.removeAllListeners('data');
        return resolve(undefined);
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => resolve(undefined));
  });
}

function summary(bytes: Buffer): string {
  const hex = bytes.subarray(0, SUMMARY_BYTES).toString('hex');
  return bytes.length > SUMMARY_BYTES ? `${hex} ...` : hex;
}

/** Whether a value is nested deeper than anything sensible. Does not recurse: that is what it prevents. */
function tooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > NESTING_LEVELS) return true;
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : [])).filter((item) => item !== null && typeof item === 'object');
  }
  return false;
}

function parseYaml(text: string): unknown {
  // Brackets make levels without lines: more of them than we allow would exhaust the stack of the parser.
  let depth = 0;
  for (const character of text) {
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > NESTING_LEVELS) throw new Error('exceeded max depth');
  }
  const document = parseDocument(text, { schema: 'yaml-1.1', merge: true, uniqueKeys: false });
  const [problem] = document.errors;
  if (problem) throw new Error(`yaml: ${problem.message.split('\n')[0]}`);
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

/** Whether a MIME type is one of YAML. */
function isYaml(type: string): boolean {
  return type === 'application/yaml' || type === 'application/apply-patch+yaml';
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const JSON_TYPES: ReadonlySet<string> = new Set(['', 'application/json', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']);

/** @param contentType of the request, with or without parameters. */
export async function readBody(request: IncomingMessage, contentType: string | undefined): Promise<Body> {
  const bytes = await readRaw(request);
  if (!bytes) return { kind: 'too-large' };
  if (bytes.length === 0) return { kind: 'none' };
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === PROTOBUF) {
    try {
      return { kind: 'value', value: decodeProtobuf(bytes) };
    } catch (error) {
      return { kind: 'malformed', problem: error instanceof Error ? error.message : String(error), summary: summary(bytes) };
    }
  }
  const text = bytes.toString('utf8');
  // A patch of an unknown type is refused by the API server, which knows the types of the resource; its body does not matter.
  if (!JSON_TYPES.has(type) && !isYaml(type)) return type.includes('patch') ? { kind: 'none' } : { kind: 'unsupported' };
  try {
    const value: unknown = isYaml(type) ? parseYaml(text) : JSON.parse(text);
    if (tooDeep(value)) return { kind: 'malformed', problem: 'exceeded max depth', summary: summary(bytes) };
    return { kind: 'value', value };
  } catch (error) {
    const problem = isYaml(type) ? (error instanceof Error ? error.message : String(error)) : `couldn't get version/kind; json parse error: ${jsonProblem(text)}`;
    return { kind: 'malformed', problem, summary: summary(bytes) };
  }
}
