import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newEditedLine, typeInto } from './line-editing.ts';

/** A screen of one line on which each wide character takes two cells. */
function screenOf(output: string): string {
  const cells: string[] = [];
  let at = 0;
  for (const character of output) {
    if (character === '\b') at--;
    else if (/[\u4e00-\u9fff]/.test(character)) {
      cells[at++] = character;
      cells[at++] = '';
    } else cells[at++] = character;
  }
  return cells.join('').trimEnd();
}

describe('a line typed into a container', () => {
  it('is on the screen as it will be read, whatever keys were pressed', () => {
    const key = fc.constantFrom('a', 'b', ' ', '你', '好', '\u007f', '\u0001', '\u0002', '\u0005', '\u0006', '\u0015', '\u0017', '\u000b', '\x1b[D', '\x1b[C');
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        const state = newEditedLine();
        let echoed = '';
        for (const each of keys) typeInto(state, each, (text) => (echoed += text), () => undefined);
        expect(screenOf(echoed)).toBe(state.line.trimEnd());
      }),
    );
  });

  it.each([
    ['Enter gives the line', 'ls\r', ['ls\n']],
    ['up and Enter gives the line before', 'ls\r\x1b[A\r', ['ls\n', 'ls\n']],
    ['down leaves the history', 'ls\r\x1b[A\x1b[Bpwd\r', ['ls\n', 'pwd\n']],
    ['unknown sequences are nothing', 'l\x1b[5~s\r', ['ls\n']],
  ])('%s', (_title, typed, expected) => {
    const lines: string[] = [];
    typeInto(newEditedLine(), typed, () => undefined, (effect) => effect.kind === 'line' && lines.push(effect.line));
    expect(lines).toEqual(expected);
  });
});
