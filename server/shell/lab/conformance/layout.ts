/**
 * The parts of an output and which of them may come in another order: documents, list items and rows that are ordered by
 * made-up names, and events, whose names are made up too.
 */
import { freeNodes, maskCell, maskText, withoutCounts } from './masks.ts';
import { replaceNames, type MadeUpName, type NameFinder } from './names.ts';

/** A line ready for comparison. */
export interface Line {
  /** As it was printed. */
  original: string;
  /** Masked, with spaces between columns made one width; made-up names as they are. */
  masked: string;
  names: MadeUpName[];
}

/** Lines in an order that matters, or pieces that may change places. */
export type Block = { kind: 'lines'; lines: Line[] } | { kind: 'any order'; pieces: Line[][] };

const TITLE = /^[A-Z][A-Z0-9 ()./%_-]*$/;
const EVENTS_TITLE = /^\s*Type\s{2,}Reason\s{2,}Age\s{2,}From\s{2,}Message/;
const NODE_PODS_TITLE = /^\s+Namespace\s{2,}Name\s{2,}CPU Requests/;
const RULE = /^\s*-+(?:\s{2,}-+)*\s*$/;

/** What the command line says about its output. */
interface Shape {
  finder: NameFinder;
  command: string;
  structured: boolean;
  describe: boolean;
  /** Asks where pods are: every worker in the output is free. */
  placement: boolean;
  /** Sorts by what is free: so is the order. */
  unordered: boolean;
}

/** The blocks of one output. */
export function layOut(text: string, command: string, finder: NameFinder): Block[] {
  const structured = /(?:^|\s)(?:-o|--output)[= ]?(?:yaml|json)(?:\s|$|\|)/.test(command);
  const shape: Shape = { finder, command, structured, describe: /\bkubectl\b.*\bdescribe\b/.test(command), placement: /nodeName|hostIP/.test(command), unordered: /--sort-by[= ]\S*(?:nodeName|hostIP|podIP|clusterIP|\buid)\b/.test(command) };
  const lines = text.split('\n');
  if (structured) return structuredBlocks(lines, shape);
  if (shape.describe) return documents(lines, shape);
  return plainBlocks(lines, shape);
}

function makeLine(original: string, shape: Shape, columns?: string[]): Line {
  const indent = /^ */.exec(original)?.[0] ?? '';
  const body = original.slice(indent.length);
  const cells = body.trimEnd().split(/ {2,}/);
  const isTable = cells.length > 1;
  let masked: string;
  if (shape.structured || !isTable) masked = maskText(original);
  else if (columns && columns.length === cells.length) masked = indent + cells.map((cell, index) => maskCell(cell, columns[index])).join('  ');
  else masked = maskText(`${indent}${cells.join('  ')}`);
  // A first cell that is empty is as wide as its column.
  if (!shape.structured && indent.length >= 8) masked = `        ${masked.trimStart()}`;
  if (shape.placement) masked = freeNodes(masked);
  masked = sortLists(masked);
  return { original, masked, names: shape.finder.find(masked, shape.command) };
}

/** Addresses of endpoints come in any order; of a list that is cut short it is open which are shown. */
function sortLists(line: string): string {
  return line.replace(/\d+\.\d+\.\d+\.\d+(?::\d+)?(?:,\d+\.\d+\.\d+\.\d+(?::\d+)?)+(?: \+ \d+ more\.\.\.)?/g, (list) => {
    const [items, more = ''] = list.split(' + ') as [string, string?];
    const parts = items.split(',').sort((a, b) => (port(a) < port(b) ? -1 : port(a) > port(b) ? 1 : a < b ? -1 : 1));
    return more ? `${parts.map((part) => part.replace(/^10\.244\.\d+\.\d+/, '‹pod address›')).sort().join(',')} + ${more}` : parts.join(',');
  });
}

function port(address: string): string {
  return address.split(':')[1] ?? '';
}

function hasNames(lines: Line[]): boolean {
  return lines.some((line) => line.names.length > 0);
}

// ---- YAML and JSON ----

