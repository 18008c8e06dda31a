/** Programs that use the network. */
import { resolvePath } from '../../paths.ts';
import { CONNECT } from '../../kubelet/types.ts';
import { parseUrl } from '../../network/network.ts';
import type { NetworkFailure, NetworkResult } from '../../network/types.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';
import { has, operands, option } from './tool.ts';

/** A program that makes a request, waits as long as it took, and then says what came of it. */
interface Pending {
  code: number;
  out: string;
  err: string;
  file?: string;
}

function waits(name: string, ask: (process: ProcessContext) => { afterMs: number; result: Pending }): Program {
  return {
    name,
    memoryBytes: 1_048_576,
    step(process, event) {
      if (event.kind === 'start') {
        const { afterMs, result } = ask(process);
        process.data = result;
        if (afterMs > 0) return process.sleep(afterMs);
      } else if (event.kind !== 'timer') return;
      const { code, out, err, file } = process.data as Pending;
      if (err) process.write(2, err);
      if (file !== undefined) {
        try {
          process.files.write(file, out);
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          process.write(2, `${name}: can't open '${file}': ${error.message}\n`);
          return process.exit(1);
        }
      } else if (out) process.write(1, out);
      process.exit(code);
    },
  };
}

function withScheme(url: string): string {
  return /^https?:\/\//i.test(url) ? url : `http://${url}`;
}

/** Cuts a result short when the caller's patience ends before it came. */
function within(result: NetworkResult, limitMs: number | undefined): NetworkResult {
  if (limitMs === undefined || result.elapsedMs <= limitMs) return result;
  const [host = '', port = '0'] = result.kind === 'failure' ? [result.host, String(result.port)] : result.address.split(':');
  return { kind: 'failure', reason: 'timeout', host, ...(result.kind === 'failure' && result.address !== undefined ? { address: result.address } : {}), port: Number(port), elapsedMs: limitMs };
}

const CURL_CODES: Record<NetworkFailure['reason'], number> = { dns: 6, refused: 7, unreachable: 7, timeout: 28, reset: 52 };

function curlProblem(failure: NetworkFailure, limited: boolean): string {
  const { host, port, elapsedMs } = failure;
  switch (failure.reason) {
    case 'dns':
      return `curl: (6) Could not resolve host: ${host}`;
    case 'refused':
      return `curl: (7) Failed to connect to ${host} port ${port} after ${elapsedMs} ms: Could not connect to server`;
    case 'unreachable':
      return `curl: (7) Failed to connect to ${host} port ${port} after ${elapsedMs} ms: Could not connect to server`;
    case 'timeout':
      return limited ? `curl: (28) Connection timed out after ${elapsedMs} milliseconds` : `curl: (28) Failed to connect to ${host} port ${port} after ${elapsedMs} ms: Could not connect to server`;
    case 'reset':
      return 'curl: (52) Empty reply from server';
  }
}

const LONG_OPTIONS: Record<string, string> = { '--silent': '-s', '--show-error': '-S', '--include': '-i', '--head': '-I', '--request': '-X', '--header': '-H', '--data': '-d', '--data-raw': '-d', '--output': '-o', '--max-time': '-m', '--location': '-L', '--insecure': '-k', '--fail': '-f', '--verbose': '-v', '--write-out': '-w', '--user-agent': '-A' };

/** Names in the API server's certificate. No other server of the cluster has one that an authority signed. */
const API_SERVER_NAMES = /^(kubernetes(\.default(\.svc(\.cluster\.local)?)?)?|control-plane|10\.96\.0\.1|192\.168\.49\.\d+)$/;
const MORE_DETAILS =
  'More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.\n';

