/** `curl` on the participant's own machine: local listeners (proxy, port-forward) first, then into the cluster from outside. */
import type { Command, CommandContext, HttpRequest, HttpResult } from '../types.ts';

interface CurlOptions {
  urls: string[];
  method: string | undefined;
  headers: Record<string, string>;
  data: string[];
  head: boolean;
  include: boolean;
  verbose: boolean;
  silent: boolean;
  showError: boolean;
  fail: boolean;
  follow: boolean;
  output: string | undefined;
  /** -O: into a file that is called as the URL ends. */
  remoteName: boolean;
  writeOut: string | undefined;
  maxTimeMs: number | undefined;
  connectTimeoutMs: number | undefined;
  /** `host:port` → address, from --resolve. */
  resolve: Map<string, string>;
}

class UsageError extends Error {}

const MAX_REDIRECTS = 50;

function parse(args: string[], context: CommandContext): CurlOptions {
  const options: CurlOptions = {
    urls: [], method: undefined, headers: {}, data: [], head: false, include: false, verbose: false, silent: false, showError: false,
    fail: false, follow: false, output: undefined, remoteName: false, writeOut: undefined, maxTimeMs: undefined, connectTimeoutMs: undefined, resolve: new Map(),
  };
  const seconds = (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0) throw new UsageError(`option requires a positive number: ${text}`);
    return Math.round(value * 1_000);
  };
  const data = (text: string): string => (text.startsWith('@') ? (context.files.read(absolute(text.slice(1), context.cwd)) ?? '') : text);
  const flags: Record<string, () => void> = {
    '-s': () => (options.silent = true), '--silent': () => (options.silent = true),
    '-S': () => (options.showError = true), '--show-error': () => (options.showError = true),
    '-i': () => (options.include = true), '--include': () => (options.include = true), '--show-headers': () => (options.include = true),
    '-I': () => (options.head = true), '--head': () => (options.head = true),
    '-v': () => (options.verbose = true), '--verbose': () => (options.verbose = true),
    '-f': () => (options.fail = true), '--fail': () => (options.fail = true),
    '-L': () => (options.follow = true), '--location': () => (options.follow = true),
    '-k': () => undefined, '--insecure': () => undefined, '-g': () => undefined, '-N': () => undefined, '--http1.1': () => undefined, '-#': () => undefined, '-O': () => (options.remoteName = true), '--remote-name': () => (options.remoteName = true), '--compressed': () => undefined, '-4': () => undefined,
  };
  const valued: Record<string, (value: string) => void> = {
    '-X': (value) => (options.method = value),
    '-H': (value) => {
      const colon = value.indexOf(':');
      if (colon > 0) options.headers[value.slice(0, colon).trim()] = value.slice(colon + 1).trim();
    },
    '-d': (value) => options.data.push(data(value)),
    '-o': (value) => (options.output = value),
    '-w': (value) => (options.writeOut = value),
    '-m': (value) => (options.maxTimeMs = seconds(value)),
    '-A': (value) => (options.headers['User-Agent'] = value),
    '-u': (value) => (options.headers.Authorization = `Basic ${btoa(value)}`),
    '--connect-timeout': (value) => (options.connectTimeoutMs = seconds(value)),
    '--resolve': (value) => {
      const [host, port, address] = value.split(':');
      if (host && port && address) options.resolve.set(`${host}:${port}`, address);
    },
    '--cacert': () => undefined,
    '--url': (value) => options.urls.push(value),
  };
  const long: Record<string, string> = {
    '--request': '-X', '--header': '-H', '--data': '-d', '--data-raw': '-d', '--data-binary': '-d', '--output': '-o', '--write-out': '-w',
    '--max-time': '-m', '--user-agent': '-A', '--user': '-u',
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith('-') || arg === '-') {
      options.urls.push(arg);
      continue;
    }
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
    const name = equals > 0 ? arg.slice(0, equals) : arg;
    const key = long[name] ?? name;
    if (flags[key]) flags[key]();
    else if (valued[key]) {
      const value = equals > 0 ? arg.slice(equals + 1) : args[++i];
      if (value === undefined) throw new UsageError(`option ${arg}: requires parameter`);
      valued[key](value);
    } else if (/^-[a-zA-Z]{2,}/.test(arg)) {
      // Bundled short options; the first that takes a value takes the rest.
      for (let at = 1; at < arg.length; at++) {
        const short = `-${arg[at]}`;
        if (flags[short]) flags[short]();
        else if (valued[short]) {
          const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
          if (value === undefined) throw new UsageError(`option ${short}: requires parameter`);
          valued[short](value);
          break;
        } else throw new UsageError(`option ${arg}: is unknown`);
      }
    } else throw new UsageError(`option ${arg}: is unknown`);
  }
  return options;
}