/** Items of a list are ordered by name; those with made-up names may change places. */
function structuredBlocks(lines: string[], shape: Shape): Block[] {
  const all = lines.map((line) => makeLine(line, shape));
  const json = lines[0]?.startsWith('{') ?? false;
  const opens = json ? /^ {8}\{$/ : /^- \S/;
  const first = all.findIndex((line) => opens.test(line.original));
  const start = all.findIndex((line) => (json ? /^ {4}"items": \[$/ : /^items:$/).test(line.original));
  if (start < 0 || first !== start + 1) return [{ kind: 'lines', lines: all }];
  let end = first;
  while (end < all.length && /^(?: {2}|- )/.test((all[end] as Line).original) && (!json || /^ {8}/.test((all[end] as Line).original))) end++;
  const items: Line[][] = [];
  for (const line of all.slice(first, end)) {
    if (opens.test(line.original)) items.push([]);
    // The last item of a JSON list has no comma, whichever it is.
    (items.at(-1) as Line[]).push(json && /^ {8}\},?$/.test(line.original) ? { ...line, masked: '        }' } : line);
  }
  return [{ kind: 'lines', lines: all.slice(0, first) }, ...permutable(items, (item) => itemHasMadeUpName(item, json)), { kind: 'lines', lines: all.slice(end) }];
}

function itemHasMadeUpName(item: Line[], json: boolean): boolean {
  const name = item.find((line) => (json ? /^ {16}"name": / : /^ {4}name: /).test(line.original));
  return (name?.names.length ?? 0) > 0;
}

/** Neighbours that may change places become one block. */
function permutable(pieces: Line[][], free: (piece: Line[]) => boolean): Block[] {
  const blocks: Block[] = [];
  for (const piece of pieces) {
    const last = blocks.at(-1);
    if (!free(piece)) {
      if (last?.kind === 'lines') last.lines.push(...piece);
      else blocks.push({ kind: 'lines', lines: [...piece] });
    } else if (last?.kind === 'any order') last.pieces.push(piece);
    else blocks.push({ kind: 'any order', pieces: [piece] });
  }
  return blocks;
}

// ---- describe ----

/** Descriptions follow each other after two empty lines. */
function documents(lines: string[], shape: Shape): Block[] {
  const texts = lines.join('\n').split('\n\n\n');
  if (texts.length === 1) return description(lines, shape);
  const pieces = texts.map((text) => description(text.replace(/\n$/, '').split('\n'), shape));
  const isFree = pieces.map(([first]) => first?.kind === 'lines' && (first.lines[0]?.names.length ?? 0) > 0);
  // Each description is put into an order of its own first: see flatten().
  const flat = pieces.map((blocks) => flatten(blocks, (name) => `‹${name.kind}›`));
  const blocks: Block[] = [];
  flat.forEach((piece, index) => {
    const last = blocks.at(-1);
    const separated = [...piece, { original: '', masked: '', names: [] }];
    if (!isFree[index]) blocks.push({ kind: 'lines', lines: separated });
    else if (last?.kind === 'any order') last.pieces.push(separated);
    else blocks.push({ kind: 'any order', pieces: [separated] });
  });
  return blocks;
}

function description(lines: string[], shape: Shape): Block[] {
  const blocks: Block[] = [];
  const fixed = (line: string): void => {
    const last = blocks.at(-1);
    if (last?.kind === 'lines') last.lines.push(makeLine(line, shape));
    else blocks.push({ kind: 'lines', lines: [makeLine(line, shape)] });
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    fixed(line);
    if (line === 'Endpoints:') {
      const endpoints: Line[][] = [];
      while (/^ {2}(- | {2})/.test(lines[at + 1] ?? '')) {
        const next = lines[++at] as string;
        if (next.startsWith('  - ')) endpoints.push([]);
        endpoints.at(-1)?.push(makeLine(next, shape));
      }
      blocks.push(...permutable(endpoints, hasNames));
      continue;
    }
    const events = EVENTS_TITLE.test(line);
    if ((!events && !NODE_PODS_TITLE.test(line)) || !RULE.test(lines[at + 1] ?? '')) continue;
    const columns = line.trim().split(/ {2,}/);
    const indent = line.search(/\S/);
    fixed(lines[++at] as string);
    const rows: Line[] = [];
    while (at + 1 < lines.length && (lines[at + 1] as string).search(/\S/) === indent) rows.push(makeLine(lines[++at] as string, shape, columns));
    if (events) blocks.push({ kind: 'any order', pieces: rows.map((row) => [row]) });
    else {
      // Which node got a ReplicaSet's pod is free: such rows are left out, and what is counted from them with them.
      const kept = rows.filter((row) => !row.names.some((name) => name.kind === 'hash'));
      blocks.push(...permutable(kept.map((row) => [row]), (piece) => hasNames(piece)));
    }
  }
  return /^Name: +worker-\d/.test(lines[0] ?? '') ? withoutPlacedPods(blocks) : blocks;
}

/** The figures of `describe node` that follow from the pods that happen to be there. */
function withoutPlacedPods(blocks: Block[]): Block[] {
  const free = (line: Line): Line => {
    if (/^Non-terminated Pods:/.test(line.original)) return { ...line, masked: 'Non-terminated Pods:  (‹number› in total)' };
    if (/^ {2}(cpu|memory) +\S+ \(\d+%\)/.test(line.original)) return { ...line, masked: line.masked.replace(/ {2}\S+ \(\d+%\)/g, '  ‹sum›') };
    return line;
  };
  return blocks.map((block) => (block.kind === 'lines' ? { kind: 'lines', lines: block.lines.map(free) } : block));
}

// ---- tables and everything else ----

function plainBlocks(lines: string[], shape: Shape): Block[] {
  const blocks: Block[] = [];
  let columns: string[] | undefined;
  let isEvents = false;
  const push = (line: Line, free: boolean): void => {
    const last = blocks.at(-1);
    if (free) {
      if (last?.kind === 'any order') last.pieces.push([line]);
      else blocks.push({ kind: 'any order', pieces: [[line]] });
    } else if (last?.kind === 'lines') last.lines.push(line);
    else blocks.push({ kind: 'lines', lines: [line] });
  };
  const keyed = lines.some((line) => /^[A-Za-z][\w ]*:( |$)/.test(line)) && !lines.some((line) => isTitle(line));
  for (const original of lines) {
    if (original === '') columns = undefined;
    if (isTitle(original)) {
      columns = original.trimEnd().split(/ {2,}/);
      isEvents = columns.includes('LAST SEEN');
      push(makeLine(original, shape), false);
      continue;
    }
    const line = sortWords(makeLine(original, shape, columns));
    const row = columns !== undefined && original !== '';
    const free = shape.unordered || (row ? isEvents || line.names.length > 0 : !keyed && (line.names.length > 0 || (shape.placement && line.masked.includes('‹worker'))));
    push(line, free && original !== '');
  }
  return blocks;
}

function isTitle(line: string): boolean {
  return line !== '' && line.trimEnd().split(/ {2,}/).every((cell) => TITLE.test(cell)) && /^(NAME|LAST SEEN|REVISION|CURRENT|NAMESPACE|TYPE|COUNT|RESOURCE|Resources|COLUMN|[A-Z]+ {2,}[A-Z])/.test(line);
}

/** A line of nothing but made-up names holds them in any order. */
function sortWords(line: Line): Line {
  const words = line.masked.split(' ');
  if (words.length < 2 || line.names.length < words.length) return line;
  let at = 0;
  const each = words.map((word) => {
    const start = at;
    at += word.length + 1;
    return { word, names: line.names.filter((name) => name.start >= start && name.end <= start + word.length).map((name) => ({ ...name, start: name.start - start, end: name.end - start })) };
  });
  if (each.some(({ names }) => names.length === 0)) return line;
  each.sort((a, b) => (a.word < b.word ? -1 : 1));
  let offset = 0;
  const names: MadeUpName[] = [];
  for (const { word, names: own } of each) {
    names.push(...own.map((name) => ({ ...name, start: name.start + offset, end: name.end + offset })));
    offset += word.length + 1;
  }
  return { ...line, masked: each.map(({ word }) => word).join(' '), names };
}

// ---- what belongs together ----

/** Lines that are about one thing: rows by themselves, descriptions and manifests as a whole. */
export function groups(blocks: Block[], command: string): Line[][] {
  const whole = /\bdescribe\b|(?:-o|--output)[= ]?(?:yaml|json)/.test(command);
  return blocks.flatMap((block) => (block.kind === 'any order' ? block.pieces : whole ? [block.lines] : block.lines.map((line) => [line])));
}

// ---- putting into one order ----

/** A line with its made-up names under their common titles. */
export function render(line: Line, title: (name: MadeUpName) => string): string {
  const text = replaceNames(line.masked, line.names, title);
  // Lists of addresses were sorted by their own names.
  return text.replace(/(?:‹[^›]+›(?::\d+)?,)+‹[^›]+›(?::\d+)?/g, (list) => list.split(',').sort().join(','));
}

/** The lines of all blocks; what may change places is sorted by what it says. */
export function flatten(blocks: Block[], title: (name: MadeUpName) => string): Line[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'lines') return block.lines;
    const keyed = block.pieces.map((piece) => ({ piece, key: withoutCounts(piece.map((line) => render(line, title)).join('\n')) }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    return keyed.flatMap(({ piece }) => piece);
  });
}
