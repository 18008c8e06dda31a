/** Reading container logs (`pkg/kubelet/kuberuntime/logs`). */
import type { Container, LogEntry } from './container-state.ts';
import type { LogOptions } from './types.ts';

/** Lines of entries, each with its time; a text without an end of line goes on in the next entry of its stream. */
function lines(entries: readonly LogEntry[]): { time: number; text: string }[] {
  const result: { time: number; text: string; open: boolean; stream: string }[] = [];
  for (const entry of entries) {
    const parts = entry.text.split('\n');
    parts.forEach((part, index) => {
      const last = index === parts.length - 1;
      if (last && part === '') return;
      const before = index === 0 ? result[result.length - 1] : undefined;
      const text = last ? part : `${part}\n`;
      if (before?.open && before.stream === entry.stream) {
        before.text += text;
        before.open = last;
      } else result.push({ time: entry.time, text, open: last, stream: entry.stream });
    });
  }
  return result;
}

/** Entries as text; with `timestamps`, each line begins with its time. */
export function formatLog(entries: readonly LogEntry[], options: LogOptions): string {
  if (!options.timestamps) return entries.map((entry) => entry.text).join('');
  return lines(entries)
    .map((line) => `${stamp(line.time)} ${line.text}`)
    .join('');
}

function stamp(time: number): string {
  return `${new Date(time).toISOString().slice(0, 23)}000000Z`;
}

/** A container's log as asked for. @param now ms, for sinceSeconds. */
export function logText(container: Container, options: LogOptions, now: number): string {
  let since = 0;
  if (options.sinceSeconds !== undefined) since = now - options.sinceSeconds * 1_000;
  if (options.sinceTime !== undefined) since = Math.max(since, Date.parse(options.sinceTime) || 0);
  let chosen = lines(container.log).filter((line) => line.time >= since);
  if (options.tailLines !== undefined) chosen = options.tailLines === 0 ? [] : chosen.slice(-options.tailLines);
  let text = chosen.map((line) => (options.timestamps ? `${stamp(line.time)} ${line.text}` : line.text)).join('');
  if (options.limitBytes !== undefined) text = text.slice(0, options.limitBytes);
  return text;
}