function absolute(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd.replace(/\/$/, '')}/${path}`;
}

/** Host and port of a URL as curl reads it (the scheme may be missing). */
function target(url: string): { full: string; host: string; port: number; path: string } | undefined {
  const full = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
  const match = /^(https?):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?([^#]*)/i.exec(full);
  if (!match) return undefined;
  const rest = match[4] as string;
  return { full, host: match[2] as string, port: match[3] ? Number(match[3]) : (match[1] as string).toLowerCase() === 'https' ? 443 : 80, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]';
}

async function send(context: CommandContext, request: HttpRequest, host: string, port: number): Promise<HttpResult> {
  if (!isLocal(host)) return context.host.http(request);
  const listener = context.session.listeners.get(port);
  return listener ? listener(request) : { kind: 'failure', reason: 'refused', host, port, elapsedMs: 0 };
}

function explain(result: Extract<HttpResult, { kind: 'failure' }>, limitMs: number | undefined): [number, string] {
  const { host, port, elapsedMs } = result;
  if (limitMs !== undefined && elapsedMs >= limitMs && result.reason !== 'refused') {
    return [28, result.reason === 'dns' ? `Resolving timed out after ${limitMs + 1} milliseconds` : `Connection timed out after ${limitMs + 1} milliseconds`];
  }
  switch (result.reason) {
    case 'dns':
      return [6, `Could not resolve host: ${host}`];
    case 'refused':
      return [7, `Failed to connect to ${host} port ${port} after ${elapsedMs} ms: Could not connect to server`];
    case 'unreachable':
      return [7, `Failed to connect to ${host} port ${port} after ${elapsedMs} ms: Could not connect to server`];
    case 'timeout':
      return [28, `Failed to connect to ${host} port ${port} after ${elapsedMs} ms: Could not connect to server`];
    case 'reset':
      return [52, 'Empty reply from server'];
  }
}

/** What -v says until the connection stands or is given up. */
function connecting(address: string, host: string, port: number, result: HttpResult): string {
  const local = isLocal(host);
  const lookedUp = /^[\d.]+$/.test(address);
  // Names of this machine come with both kinds of address; what listens here listens on both.
  const tried = host === 'localhost' ? ['[::1]', '127.0.0.1'] : [local || lookedUp ? address : result.kind === 'response' ? (result.address.split(':')[0] as string) : ''];
  let text = '';
  if (!lookedUp && (result.kind === 'response' || result.reason !== 'dns')) text += `* Host ${host}:${port} was resolved.\n* IPv6: ${host === 'localhost' ? '::1' : '(none)'}\n* IPv4: ${host === 'localhost' ? '127.0.0.1' : (tried[0] ?? '')}\n`;
  if (result.kind === 'failure' && result.reason === 'dns') return `* Could not resolve host: ${host}\n`;
  for (const each of tried) {
    text += `*   Trying ${each}:${port}...\n`;
    if (result.kind === 'response') return `${text}* Connected to ${host} (${each.replace(/[[\]]/g, '')}) port ${port}\n`;
    if (result.reason === 'refused') text += `* connect to ${each.replace(/[[\]]/g, '')} port ${port} failed: Connection refused\n`;
  }
  return text;
}

async function one(context: CommandContext, options: CurlOptions, url: string): Promise<number> {
  let current = target(url);
  const limit = options.maxTimeMs ?? options.connectTimeoutMs;
  for (let redirects = 0; ; redirects++) {
    if (!current) return report(context, options, 3, 'URL using bad/illegal format or missing URL');
    const { full, host, port } = current;
    const resolved = options.resolve.get(`${host}:${port}`);
    const defaultPort = port === 80 || port === 443;
    const headers: Record<string, string> = { Host: defaultPort ? host : `${host}:${port}`, 'User-Agent': 'curl/8.14.1', Accept: '*/*', ...options.headers };
    const body = options.data.length > 0 ? options.data.join('&') : undefined;
    if (body !== undefined && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    const method = options.method ?? (options.head ? 'HEAD' : body !== undefined ? 'POST' : 'GET');
    const request: HttpRequest = { method, url: resolved ? full.replace(host, resolved) : full, headers };
    if (body !== undefined) request.body = body;
    if (limit !== undefined) request.timeoutMs = limit;
    const result = await send(context, request, resolved ?? host, port);
    if (options.verbose) context.stderr.write(connecting(resolved ?? host, host, port, result));
    await context.host.sleep(limit === undefined ? result.elapsedMs : Math.min(result.elapsedMs, limit), context.signal);
    if (result.kind === 'failure' || (limit !== undefined && result.elapsedMs > limit)) {
      const failed: Extract<HttpResult, { kind: 'failure' }> = result.kind === 'failure' ? { ...result, host } : { kind: 'failure', reason: 'timeout', host, port, elapsedMs: result.elapsedMs };
      const [code, message] = explain(failed, limit);
      if (options.verbose) context.stderr.write(`* ${message}\n* closing connection #0\n`);
      return report(context, options, code, message);
    }
    const location = result.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
    if (options.follow && location && result.status >= 300 && result.status < 400) {
      if (redirects >= MAX_REDIRECTS) return report(context, options, 47, `Maximum (${MAX_REDIRECTS}) redirects followed`);
      current = target(new URL(location, full).toString());
      continue;
    }
    print(context, options, method, current.path, headers, result);
    if (options.verbose) context.stderr.write(`* Connection #0 to host ${host} left intact\n`);
    if (options.fail && result.status >= 400) return report(context, options, 22, `The requested URL returned error: ${result.status}`);
    return 0;
  }
}

