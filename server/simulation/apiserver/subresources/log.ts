import type { LogOptions } from '../../kubelet/types.ts';
import { badRequest } from '../errors.ts';
import { isTrue } from '../requests/request-info.ts';
import type { Subresource } from './types.ts';

function integer(query: Record<string, string>, field: string): number | undefined {
  const text = query[field];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return value;
}

/** The options of a log request. @throws ApiError 400 */
export function logOptions(query: Record<string, string>): LogOptions {
  const options: LogOptions = {};
  if (query.container) options.container = query.container;
  if (isTrue(query.previous)) options.previous = true;
  if (isTrue(query.timestamps)) options.timestamps = true;
  for (const field of ['tailLines', 'sinceSeconds', 'limitBytes'] as const) {
    const value = integer(query, field);
    if (value !== undefined) options[field] = value;
  }
  if (query.sinceTime) options.sinceTime = query.sinceTime;
  return options;
}

/** `pods/NAME/log`: what the container has written so far, as text. Following is up to whoever holds the connection. */
export const log = {
  name: 'log',
  resources: ['pods'],
  serve(info, { registry, logs }) {
    registry.mustGet(info.resource, info.namespace, info.name);
    return { status: 200, body: logs(info.namespace ?? 'default', info.name, logOptions(info.query)) };
  },
} satisfies Subresource;