/** Why curl does not trust who answers; undefined when it does, or has no certificate to look at. */
function certificateProblem(process: ProcessContext, url: string, args: string[]): { code: number; err: string } | undefined {
  if (!/^https:/i.test(url)) return undefined;
  const path = args[args.indexOf('--cacert') + 1];
  const file = args.includes('--cacert') && path !== undefined ? resolvePath(process.cwd, path) : undefined;
  if (file !== undefined && !process.files.exists(file)) return { code: 77, err: `curl: (77) error setting certificate verify locations:  CAfile: ${path} CApath: none\n` };
  if (file === undefined || process.files.read(file) !== process.network.authority()) return { code: 60, err: `curl: (60) SSL certificate problem: unable to get local issuer certificate\n${MORE_DETAILS}` };
  const host = parseUrl(url)?.host ?? '';
  return API_SERVER_NAMES.test(host) ? undefined : { code: 60, err: `curl: (60) SSL: no alternative certificate subject name matches target host name '${host}'\n${MORE_DETAILS}` };
}

function curlRequest(process: ProcessContext): { afterMs: number; result: Pending } {
  const args = process.argv.slice(1).map((argument) => LONG_OPTIONS[argument] ?? argument);
  const long = (argument: string | undefined): boolean => argument === '--connect-timeout' || argument === '--cacert';
  const urls = operands(args.filter((argument, index) => !long(argument) && !long(args[index - 1])), 'XHdomwAuTebFr');
  const url = urls[0];
  if (url === undefined) return { afterMs: 0, result: { code: 2, out: '', err: "curl: try 'curl --help' or 'curl --manual' for more information\n" } };
  const headers: Record<string, string> = { 'User-Agent': option(args, 'A') ?? 'curl/8.14.1', Accept: '*/*' };
  args.forEach((argument, index) => {
    const text = argument === '-H' ? args[index + 1] : undefined;
    const at = text?.indexOf(':') ?? -1;
    if (text !== undefined && at > 0) headers[text.slice(0, at)] = text.slice(at + 1).trim();
  });
  const data = option(args, 'd');
  const method = option(args, 'X') ?? (has(args, 'I') ? 'HEAD' : data !== undefined ? 'POST' : 'GET');
  const limitText = option(args, 'm') ?? args[args.indexOf('--connect-timeout') + 1];
  const limit = option(args, 'm') !== undefined || args.includes('--connect-timeout') ? Number(limitText) * 1_000 : undefined;
  let elapsed = 0;
  let target = withScheme(url);
  let answer: NetworkResult;
  for (let hops = 0; ; hops++) {
    answer = within(process.network.request(process.source, { method, url: target, headers, ...(data === undefined ? {} : { body: data }) }), limit);
    elapsed += answer.elapsedMs;
    const location = answer.kind === 'response' ? answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1] : undefined;
    if (!has(args, 'L') || location === undefined || hops >= 10) break;
    const before = parseUrl(target);
    target = /^https?:/.test(location) ? location : `${before?.scheme}://${before?.host}:${before?.port}${location}`;
  }
  if (answer.kind === 'failure') {
    const quiet = has(args, 's') && !has(args, 'S');
    return { afterMs: elapsed, result: { code: CURL_CODES[answer.reason], out: '', err: quiet ? '' : `${curlProblem(answer, limit !== undefined)}\n` } };
  }
  const distrust = has(args, 'k') ? undefined : certificateProblem(process, target, args);
  if (distrust !== undefined) return { afterMs: elapsed, result: { ...distrust, out: '', err: has(args, 's') && !has(args, 'S') ? '' : distrust.err } };
  if (has(args, 'f') && answer.status >= 400) return { afterMs: elapsed, result: { code: 22, out: '', err: has(args, 's') && !has(args, 'S') ? '' : `curl: (22) The requested URL returned error: ${answer.status}\n` } };
  const head = `HTTP/1.1 ${answer.status} ${answer.statusText}\r\n${answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const format = option(args, 'w');
  const after = format === undefined ? '' : format.replaceAll('\\n', '\n').replaceAll('%{http_code}', String(answer.status)).replaceAll('%{response_code}', String(answer.status));
  const output = option(args, 'o');
  const body = method === 'HEAD' ? '' : answer.body;
  const shown = (has(args, 'i') || has(args, 'I') ? head : '') + body;
  if (output !== undefined && output !== '/dev/null' && output !== '-') return { afterMs: elapsed, result: { code: 0, out: shown, err: after, file: resolvePath(process.cwd, output) } };
  return { afterMs: elapsed, result: { code: 0, out: (output === '/dev/null' ? '' : shown) + after, err: '' } };
}

const curl = waits('curl', curlRequest);

/** The entry point of the curl image: a first word that is no program is an option or address for curl. */
const curlEntrypoint: Program = {
  name: 'curl-entrypoint',
  step(process, event) {
    if (event.kind !== 'start') return;
    const words = process.argv.slice(process.argv[0]?.endsWith('entrypoint.sh') ? 1 : 2);
    const first = words[0] ?? 'curl';
    if (process.exec(process.which(first) ? words : ['curl', ...words])) process.exit(127);
  },
};

/** busybox wget. */
const wget = waits('wget', (process) => {
  const args = process.argv.slice(1).flatMap((argument) => (argument.startsWith('--timeout=') ? ['-T', argument.slice(10)] : argument === '--spider' || argument.startsWith('--no-check') ? [argument] : argument === '-qO-' ? ['-q', '-O', '-'] : argument.startsWith('-qO') ? ['-q', '-O', argument.slice(3)] : argument === '-O-' ? ['-O', '-'] : [argument]));
  const spider = args.includes('--spider');
  const url = operands(args, 'OTUYt')[0];
  if (url === undefined) return { afterMs: 0, result: { code: 1, out: '', err: 'BusyBox v1.36.1 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL...\n' } };
  const target = withScheme(url);
  const parsed = parseUrl(target);
  const limit = option(args, 'T');
  // The time limit begins when the name has been looked up.
  const asked = process.network.request(process.source, { method: 'GET', url: target, headers: { Host: parsed && parsed.port !== 80 ? `${parsed.host}:${parsed.port}` : (parsed?.host ?? ''), 'User-Agent': 'Wget', Connection: 'close' } });
  const answer = asked.kind === 'failure' && asked.reason === 'dns' ? asked : within(asked, limit === undefined ? undefined : Number(limit) * 1_000);
  const host = parsed?.host ?? url;
  const quiet = has(args, 'q');
  const found = answer.kind === 'response' ? answer.address : '';
  const connecting = quiet ? '' : `Connecting to ${host} (${found || `${answer.kind === 'failure' ? (answer.address ?? answer.host) : host}:${parsed?.port ?? 80}`})\n`;
  if (answer.kind === 'failure') {
    const problems: Record<NetworkFailure['reason'], string> = {
      dns: `wget: bad address '${host}${parsed && parsed.port !== 80 ? `:${parsed.port}` : ''}'\n`,
      refused: `wget: can't connect to remote host (${answer.address ?? answer.host}): Connection refused\n`,
      unreachable: `wget: can't connect to remote host (${answer.address ?? answer.host}): Host is unreachable\n`,
      timeout: limit === undefined ? `wget: can't connect to remote host (${answer.address ?? answer.host}): Operation timed out\n` : 'wget: download timed out\n',
      reset: 'wget: error getting response\n',
    };
    return { afterMs: answer.elapsedMs, result: { code: 1, out: '', err: (answer.reason === 'dns' ? '' : connecting) + problems[answer.reason] } };
  }
  if (answer.status >= 400) return { afterMs: answer.elapsedMs, result: { code: 1, out: '', err: `${connecting}wget: server returned error: HTTP/1.1 ${answer.status} ${answer.statusText}\n` } };
  if (spider) return { afterMs: answer.elapsedMs, result: { code: 0, out: '', err: quiet ? '' : `${connecting}remote file exists\n` } };
  const output = option(args, 'O');
  if (output === '-') return { afterMs: answer.elapsedMs, result: { code: 0, out: answer.body, err: quiet ? '' : `${connecting}writing to stdout\n-                    100% |********************************| ${String(answer.body.length).padStart(5)}  0:00:00 ETA\nwritten to stdout\n` } };
  const name = output ?? ((parsed?.path.split('?')[0] as string).replace(/^.*\//, '') || 'index.html');
  if (output === '/dev/null') return { afterMs: answer.elapsedMs, result: { code: 0, out: '', err: quiet ? '' : `${connecting}saving to '/dev/null'\n` } };
  return { afterMs: answer.elapsedMs, result: { code: 0, out: answer.body, err: quiet ? '' : `${connecting}saving to '${name}'\n${name.padEnd(20)} 100% |********************************| ${String(answer.body.length).padStart(5)}  0:00:00 ETA\n'${name}' saved\n`, file: resolvePath(process.cwd, name) } };
});