function print(context: CommandContext, options: CurlOptions, method: string, path: string, headers: Record<string, string>, result: Extract<HttpResult, { kind: 'response' }>): void {
  const statusLine = `HTTP/1.1 ${result.status}${result.statusText ? ` ${result.statusText}` : ''}`;
  if (options.verbose) {
    context.stderr.write(`* using HTTP/1.x\n> ${method} ${path} HTTP/1.1\n`);
    for (const [name, value] of Object.entries(headers)) context.stderr.write(`> ${name}: ${value}\n`);
    context.stderr.write(`> \n* Request completely sent off\n< ${statusLine}\n`);
    for (const [name, value] of result.headers) context.stderr.write(`< ${name}: ${value}\n`);
    context.stderr.write('< \n');
  }
  let text = '';
  if (options.include || options.head) text += `${statusLine}\r\n${result.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (!options.head && !(options.fail && result.status >= 400)) text += result.body;
  if (options.output === undefined) context.stdout.write(text);
  else if (options.output !== '/dev/null') context.files.write(absolute(options.output, context.cwd), text);
  if (options.writeOut !== undefined) {
    const values: Record<string, string> = {
      http_code: String(result.status), response_code: String(result.status), size_download: String(result.body.length),
      time_total: (result.elapsedMs / 1_000).toFixed(6), remote_ip: result.address.split(':')[0] ?? '', content_type: result.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '',
    };
    context.stdout.write(options.writeOut.replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t'));
  }
}

function report(context: CommandContext, options: CurlOptions, code: number, message: string): number {
  if (!options.silent || options.showError) context.stderr.write(`curl: (${code}) ${message}\n`);
  if (options.writeOut !== undefined && code !== 22) context.stdout.write(options.writeOut.replace(/%\{(http_code|response_code)\}/g, '000').replace(/%\{\w+\}/g, '').replaceAll('\\n', '\n'));
  return code;
}

export const curl: Command = {
  name: 'curl',
  summary: 'make an HTTP request',
  async run(context) {
    let options: CurlOptions;
    try {
      options = parse(context.args, context);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.stderr.write(`curl: ${error.message}\ncurl: try 'curl --help' for more information\n`);
      return 2;
    }
    if (options.urls.length === 0) {
      context.stderr.write("curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n");
      return 2;
    }
    let code = 0;
    for (const url of options.urls) {
      const name = options.remoteName ? (target(url)?.path.split('?')[0] as string | undefined)?.split('/').pop() : undefined;
      if (options.remoteName && !name) code = report(context, options, 23, 'Remote file name has no length');
      else code = await one(context, name ? { ...options, output: name } : options, url);
    }
    return code;
  },
};
