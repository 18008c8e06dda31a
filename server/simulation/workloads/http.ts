/** Small helpers of the servers in images. */
import type { ServerResponse } from './types.ts';

const REASONS: Record<number, string> = {
  200: 'OK', 201: 'Created', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 304: 'Not Modified', 400: 'Bad Request', 401: 'Unauthorized',
  403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 412: 'Precondition Failed', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable',
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function statusText(status: number): string {
  return REASONS[status] ?? '';
}

export function respond(status: number, body: string, headers: [string, string][] = [], elapsedMs = 1): ServerResponse {
  return { status, statusText: statusText(status), headers: [...headers, ['Content-Length', String(byteLength(body))]], body, elapsedMs };
}

/** Length in UTF-8, without an encoder for the usual case. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) length += code > 0x7ff && !(code >= 0xd800 && code <= 0xdfff) ? 2 : 1;
  }
  return length;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `Tue, 24 Nov 2026 00:31:05 GMT`. */
export function httpDate(now: number): string {
  const date = new Date(now);
  return `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} GMT`;
}

/** `24/Nov/2026:00:31:05 +0000`, as in access logs. */
export function logDate(now: number): string {
  const date = new Date(now);
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}

/** `2026/11/24 00:31:05`, as nginx and Go's log package print. */
export function slashDate(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** klog's header: `I1124 00:31:05.123456       1 `. */
export function klogHeader(now: number, level = 'I'): string {
  const iso = new Date(now).toISOString();
  return `${level}${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000       1 `;
}

export function monthName(date: Date): string {
  return MONTHS[date.getUTCMonth()] as string;
}

export function dayName(date: Date): string {
  return DAYS[date.getUTCDay()] as string;
}

/** The value of a header, whatever its case. */
export function header(headers: Record<string, string>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const key of Object.keys(headers)) if (key.toLowerCase() === wanted) return headers[key];
  return undefined;
}

/** `a` of `?a=b`, decoded. */
export function queryValue(path: string, name: string): string | undefined {
  const query = path.split('?')[1] ?? '';
  for (const part of query.split('&')) {
    const [key, value = ''] = part.split('=', 2) as [string, string?];
    if (key === name) {
      try {
        return decodeURIComponent(value.replaceAll('+', ' '));
      } catch {
        return value;
      }
    }
  }
  return undefined;
}

/** `--name=value` or `--name value` of a command line. */
export function flag(argv: readonly string[], name: string): string | undefined {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string;
    if (argument === `--${name}` || argument === `-${name}`) return argv[i + 1];
    if (argument.startsWith(`--${name}=`)) return argument.slice(name.length + 3);
  }
  return undefined;
}