/** A question of another type than an address, asked with the search domains of resolv.conf. */
function questioned(process: ProcessContext, name: string, type: 'SRV' | 'PTR'): { afterMs: number; result: Pending } {
  const { server } = process.network.resolve(process.source, name);
  const resolver = process.files.read('/etc/resolv.conf').split('\n');
  const searches = resolver.find((line) => line.startsWith('search '))?.split(' ').slice(1) ?? [];
  const dots = Number(/ndots:(\d+)/.exec(resolver.join(' '))?.[1] ?? 1);
  const plain = name.replace(/\.$/, '');
  const searched = name.endsWith('.') ? [] : searches.map((domain) => `${plain}.${domain}`);
  for (const candidate of plain.split('.').length - 1 >= dots ? [plain, ...searched] : [...searched, plain]) {
    const answer = process.network.question(process.source, candidate, type);
    if (!answer) return { afterMs: 10_000, result: { code: 1, out: '', err: ';; connection timed out; no servers could be reached\n\n' } };
    if (answer.kind !== 'records') continue;
    const word = type === 'SRV' ? 'service' : 'name';
    return { afterMs: 1, result: { code: 0, out: `Server:\t\t${server}\nAddress:\t${server}:53\n\n${answer.records.map((record) => `${record.name}\t${word} = ${record.value}\n`).join('')}\n`, err: '' } };
  }
  return { afterMs: 2, result: { code: 1, out: `Server:\t\t${server}\nAddress:\t${server}:53\n\n`, err: `** server can't find ${name}: NXDOMAIN\n\n` } };
}

