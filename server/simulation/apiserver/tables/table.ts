/**
 * Server-side tables (`as=Table`): what `kubectl get` prints. Columns come from facts/columns.json, rows from the
 * printers; kinds without a printer show their name and creation time, as the real server's default convertor does.
 */
import facts from '../facts/columns.json' with { type: 'json' };
import { customTable } from '../custom-resources/columns.ts';
import type { CustomKind } from '../custom-resources/types.ts';
import type { KubeObject } from '../types.ts';
import { printers } from './registry.ts';
import type { Cell, Column, Printer, RowCondition } from './types.ts';

export interface TableRow {
  cells: Cell[];
  conditions?: RowCondition[];
  object?: unknown;
}

export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  columnDefinitions: { name: string; type: string; format: string; description: string; priority: number }[];
  rows: TableRow[];
}

/** `includeObject` of TableOptions. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

const DEFAULT_COLUMNS: readonly Column[] = [
  ['Name', 'string', 'name', 0],
  ['Created At', 'date', '', 0],
];
/** Columns of what has no list path. */
const EXTRA_COLUMNS: Record<string, readonly Column[]> = {
  'autoscaling/v1/Scale': [
    ['Name', 'string', 'name', 0],
    ['Desired', 'integer', '', 0],
    ['Available', 'integer', '', 0],
    ['Age', 'string', '', 0],
  ],
};

const columnsByPath = facts as unknown as Record<string, readonly Column[]>;
const printersByKind = new Map<string, Printer>(printers.map((printer) => [`${printer.group}/${printer.kind}`, printer]));
const defaultPrinter: Pick<Printer, 'cells' | 'conditions'> = { cells: (object) => [object.metadata.name, object.metadata.creationTimestamp] };

/** What decides a table's layout: the served resource, or the kind of a subresource. */
export interface TableSubject {
  group: string;
  version: string;
  kind: string;
  /** Absent for kinds that have no list path, such as Scale. */
  plural?: string;
  definedBy?: CustomKind;
}

function listPath(subject: TableSubject): string {
  return `${subject.group === '' ? '/api' : `/apis/${subject.group}`}/${subject.version}/${subject.plural ?? ''}`;
}

/** The columns of a kind. */
export function columnsOf(subject: TableSubject): readonly Column[] {
  if (subject.definedBy) return customTable(subject.definedBy).columns;
  if (subject.plural === undefined) return EXTRA_COLUMNS[`${subject.group}/${subject.version}/${subject.kind}`] ?? DEFAULT_COLUMNS;
  return columnsByPath[listPath(subject)] ?? DEFAULT_COLUMNS;
}

function printerOf(subject: TableSubject): Pick<Printer, 'cells' | 'conditions'> {
  if (subject.definedBy) return customTable(subject.definedBy).printer;
  const group = subject.kind === 'Event' ? '' : subject.group;
  return printersByKind.get(`${group}/${subject.kind}`) ?? defaultPrinter;
}

/** The object as a row carries it. */
export function partialMetadata(object: KubeObject): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/**
 * Objects as a Table.
 * @param now virtual time in ms, for ages.
 * @param include what each row carries of its object.
 * @param convert the representation for `include: 'Object'` in the version that was asked for.
 */
export function toTable(
  subject: TableSubject,
  objects: readonly KubeObject[],
  now: number,
  include: IncludeObject,
  metadata: Table['metadata'],
  withColumns = true,
  convert: (object: KubeObject) => unknown = (object) => object,
): Table {
  const columns = columnsOf(subject);
  const printer = columns === DEFAULT_COLUMNS ? defaultPrinter : printerOf(subject);
  const rows: TableRow[] = [];
  for (const stored of objects) {
    // Columns of a custom resource are those of the version that is asked for.
    const object = subject.definedBy ? (convert(stored) as KubeObject) : stored;
    const cells = printer.cells(object, now);
    if (cells.length > columns.length) cells.length = columns.length;
    const row: TableRow = { cells };
    const conditions = printer.conditions?.(object);
    if (conditions && conditions.length > 0) row.conditions = conditions;
    if (include === 'Metadata') row.object = partialMetadata(object);
    else if (include === 'Object') row.object = convert(object);
    rows.push(row);
  }
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns ? columns.map(([name, type, format, priority]) => ({ name, type, format, description: '', priority })) : [],
    rows,
  };
}
