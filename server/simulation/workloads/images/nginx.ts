import { byteLength, httpDate, logDate, respond, slashDate } from '../http.ts';
import { baseFiles, tools } from '../shell/tools.ts';
import { versions } from '../tags.ts';
import type { Image, ProcessContext, Program, ServerContext, ServerRequest, ServerResponse } from '../types.ts';

const ROOT = '/usr/share/nginx/html';
const LATEST = '1.29.3';
const EXACT: Record<string, string> = { '1.25': '1.25.5', '1.26': '1.26.3', '1.27': '1.27.5', '1.28': '1.28.0', '1.29': LATEST, '1.14': '1.14.2', '1.16': '1.16.1' };

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const DEFAULT_CONF = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

function versionOf(image: string): string {
  const tag = (/:([^:/@]+)(?:@|$)/.exec(image)?.[1] ?? 'latest').replace(/-.*$/, '');
  return EXACT[tag] ?? (/^\d+\.\d+\.\d+$/.test(tag) ? tag : LATEST);
}

const ENTRYPOINT_LINES = `/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
`;

let lastStart = { second: -1, image: '', text: '' };

/** What nginx prints when it starts. Many start in the same second. */
function startLines(process: ProcessContext): string {
  const second = Math.floor(process.now / 1_000);
  const { image } = process.container;
  if (lastStart.second !== second || lastStart.image !== image) lastStart = { second, image, text: makeStartLines(process) };
  return lastStart.text;
}

function makeStartLines(process: ProcessContext): string {
  const head = `${slashDate(process.now)} [notice] 1#1: `;
  const lines = ['using the "epoll" event method', `nginx/${versionOf(process.container.image)}`, 'built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) ', 'OS: Linux 6.8.0-48-generic', 'getrlimit(RLIMIT_NOFILE): 1048576:1048576', 'start worker processes', 'start worker process 29', 'start worker process 30'];
  return `${head}${lines.join(`\n${head}`)}\n`;
}

/** Runs the command of the container; for nginx itself it prepares the configuration first. */
const entrypoint: Program = {
  name: 'nginx-entrypoint',
  step(process, event) {
    if (event.kind !== 'start') return;
    const command = process.argv.slice(process.argv[0]?.endsWith('docker-entrypoint.sh') ? 1 : 2);
    if (command[0] === 'nginx') process.write(1, ENTRYPOINT_LINES);
    const failed = command.length === 0 ? undefined : process.exec(command);
    if (command.length === 0) process.exit(0);
    if (failed) {
      process.write(2, `/docker-entrypoint.sh: 47: exec: ${command[0]}: not found\n`);
      process.exit(127);
    }
  },
};

const server: Program = {
  name: 'nginx',
  daemon: true,
  memoryBytes: 7_340_032,
  milliCpu: 0,
  termination: { afterMs: 20, code: 0 },
  ports: (argv) => (argv.includes('-v') || argv.includes('-t') || argv.includes('-s') ? [] : [80]),
  step(process, event) {
    if (event.kind !== 'start') return;
    if (process.argv.includes('-v')) {
      process.write(2, `nginx version: nginx/${versionOf(process.container.image)}\n`);
      return process.exit(0);
    }
    if (process.argv.includes('-t')) {
      process.write(2, 'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n');
      return process.exit(0);
    }
    const order = process.argv[process.argv.indexOf('-s') + 1];
    if (process.argv.includes('-s') && (order === 'quit' || order === 'stop')) {
      process.signal(1, order === 'quit' ? 'QUIT' : 'TERM');
      return process.exit(0);
    }
    if (process.argv.includes('-s')) return process.exit(0);
    process.write(2, startLines(process));
  },
  serve(request, context) {
    const answer = answerFile(request, context);
    const agent = request.headers['User-Agent'] ?? request.headers['user-agent'] ?? '-';
    context.log(1, `${request.clientAddress} - - [${logDate(context.now)}] "${request.method} ${request.path} HTTP/1.1" ${answer.status} ${request.method === 'HEAD' ? 0 : byteLength(answer.body)} "-" "${agent}" "-"\n`);
    return answer;
  },
};