/** busybox nslookup. */
const nslookup = waits('nslookup', (process) => {
  const args = process.argv.slice(1);
  const name = operands(args.map((argument) => argument.replace(/^-(?:query|type)=.*$/, '-x')))[0];
  if (name === undefined) return { afterMs: 0, result: { code: 1, out: '', err: 'BusyBox v1.36.1 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n' } };
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    const reverse = `${name.split('.').reverse().join('.')}.in-addr.arpa`;
    const answer = process.network.question(process.source, reverse, 'PTR');
    const { server } = process.network.resolve(process.source, name);
    if (answer?.kind !== 'records') return { afterMs: answer ? 1 : 10_000, result: { code: 1, out: answer ? `Server:\t\t${server}\nAddress:\t${server}:53\n\n` : '', err: answer ? `** server can't find ${reverse}: NXDOMAIN\n\n` : ';; connection timed out; no servers could be reached\n\n' } };
    return { afterMs: 1, result: { code: 0, out: `Server:\t\t${server}\nAddress:\t${server}:53\n\n${reverse}\tname = ${answer.records[0]?.value ?? ''}\n\n`, err: '' } };
  }
  const type = args.map((argument) => /^-(?:query|type|q)=(.*)$/.exec(argument)?.[1]?.toUpperCase()).find((given) => given !== undefined);
  if (type === 'SRV' || type === 'PTR') return questioned(process, name, type);
  const found = process.network.resolve(process.source, name);
  if (found.kind === 'no-server') return { afterMs: 10_000, result: { code: 1, out: '', err: ';; connection timed out; no servers could be reached\n\n' } };
  const head = `Server:\t\t${found.server}\nAddress:\t${found.server}:53\n\n`;
  const aliases = found.kind === 'not-found' ? found.aliases?.filter((record) => record.type === 'CNAME') : undefined;
  if (aliases?.length) {
    const outside = aliases.at(-1)?.value ?? name;
    return { afterMs: 2, result: { code: 1, out: `${head}${aliases.map((record) => `${record.name}\tcanonical name = ${record.value}\n`).join('')}\n`, err: `** server can't find ${outside}: NXDOMAIN\n\n` } };
  }
  if (found.kind === 'not-found') return { afterMs: 2, result: { code: 1, out: head, err: `** server can't find ${name}: NXDOMAIN\n\n` } };
  return { afterMs: 1, result: { code: 0, out: `${head}${found.addresses.map((address) => `Name:\t${found.name}\nAddress: ${address}\n`).join('')}\n`, err: '' } };
});

