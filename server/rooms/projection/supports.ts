/** Rows of what stands beside workloads: a kind, and which of kubectl's columns a screen has room for. Pure, and the same in the browser. */
import { RESOURCES } from '../../simulation/apiserver/discovery.ts';
import { columnsOf, toTable } from '../../simulation/apiserver/tables/table.ts';
import type { KubeObject } from '../../simulation/apiserver/types.ts';
import { keyOf } from './rows.ts';
import type { SupportKind, SupportRow } from './types.ts';

/** Columns by kind, besides STATUS. */
const COLUMNS: Readonly<Record<SupportKind, readonly string[]>> = {
  HorizontalPodAutoscaler: ['Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas'],
  PodDisruptionBudget: ['Min Available', 'Max Unavailable', 'Allowed Disruptions'],
  NetworkPolicy: ['Pod-Selector'],
  PersistentVolumeClaim: ['Volume', 'Capacity', 'StorageClass'],
  PersistentVolume: ['Capacity', 'Claim', 'StorageClass'],
};
/** What kubectl prints where there is nothing. */
const NOTHING = new Set(['', 'N/A', '<unset>']);

function served(kind: string) {
  const found = RESOURCES.filter((resource) => resource.kind === kind).at(-1);
  if (!found) throw new Error(`${kind} is not served`);
  return found;
}

const SUBJECTS = new Map(Object.keys(COLUMNS).map((kind) => [kind as SupportKind, served(kind)]));

/** Resource keys of the table. */
export const SUPPORT_RESOURCES: ReadonlyMap<string, SupportKind> = new Map([...SUBJECTS].map(([kind, { key }]) => [key, kind]));

export function supportKey(kind: SupportKind, key: string): string {
  return `${kind}/${key}`;
}

export function supportRow(kind: SupportKind, object: KubeObject): SupportRow {
  const subject = SUBJECTS.get(kind) as NonNullable<ReturnType<typeof SUBJECTS.get>>;
  const cells = toTable(subject, [object], 0, 'None', {}, false).rows[0]?.cells ?? [];
  const values = new Map(columnsOf(subject).map(([name], index) => [name, String(cells[index] ?? '')]));
  const status = values.get('Status');
  return {
    key: supportKey(kind, keyOf(object)),
    uid: object.metadata.uid,
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    ...(status === undefined ? {} : { status }),
    facts: COLUMNS[kind].flatMap((column) => {
      const value = values.get(column) ?? '';
      return NOTHING.has(value) ? [] : [{ column, value }];
    }),
    createdAt: Date.parse(object.metadata.creationTimestamp),
  };
}
