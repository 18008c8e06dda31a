/** Writes responses: encodes them, compresses what is large, and adds the headers that clients expect of an API server. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { stringify } from 'yaml';
import type { ApiResponse } from '../simulation/apiserver/types.ts';
import type { Encoding } from './negotiation.ts';
import { encodeOpenApi } from './openapi-protobuf.ts';

/** Answers of at least this size are compressed (`k8s.io/apiserver/pkg/endpoints/handlers/responsewriters`). */
const COMPRESS_FROM_BYTES = 128 * 1024;
/** Fast: the network here is nearer than that of a cloud. */
const GZIP_LEVEL = 1;
const OPENAPI_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Headers of every answer. */
export function commonHeaders(response: { warnings?: string[]; body?: unknown }): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'Audit-Id': randomUUID(), 'Cache-Control': 'no-cache, private' };
  if (response.warnings?.length) headers.Warning = response.warnings.map((text) => `299 - ${quotedText(text)}`);
  const retry = (response.body as { details?: { retryAfterSeconds?: number } } | undefined)?.details?.retryAfterSeconds;
  if (typeof retry === 'number' && retry > 0) headers['Retry-After'] = String(retry);
  return headers;
}

/** A quoted-string of RFC 7230; what headers cannot carry is written as JSON does. */
function quotedText(text: string): string {
  const plain = text.replace(/["\\]/g, '\\$&').replace(/[\r\n\t]+/g, ' ');
  // Node writes headers in latin1; warnings may name anything that somebody typed.
  return `"${Buffer.from(plain, 'utf8').toString('latin1')}"`;
}

/** People who look with curl or a browser get indented JSON, as from the real one. */
function pretty(request: IncomingMessage, query: URLSearchParams): boolean {
  const wanted = query.get('pretty');
  if (wanted !== null) return wanted === '' || ['1', 't', 'T', 'true', 'True', 'TRUE'].includes(wanted);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers['user-agent'] ?? '');
}

/** The MIME type of a JSON answer: aggregated discovery says in it what it is, and clients look. */
function jsonType(body: unknown): string {
  const { kind, apiVersion } = (body ?? {}) as { kind?: unknown; apiVersion?: unknown };
  if (kind !== 'APIGroupDiscoveryList' || typeof apiVersion !== 'string') return 'application/json';
  const [group = '', version = ''] = apiVersion.split('/');
  return `application/json;g=${group};v=${version};as=${kind}`;
}

function encode(response: ApiResponse, encoding: Encoding, indented: boolean): { type: string; bytes: Buffer } {
  const { body } = response;
  if (typeof body === 'string') return { type: response.contentType ?? 'text/plain', bytes: Buffer.from(body) };
  if (encoding === 'openapi-protobuf' && response.status === 200) return { type: OPENAPI_PROTOBUF_TYPE, bytes: encodeOpenApi(body as Record<string, unknown>) };
  if (encoding === 'yaml') return { type: 'application/yaml', bytes: Buffer.from(stringify(body, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false })) };
  return { type: jsonType(body), bytes: Buffer.from(`${JSON.stringify(body, null, indented ? 2 : undefined)}\n`) };
}

/** Answers a request. */
export function respond(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, answer: ApiResponse, encoding: Encoding = 'json'): void {
  if (response.destroyed) return;
  const { type, bytes } = encode(answer, encoding, pretty(request, query));
  const headers = { ...Object.fromEntries(answer.headers ?? []), ...commonHeaders(answer), 'Content-Type': type };
  if (bytes.length < COMPRESS_FROM_BYTES || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    response.writeHead(answer.status, { ...headers, 'Content-Length': bytes.length });
    response.end(bytes);
    return;
  }
  gzip(bytes, { level: GZIP_LEVEL }, (error, compressed) => {
    if (response.destroyed) return;
    if (error) {
      response.destroy(error);
      return;
    }
    response.writeHead(answer.status, { ...headers, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding', 'Content-Length': compressed.length });
    response.end(compressed);
  });
}