function answerFile(request: ServerRequest, context: ServerContext): ServerResponse {
  const version = versionOf(context.container.image);
  const common: [string, string][] = [['Server', `nginx/${version}`], ['Date', httpDate(context.now)]];
  const problem = (status: number, title: string): ServerResponse =>
    respond(status, `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`, [...common, ['Content-Type', 'text/html'], ['Connection', 'keep-alive']]);
  if (request.method !== 'GET' && request.method !== 'HEAD') return problem(405, '405 Not Allowed');
  let path = decodeURI(request.path.split('?')[0] as string);
  if (path.includes('/..')) return problem(400, '400 Bad Request');
  if (path.endsWith('/')) {
    if (!context.files.exists(`${ROOT}${path}index.html`)) {
      const there = context.files.isDirectory(`${ROOT}${path}`.replace(/\/$/, ''));
      context.log(2, `${slashDate(context.now)} [error] 29#29: *1 ${there ? `directory index of "${ROOT}${path}" is forbidden` : `"${ROOT}${path}index.html" is not found (2: No such file or directory)`}, client: ${request.clientAddress}, server: localhost, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.host}"\n`);
      return there ? problem(403, '403 Forbidden') : problem(404, '404 Not Found');
    }
    path += 'index.html';
  }
  const file = ROOT + path;
  if (!context.files.exists(file) || context.files.isDirectory(file)) {
    context.log(2, `${slashDate(context.now)} [error] 29#29: *1 open() "${file}" failed (2: No such file or directory), client: ${request.clientAddress}, server: localhost, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.host}"\n`);
    return problem(404, '404 Not Found');
  }
  const body = context.files.read(file);
  const type = /\.html?$/.test(file) ? 'text/html' : /\.(txt|conf)$/.test(file) ? 'text/plain' : /\.json$/.test(file) ? 'application/json' : /\.css$/.test(file) ? 'text/css' : /\.js$/.test(file) ? 'application/javascript' : 'application/octet-stream';
  const modified = context.files.info(file)?.modified ?? context.now;
  const length = byteLength(body);
  const headers: [string, string][] = [
    ...common, ['Content-Type', type], ['Content-Length', String(length)], ['Last-Modified', httpDate(modified)], ['Connection', 'keep-alive'],
    ['ETag', `"${Math.floor(modified / 1_000).toString(16)}-${length.toString(16)}"`], ['Accept-Ranges', 'bytes'],
  ];
  const answer: ServerResponse = { ...respond(200, body), headers };
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

export const nginxPrograms = [entrypoint, server];

const files: Record<string, string> = {
  ...baseFiles('debian'),
  '/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh': '#!/bin/sh\n',
  [`${ROOT}/index.html`]: WELCOME,
  [`${ROOT}/50x.html`]: '<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n',
  '/etc/nginx/conf.d/default.conf': DEFAULT_CONF,
  '/etc/nginx/nginx.conf': 'user  nginx;\nworker_processes  auto;\n\nerror_log  /var/log/nginx/error.log notice;\npid        /run/nginx.pid;\n\nevents {\n    worker_connections  1024;\n}\n\nhttp {\n    include       /etc/nginx/mime.types;\n    default_type  application/octet-stream;\n    access_log  /var/log/nginx/access.log;\n    sendfile        on;\n    keepalive_timeout  65;\n    include /etc/nginx/conf.d/*.conf;\n}\n',
};

/** Official nginx. */
export const nginx: Image = {
  repository: 'docker.io/library/nginx',
  hasTag: versions(/^1(\.\d{1,2}){0,2}(-(alpine|alpine-slim|alpine3\.\d+|perl|bookworm|trixie|bullseye|otel))*$/, ['latest', 'stable', 'mainline', 'alpine', 'stable-alpine', 'mainline-alpine', 'alpine-slim']),
  sizeBytes: (tag) => (tag.includes('alpine') ? 21_464_315 : 59_772_801),
  entrypoint: ['/docker-entrypoint.sh'],
  command: ['nginx', '-g', 'daemon off;'],
  env: { NGINX_VERSION: LATEST, NJS_VERSION: '0.9.4', PKG_RELEASE: '1~bookworm' },
  stopSignal: 'QUIT',
  base: 'debian',
  files: () => files,
  programs: { ...tools('debian', ['curl']), '/docker-entrypoint.sh': 'nginx-entrypoint', '/usr/sbin/nginx': 'nginx' },
};
