/**
 * The course's labs, run by the lab runner as they are written. Lines that begin with `#=` are what the command above them must
 * print, standard output and error as a terminal shows them; blanks count as one, and `…` stands for anything.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab, LabScript } from '../../server/shell/lab/lab.ts';

const EXPECTED = /^#= ?/;

interface Block {
  commands: string;
  expected: string[];
}

function blocks(text: string): Block[] {
  const result: Block[] = [];
  for (const line of text.split('\n')) {
    const last = result.at(-1);
    if (EXPECTED.test(line)) last?.expected.push(line.replace(EXPECTED, ''));
    else if (!last || last.expected.length > 0) result.push({ commands: `${line}\n`, expected: [] });
    else last.commands += `${line}\n`;
  }
  return result;
}

function pattern(line: string): string {
  return line.trim().split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+')).join('.*');
}

/** A regular expression for the whole of an output. */
function patternOf(expected: readonly string[]): RegExp {
  const lines = expected.map((line) => (line === '…' ? '(?:.*\\n)*?' : `\\s*${pattern(line)}[^\\S\\n]*\\n`));
  return new RegExp(`^${lines.join('')}\\s*$`);
}

const folder = import.meta.dirname;

describe.each(readdirSync(folder).filter((name) => name.endsWith('.sh')))('%s', (file) => {
  it('prints what it should', { timeout: 60_000 }, async () => {
    let output = '';
    let script = new LabScript('');
    const lab = new Lab({ onOutput: (_stream, text) => (output += text), nextLine: () => script.line() });
    for (const { commands, expected } of blocks(readFileSync(path.join(folder, file), 'utf8'))) {
      output = '';
      script = new LabScript(commands);
      for (let step = script.next(); step !== undefined; step = script.next()) {
        output = '';
        await lab.step(step);
      }
      if (expected.length > 0 && !patternOf(expected).test(output.endsWith('\n') ? output : `${output}\n`)) expect(`${commands}\n${output}`).toBe(`${commands}\n${expected.join('\n')}\n`);
    }
    await lab.close();
  });
});
