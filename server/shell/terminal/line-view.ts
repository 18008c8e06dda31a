/** Draws a prompt and the text being edited, over as many rows as they need, and puts the cursor where it belongs. */
import { graphemes, graphemeWidth, withoutEscapes } from './width.ts';

interface Position {
  row: number;
  column: number;
}

export class LineView {
  /** Where the cursor is, from the first row of the prompt. */
  #cursor: Position = { row: 0, column: 0 };
  #shown: { prompt: string; before: string; after: string } | undefined;
  /** What a command has left in the row of the prompt. */
  #lead = '';

  constructor(
    private readonly write: (text: string) => void,
    private columns: number,
  ) {}

  resize(columns: number): void {
    this.columns = columns;
    const shown = this.#shown;
    // The terminal has wrapped the rows anew by itself: reckon where the cursor is now.
    if (shown) this.#cursor = this.#place([shown.prompt, shown.before]);
  }

  /** A new prompt below whatever is on the screen. @param lead what stands in its row already. */
  begin(columns: number, lead = ''): void {
    this.columns = columns;
    this.#lead = lead;
    this.#cursor = this.#place([lead]);
    this.#shown = undefined;
  }

  /** @param before what stands before the cursor. */
  draw(ownPrompt: string, before: string, after: string): void {
    const prompt = this.#lead + ownPrompt;
    const shown = this.#shown;
    this.#shown = { prompt, before, after };
    // A letter at the end of the line: just print it.
    if (shown && shown.prompt === prompt && shown.after === '' && after === '' && before.startsWith(shown.before)) {
      const added = before.slice(shown.before.length);
      const end = this.#place([prompt, before]);
      if (!added.includes('\n') && end.row === this.#cursor.row && end.column < this.columns) {
        this.write(added);
        this.#cursor = end;
        return;
      }
    }
    const up = this.#cursor.row > 0 ? `\x1b[${this.#cursor.row}A` : '';
    const end = this.#place([prompt, before, after]);
    // At the right edge the terminal waits with the next row until something comes.
    const wrapped = end.column === 0 && end.row > 0 && !(before + after).endsWith('\n') ? ' \r' : '';
    const target = this.#place([prompt, before]);
    const back = end.row > target.row ? `\x1b[${end.row - target.row}A` : '';
    const right = target.column > 0 ? `\x1b[${target.column}C` : '';
    this.write(`${up}\r\x1b[J${prompt}${(before + after).replaceAll('\n', '\r\n')}${wrapped}${after === '' && wrapped === '' ? '' : `${back}\r${right}`}`);
    this.#cursor = target;
  }

  /** Leaves the line: the cursor goes below it. */
  finish(): void {
    const shown = this.#shown;
    if (shown) {
      const end = this.#place([shown.prompt, shown.before, shown.after]);
      const down = end.row - this.#cursor.row;
      this.write(`${down > 0 ? `\x1b[${down}B` : ''}\r\n`);
    }
    this.begin(this.columns);
  }

  #place(texts: string[]): Position {
    let row = 0;
    let column = 0;
    for (const grapheme of graphemes(withoutEscapes(texts.join('')))) {
      if (grapheme === '\n' || grapheme === '\r\n') {
        row++;
        column = 0;
        continue;
      }
      const width = graphemeWidth(grapheme);
      // A wide character does not fit into the last column.
      if (column + width > this.columns) {
        row++;
        column = 0;
      }
      column += width;
      if (column >= this.columns) {
        row++;
        column = 0;
      }
    }
    return { row, column };
  }
}
