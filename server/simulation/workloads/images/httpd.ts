import { byteLength, dayName, httpDate, logDate, monthName, respond } from '../http.ts';
import { baseFiles, tools } from '../shell/tools.ts';
import { versions } from '../tags.ts';
import type { Image, Program } from '../types.ts';

const ROOT = '/usr/local/apache2/htdocs';
const VERSION = '2.4.65';

function errorDate(now: number): string {
  const date = new Date(now);
  return `${dayName(date)} ${monthName(date)} ${String(date.getUTCDate()).padStart(2, '0')} ${date.toISOString().slice(11, 23)}000 ${date.getUTCFullYear()}`;
}

const server: Program = {
  name: 'httpd',
  daemon: true,
  memoryBytes: 7_000_064,
  termination: { afterMs: 50, code: 0 },
  ports: () => [80],
  step(process, event) {
    if (event.kind !== 'start') return;
    const name = "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using";
    process.write(2, `${name} ${process.container.ip}. Set the 'ServerName' directive globally to suppress this message\n`.repeat(2));
    const head = `[${errorDate(process.now)}]`;
    process.write(2, `${head} [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${VERSION} (Unix) configured -- resuming normal operations\n${head} [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'\n`);
  },
  serve(request, context) {
    const path = decodeURI(request.path.split('?')[0] as string);
    const file = `${ROOT}${path}${path.endsWith('/') ? 'index.html' : ''}`;
    const found = context.files.exists(file) && !context.files.isDirectory(file);
    const common: [string, string][] = [['Date', httpDate(context.now)], ['Server', `Apache/${VERSION} (Unix)`]];
    const body = found
      ? context.files.read(file)
      : '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n';
    const answer = respond(found ? 200 : 404, body, [...common, ['Content-Type', found ? 'text/html' : 'text/html; charset=iso-8859-1']]);
    context.log(1, `${request.clientAddress} - - [${logDate(context.now)}] "${request.method} ${request.path} HTTP/1.1" ${answer.status} ${byteLength(body)}\n`);
    return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
  },
};

export const httpdPrograms = [server];

const files = { ...baseFiles('debian'), [`${ROOT}/index.html`]: '<html><body><h1>It works!</h1></body></html>\n' };

/** Official Apache HTTP server. */
export const httpd: Image = {
  repository: 'docker.io/library/httpd',
  hasTag: versions(/^2(\.\d{1,2}){0,2}(-(alpine|alpine3\.\d+|bookworm|trixie))?$/, ['latest', 'alpine']),
  sizeBytes: (tag) => (tag.includes('alpine') ? 22_712_834 : 45_198_244),
  command: ['httpd-foreground'],
  env: { PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HTTPD_PREFIX: '/usr/local/apache2', HTTPD_VERSION: VERSION },
  workingDirectory: '/usr/local/apache2',
  stopSignal: 'WINCH',
  base: 'debian',
  files: () => files,
  programs: { ...tools('debian'), '/usr/local/bin/httpd-foreground': 'httpd', '/usr/local/apache2/bin/httpd': 'httpd' },
};
