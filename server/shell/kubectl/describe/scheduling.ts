/** Node selectors, tolerations, spreading and taints. */
import { formatLabelSelector, type LabelSelector } from '../../../simulation/apiserver/selectors.ts';
import type { Writer } from './writer.ts';

interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export function describeTolerations(writer: Writer, tolerations: Toleration[] | undefined, indent: string): void {
  if (!tolerations?.length) return writer.raw(`${indent}Tolerations:\t<none>\n`);
  const texts = [...tolerations].sort((x, y) => ((x.key ?? '') < (y.key ?? '') ? -1 : (x.key ?? '') > (y.key ?? '') ? 1 : 0)).map(toleration);
  texts.forEach((text, i) => writer.raw(`${i === 0 ? `${indent}Tolerations:` : indent}\t${text}\n`));
}

function toleration({ key = '', operator, value, effect, tolerationSeconds }: Toleration): string {
  let text = key;
  if (value) text += `=${value}`;
  if (effect) text += `:${effect}`;
  if (operator === 'Exists' && !value) text += text === '' ? 'op=Exists' : ' op=Exists';
  if (tolerationSeconds !== undefined) text += ` for ${tolerationSeconds}s`;
  return text;
}

export function nodeSelectors(writer: Writer, selector: Record<string, string> | undefined, indent: string): void {
  const keys = Object.keys(selector ?? {}).sort();
  if (keys.length === 0) return writer.raw(`${indent}Node-Selectors:\t<none>\n`);
  keys.forEach((key, i) => writer.raw(`${i === 0 ? `${indent}Node-Selectors:` : ''}\t${key}=${(selector as Record<string, string>)[key]}\n`));
}

export interface TopologySpreadConstraint {
  topologyKey: string;
  whenUnsatisfiable: string;
  maxSkew: number;
  labelSelector?: LabelSelector;
}

export function describeTopologySpread(writer: Writer, constraints: readonly TopologySpreadConstraint[] | undefined, indent: string): void {
  const sorted = [...(constraints ?? [])].sort((x, y) => (x.topologyKey < y.topologyKey ? -1 : x.topologyKey > y.topologyKey ? 1 : 0));
  sorted.forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, i) => {
    const selector = labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : '';
    writer.raw(`${indent}${i === 0 ? 'Topology Spread Constraints:' : ''}\t${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}\n`);
  });
}

/** `key=value:Effect`, one a line, sorted. */
export function taints(writer: Writer, list: { key: string; value?: string; effect: string }[] | undefined): void {
  if (!list?.length) return writer.raw('Taints:\t<none>\n');
  const texts = [...list]
    .sort((x, y) => (x.effect !== y.effect ? (x.effect < y.effect ? -1 : 1) : x.key < y.key ? -1 : 1))
    .map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
  texts.forEach((text, i) => writer.raw(`${i === 0 ? 'Taints:' : ''}\t${text}\n`));
}
