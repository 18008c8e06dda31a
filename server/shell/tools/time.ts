/** sleep, timeout, watch, date: on the virtual clock. */
import { quote } from '../bash/quote.ts';
import { signalStatus, SIGNAL_STATUS, type SignalName } from '../bash/errors.ts';
import { TextOutput } from '../bash/streams.ts';
import type { Command } from '../types.ts';
import { checkSignal, durationMs, parseOptions, UsageError, withUsage } from './common.ts';
import { formatDate } from './date-format.ts';

const TIMED_OUT = 124;
const DEFAULT_WATCH_INTERVAL_MS = 2_000;
const SHORTEST_WATCH_INTERVAL_MS = 100;

const sleep: Command = {
  name: 'sleep',
  summary: 'wait',
  async run({ args, host, signal, stderr }) {
    if (args.length === 0) {
      stderr.write("sleep: missing operand\nTry 'sleep --help' for more information.\n");
      return 1;
    }
    let total = 0;
    for (const arg of args) {
      const duration = durationMs(arg);
      if (duration === undefined) {
        stderr.write(`sleep: invalid time interval '${arg}'\nTry 'sleep --help' for more information.\n`);
        return 1;
      }
      total += duration;
    }
    await host.sleep(total, signal);
    return 0;
  },
};

const timeout: Command = {
  name: 'timeout',
  summary: 'run a command for a limited time',
  run: (context) =>
    withUsage(
      'timeout',
      context,
      async () => {
        const { flags, operands } = parseOptions(context.args, ['foreground', 'preserve-status', 'v', 'verbose'], ['s', 'k', 'signal', 'kill-after'], true);
        const [duration, ...command] = operands;
        if (duration === undefined || command.length === 0) throw new UsageError("missing operand\nTry 'timeout --help' for more information.");
        const limit = durationMs(duration);
        if (limit === undefined) throw new UsageError(`invalid time interval '${duration}'\nTry 'timeout --help' for more information.`);
        const asked = String(flags.get('s') ?? flags.get('signal') ?? 'TERM');
        const name = { 9: 'SIGKILL', 2: 'SIGINT', 15: 'SIGTERM', 1: 'SIGHUP' }[asked] ?? (asked.startsWith('SIG') ? asked : `SIG${asked}`);
        if (!(name in SIGNAL_STATUS)) throw new UsageError(`${asked}: invalid signal`);
        const controller = new AbortController();
        const timer = new AbortController();
        const forward = (): void => controller.abort(context.signal.reason);
        context.signal.addEventListener('abort', forward, { once: true });
        let expired = false;
        if (limit > 0) {
          context.host.sleep(limit, timer.signal).then(
            () => {
              expired = true;
              controller.abort(name as SignalName);
            },
            () => {
              // The command ended first.
            },
          );
        }
        try {
          const status = await context.run(command.map(quote).join(' '), { signal: controller.signal });
          if (!expired) return status;
          return flags.has('preserve-status') || name === 'SIGKILL' ? signalStatus(controller.signal) : TIMED_OUT;
        } finally {
          timer.abort();
          context.signal.removeEventListener('abort', forward);
        }
      },
      125,
    ),
};

