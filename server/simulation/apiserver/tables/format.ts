/** Small formats that several printers share (`pkg/printers/internalversion/printers.go`). */
import type { KubeObject } from '../types.ts';

export const NONE = '<none>';
export const UNSET = '<unset>';

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: Requirement[];
}

/** `a=b,c=d` by key, or `<none>` (`labels.FormatLabels`). */
export function formatLabels(labels: Record<string, string> | undefined): string {
  if (!labels) return NONE;
  const keys = Object.keys(labels).sort();
  return keys.length === 0 ? NONE : keys.map((key) => `${key}=${labels[key] ?? ''}`).join(',');
}

/** `a=b,tier in (x,y)` by key, or `<none>` (`metav1.FormatLabelSelector`). */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  if (!selector) return NONE;
  const parts: [string, string][] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) parts.push([key, `${key}=${value}`]);
  for (const requirement of selector.matchExpressions ?? []) parts.push([requirement.key, formatRequirement(requirement)]);
  if (parts.length === 0) return NONE;
  parts.sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
  return parts.map(([, text]) => text).join(',');
}

function formatRequirement({ key, operator, values = [] }: Requirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${[...values].sort().join(',')})`;
    case 'NotIn':
      return `${key} notin (${[...values].sort().join(',')})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** Names and images of a pod template's containers, each joined by commas. */
export function containersAndImages(podSpec: { containers?: { name: string; image?: string }[] } | undefined): [string, string] {
  const containers = podSpec?.containers ?? [];
  return [containers.map((container) => container.name).join(','), containers.map((container) => container.image ?? '').join(',')];
}

/** The first of `items` up to `max`, then how many more there are. */
export function withMore(items: string[], max: number, total = items.length): string {
  const shown = items.slice(0, max).join(',');
  return total > max ? `${shown} + ${total - max} more...` : shown;
}

/** IP addresses and host names of a load balancer status, sorted. */
export function loadBalancerAddresses(status: { ingress?: { ip?: string; hostname?: string }[] } | undefined): string {
  const addresses = new Set<string>();
  for (const ingress of status?.ingress ?? []) {
    if (ingress.ip) addresses.add(ingress.ip);
    else if (ingress.hostname) addresses.add(ingress.hostname);
  }
  return [...addresses].sort().join(',');
}

const ACCESS_MODES: [string, string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX` (`helper.GetAccessModesAsString`). */
export function accessModes(modes: string[] | undefined): string {
  return ACCESS_MODES.filter(([mode]) => modes?.includes(mode)).map(([, short]) => short).join(',');
}

/** `True`, `False`, or `<unset>` (`printBoolPtr`). */
export function boolText(value: boolean | undefined): string {
  return value === undefined ? UNSET : value ? 'True' : 'False';
}

/** Users, groups and service accounts of a role binding's subjects. */
export function bindingSubjects(object: KubeObject): [string, string, string] {
  const of = (kind: string, text: (subject: { name: string; namespace?: string }) => string): string =>
    ((object.subjects ?? []) as { kind: string; name: string; namespace?: string }[]).filter((subject) => subject.kind === kind).map(text).join(', ');
  return [of('User', (s) => s.name), of('Group', (s) => s.name), of('ServiceAccount', (s) => `${s.namespace ?? ''}/${s.name}`)];
}