/** `nc -z HOST PORT`: only whether something listens. */
const nc = waits('nc', (process) => {
  const args = process.argv.slice(1);
  const [host, port] = operands(args, 'wpi');
  if (host === undefined || port === undefined) return { afterMs: 0, result: { code: 1, out: '', err: has(args, 'l') ? 'nc: listening is not supported in this simulation\n' : 'BusyBox v1.36.1 multi-call binary.\n\nUsage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]\n' } };
  const found = process.network.resolve(process.source, host);
  if (found.kind !== 'addresses') return { afterMs: found.kind === 'no-server' ? 10_000 : 2, result: { code: 1, out: '', err: `nc: bad address '${host}'\n` } };
  const address = found.addresses[0] as string;
  const limit = option(args, 'w');
  const outcome = process.network.connect(process.source, address, Number(port), { method: CONNECT, url: `http://${host}:${port}/`, headers: {} });
  if (!('kind' in outcome)) return { afterMs: outcome.elapsedMs, result: { code: 0, out: '', err: has(args, 'v') ? `${host} (${address}:${port}) open\n` : '' } };
  const afterMs = limit === undefined ? outcome.elapsedMs : Math.min(outcome.elapsedMs, Number(limit) * 1_000);
  const reason = outcome.reason === 'refused' ? 'Connection refused' : outcome.reason === 'unreachable' ? 'Host is unreachable' : limit === undefined ? 'Operation timed out' : 'timed out';
  return { afterMs, result: { code: 1, out: '', err: limit !== undefined && outcome.reason === 'timeout' ? 'nc: timed out\n' : `nc: ${host} (${address}:${port}): ${reason}\n` } };
});

const PING_MS = 1_000;
/** Replies that the statistics at the end are made from. */
const MAX_TIMES = 1_000;

/** Pods and machines answer to ping as long as they are reached. A service address is no machine: it has no rule for ICMP, and nobody answers. */
const ping: Program = {
  name: 'ping',
  step(process, event) {
    const args = process.argv.slice(1);
    const host = operands(args, 'cWwis')[0] ?? '';
    const count = Number(option(args, 'c') ?? Number.MAX_SAFE_INTEGER);
    if (event.kind === 'start') {
      const found = process.network.resolve(process.source, host);
      if (found.kind !== 'addresses') {
        process.write(2, `ping: bad address '${host}'\n`);
        return process.exit(1);
      }
      process.onSignal('INT', 'handle');
      process.data = { address: found.addresses[0], sent: 0, received: 0, times: [] };
      process.write(1, `PING ${host} (${found.addresses[0]}): 56 data bytes\n`);
    }
    const state = process.data as { address: string; sent: number; received: number; times: number[] };
    if (state.sent >= count || event.kind === 'signal') {
      process.write(1, `\n--- ${host} ping statistics ---\n${state.sent} packets transmitted, ${state.received} packets received, ${Math.round(((state.sent - state.received) * 100) / (state.sent || 1))}% packet loss\n`);
      if (state.received > 0) {
        const shown = (value: number): string => (value / 1_000).toFixed(3);
        const { times } = state;
        process.write(1, `round-trip min/avg/max = ${shown(Math.min(...times))}/${shown(Math.round(times.reduce((sum, time) => sum + time, 0) / times.length))}/${shown(Math.max(...times))} ms\n`);
      }
      return process.exit(state.received > 0 ? 0 : 1);
    }
    // An address that refuses a connection is there; one where packets are lost is not.
    if (process.network.ping(process.source, state.address)) {
      const time = 60 + process.random(240);
      process.write(1, `64 bytes from ${state.address}: seq=${state.sent} ttl=${state.address.startsWith('127.') ? 64 : 62} time=${(time / 1_000).toFixed(3)} ms\n`);
      state.received++;
      if (state.times.length < MAX_TIMES) state.times.push(time);
    }
    state.sent++;
    process.sleep(PING_MS);
  },
};

export const networkTools: Program[] = [curl, curlEntrypoint, wget, nslookup, nc, ping];
