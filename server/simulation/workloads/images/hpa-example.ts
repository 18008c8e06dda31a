import { httpDate, logDate, respond } from '../http.ts';
import { baseFiles, tools } from '../shell/tools.ts';
import { exactly } from '../tags.ts';
import type { Image, Program } from '../types.ts';

const VERSION = '2.4.10';

/** Apache with one PHP page that adds up a million square roots, and says OK. */
const server: Program = {
  name: 'hpa-example',
  daemon: true,
  memoryBytes: 11_534_336,
  milliCpu: 1,
  requestMicroseconds: 60_000,
  termination: { afterMs: 50, code: 0 },
  ports: () => [80],
  step(process, event) {
    if (event.kind !== 'start') return;
    const { ip } = process.container;
    process.write(2, `AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message\n`.repeat(2));
  },
  serve(request, context) {
    const path = request.path.split('?')[0] as string;
    const found = path === '/' || path === '/index.php';
    const body = found ? 'OK!' : `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL ${path} was not found on this server.</p>\n</body></html>\n`;
    const common: [string, string][] = [['Date', httpDate(context.now)], ['Server', `Apache/${VERSION} (Debian) PHP/5.6.14`]];
    const answer = respond(found ? 200 : 404, body, [...common, ['Content-Type', 'text/html; charset=UTF-8']]);
    context.log(1, `${request.clientAddress} - - [${logDate(context.now)}] "${request.method} ${request.path} HTTP/1.1" ${answer.status} ${body.length} "-" "${request.headers['User-Agent'] ?? request.headers['user-agent'] ?? '-'}"\n`);
    return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
  },
};

export const hpaExamplePrograms = [server];

const files = { ...baseFiles('debian'), '/var/www/html/index.php': '<?php\n  $x = 0.0001;\n  for ($i = 0; $i <= 1000000; $i++) {\n    $x += sqrt($x);\n  }\n  echo "OK!";\n?>\n' };

/** The example of the HorizontalPodAutoscaler walkthrough. */
export const hpaExample: Image = {
  repository: 'registry.k8s.io/hpa-example',
  hasTag: exactly('latest'),
  sizeBytes: () => 180_896_510,
  command: ['apache2-foreground'],
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  workingDirectory: '/var/www/html',
  base: 'debian',
  files: () => files,
  programs: { ...tools('debian'), '/usr/local/bin/apache2-foreground': 'hpa-example' },
};
