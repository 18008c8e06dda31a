import type { KubeObject } from '../types.ts';

export type Cell = string | number | boolean | null;

/** One column of a Table: name, type, format, priority (above 0: only with `-o wide`). */
export type Column = readonly [name: string, type: string, format: string, priority: number];

export interface RowCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

/** How a kind becomes a table row. The columns come from facts/columns.json. */
export interface Printer {
  /** `kind` of the objects. */
  kind: string;
  /** The API group; `''` for core. */
  group: string;
  /** Cells in the order of the columns, those for `-o wide` included. @param now virtual time, ms. */
  cells(object: KubeObject, now: number): Cell[];
  conditions?(object: KubeObject): RowCondition[];
}