const watch: Command = {
  name: 'watch',
  summary: 'run a command again and again, full screen',
  run: (context) =>
    withUsage('watch', context, async () => {
      const { flags, operands } = parseOptions(context.args, ['d', 'differences', 't', 'no-title', 'c', 'color', 'x', 'exec', 'e', 'errexit', 'g', 'chgexit', 'b', 'beep'], ['n', 'interval'], true);
      if (operands.length === 0) throw new UsageError('no command given');
      const asked = flags.get('n') ?? flags.get('interval');
      const interval = Math.max(SHORTEST_WATCH_INTERVAL_MS, asked === undefined ? DEFAULT_WATCH_INTERVAL_MS : (durationMs(String(asked)) ?? DEFAULT_WATCH_INTERVAL_MS));
      const line = flags.has('x') || flags.has('exec') ? operands.map(quote).join(' ') : operands.join(' ');
      const { columns, rows } = context.size ?? { columns: 80, rows: 24 };
      const screen = context.stdout.isTerminal;
      if (screen) context.stdout.write('\x1b[?1049h\x1b[?25l');
      let before: string | undefined;
      try {
        for (;;) {
          checkSignal(context);
          const output = new TextOutput();
          const status = await context.run(line, { stdout: output, stderr: output });
          const title = titleLine(`Every ${(interval / 1_000).toFixed(1)}s: ${operands.join(' ')}`, `quorum: ${formatDate('%a %b %e %H:%M:%S %Y', context.host.now())}`, columns);
          const body = output.text.split('\n');
          const lines = flags.has('t') || flags.has('no-title') ? body : [title, '', ...body];
          context.stdout.write(screen ? `\x1b[H${lines.slice(0, rows).map((text) => `${text}\x1b[K`).join('\n')}\x1b[J` : `${lines.join('\n')}\n`);
          if (status !== 0 && (flags.has('e') || flags.has('errexit'))) return status;
          if (before !== undefined && before !== output.text && (flags.has('g') || flags.has('chgexit'))) return 0;
          before = output.text;
          await context.host.sleep(interval, context.signal);
        }
      } finally {
        if (screen) context.stdout.write('\x1b[?1049l\x1b[?25h');
      }
    }),
};

function titleLine(left: string, right: string, columns: number): string {
  const room = columns - right.length - 1;
  return room < 10 ? left.slice(0, columns) : `${left.slice(0, room).padEnd(room)} ${right}`;
}

const date: Command = {
  name: 'date',
  summary: "the cluster's time",
  run: (context) =>
    withUsage('date', context, async () => {
      const { flags, operands } = parseOptions(context.args, ['u', 'utc', 'universal', 'R', 'rfc-email', 'Iseconds', 'Idate', 'iso-8601'], ['d', 'date', 'I', 'rfc-3339']);
      const asked = flags.get('d') ?? flags.get('date');
      const time = asked === undefined ? context.host.now() : parseDate(String(asked), context.host.now());
      if (time === undefined) throw new UsageError(`invalid date '${String(asked)}'`);
      const [format] = operands;
      if (format !== undefined && !format.startsWith('+')) throw new UsageError(`invalid date '${format}'`);
      const iso = flags.get('I') ?? flags.get('iso-8601');
      const preset = flags.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : iso !== undefined ? (iso === 'seconds' ? '%Y-%m-%dT%H:%M:%S+00:00' : '%F') : flags.has('rfc-3339') ? '%F %T+00:00' : '%a %b %e %H:%M:%S %Z %Y';
      context.stdout.write(`${formatDate(format?.slice(1) ?? preset, time)}\n`);
      return 0;
    }),
};

const UNIT_MS: Record<string, number> = { sec: 1_000, second: 1_000, min: 60_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

/** `@123`, RFC 3339, `now`, `5 minutes ago`, `+1 hour`. */
function parseDate(text: string, now: number): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^@\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed.slice(1)) * 1_000;
  if (trimmed === 'now' || trimmed === '' || trimmed === 'today') return now;
  if (trimmed === 'yesterday' || trimmed === 'tomorrow') return now + (trimmed === 'tomorrow' ? 1 : -1) * 86_400_000;
  const relative = /^([-+]?\d+)\s*([a-z]+?)s?(\s+ago)?$/.exec(trimmed);
  const unit = relative ? UNIT_MS[relative[2] as string] : undefined;
  if (relative && unit !== undefined) return now + Number(relative[1]) * unit * (relative[3] ? -1 : 1);
  const parsed = Date.parse(/[zZ]|[-+]\d\d:?\d\d$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text} UTC`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

export const timeTools: Command[] = [sleep, timeout, watch, date];
