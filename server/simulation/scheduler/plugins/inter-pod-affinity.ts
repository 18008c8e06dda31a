import { labelSelectorMatches, type LabelSelector } from '../../apiserver/selectors.ts';
import type { KubeObject } from '../../apiserver/types.ts';
import { rejection, type FilterPlugin, type PendingPod, type SchedulerView, type ScorePlugin } from '../framework.ts';

interface Term {
  labelSelector?: LabelSelector;
  topologyKey: string;
  namespaces?: string[];
  namespaceSelector?: LabelSelector;
}

interface TermsOf {
  requiredDuringSchedulingIgnoredDuringExecution?: Term[];
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; podAffinityTerm: Term }[];
}

interface Affinity {
  podAffinity?: TermsOf;
  podAntiAffinity?: TermsOf;
}

function affinityOf(pod: KubeObject): Affinity {
  return (pod.spec as { affinity?: Affinity }).affinity ?? {};
}

/** Whether a term written in a pod of `home` selects `pod`. */
function selects(term: Term, home: string | undefined, pod: KubeObject, view: SchedulerView): boolean {
  const namespace = pod.metadata.namespace ?? '';
  const named = term.namespaces?.length ? term.namespaces.includes(namespace) : false;
  const selected = term.namespaceSelector ? labelSelectorMatches(term.namespaceSelector, view.namespaceLabels(namespace)) : false;
  const here = !term.namespaces?.length && !term.namespaceSelector && namespace === home;
  return (named || selected || here) && term.labelSelector !== undefined && labelSelectorMatches(term.labelSelector, pod.metadata.labels ?? {});
}

function topologyValue(pod: KubeObject, key: string, view: SchedulerView): string | undefined {
  return view.nodeNamed((pod.spec as { nodeName: string }).nodeName)?.node.metadata.labels?.[key];
}

interface FilterState {
  /** One set of topology values a required affinity term; the pod must find its own node's value in each. */
  affinity: { term: Term; values: Set<string> }[];
  /** True when no pod matches any affinity term but the pod itself matches all of them: the first of its kind may start. */
  first: boolean;
  antiAffinity: { term: Term; values: Set<string> }[];
  /** `key=value` topologies that running pods keep this pod out of. */
  keptOut: Set<string>;
}

/** Required pod affinity and anti-affinity (`interpodaffinity`). */
export const interPodAffinity = {
  name: 'InterPodAffinity',
  wide: true,
  preFilter(pending, view) {
    const own = affinityOf(pending.pod);
    const home = pending.pod.metadata.namespace;
    const affinity = (own.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => ({ term, values: new Set<string>() }));
    const antiAffinity = (own.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => ({ term, values: new Set<string>() }));
    const keptOut = new Set<string>();
    let found = false;
    for (const pod of affinity.length + antiAffinity.length > 0 ? view.assignedPods() : []) {
      for (const { term, values } of affinity) {
        if (!selects(term, home, pod, view)) continue;
        const value = topologyValue(pod, term.topologyKey, view);
        if (value !== undefined) {
          values.add(value);
          found = true;
        }
      }
      for (const { term, values } of antiAffinity) {
        if (!selects(term, home, pod, view)) continue;
        const value = topologyValue(pod, term.topologyKey, view);
        if (value !== undefined) values.add(value);
      }
    }
    for (const pod of view.podsWithAffinity()) {
      for (const term of affinityOf(pod).podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
        if (!selects(term, pod.metadata.namespace, pending.pod, view)) continue;
        const value = topologyValue(pod, term.topologyKey, view);
        if (value !== undefined) keptOut.add(`${term.topologyKey}=${value}`);
      }
    }
    if (affinity.length === 0 && antiAffinity.length === 0 && keptOut.size === 0) return null;
    const first = !found && affinity.every(({ term }) => selects(term, home, pending.pod, view));
    return { affinity, first, antiAffinity, keptOut };
  },
  filter(_pending, info, state) {
    const labels = info.node.metadata.labels ?? {};
    for (const { term, values } of state.affinity) {
      const value = labels[term.topologyKey];
      if (value === undefined || (!values.has(value) && !state.first)) return rejection("node(s) didn't match pod affinity rules", true);
    }
    for (const { term, values } of state.antiAffinity) {
      const value = labels[term.topologyKey];
      if (value !== undefined && values.has(value)) return rejection("node(s) didn't match pod anti-affinity rules");
    }
    for (const key of Object.keys(labels)) {
      if (state.keptOut.has(`${key}=${labels[key]}`)) return rejection("node(s) didn't satisfy existing pods anti-affinity rules");
    }
    return undefined;
  },
} satisfies FilterPlugin<FilterState>;

/** Preferred terms of the pod, and of running pods towards it: weight by `key=value`. */
export const interPodAffinityScore = {
  name: 'InterPodAffinity',
  weight: 2,
  preScore(pending: PendingPod, _feasible, view) {
    const weights = new Map<string, number>();
    const own = affinityOf(pending.pod);
    const add = (key: string, value: string | undefined, weight: number): void => {
      if (value !== undefined) weights.set(`${key}=${value}`, (weights.get(`${key}=${value}`) ?? 0) + weight);
    };
    const wanted = own.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const avoided = own.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const pod of wanted.length + avoided.length > 0 ? view.assignedPods() : []) {
      for (const { weight, podAffinityTerm: term } of wanted) {
        if (selects(term, pending.pod.metadata.namespace, pod, view)) add(term.topologyKey, topologyValue(pod, term.topologyKey, view), weight);
      }
      for (const { weight, podAffinityTerm: term } of avoided) {
        if (selects(term, pending.pod.metadata.namespace, pod, view)) add(term.topologyKey, topologyValue(pod, term.topologyKey, view), -weight);
      }
    }
    for (const pod of view.podsWithAffinity()) {
      const theirs = affinityOf(pod);
      for (const { weight, podAffinityTerm: term } of theirs.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
        if (selects(term, pod.metadata.namespace, pending.pod, view)) add(term.topologyKey, topologyValue(pod, term.topologyKey, view), weight);
      }
      for (const { weight, podAffinityTerm: term } of theirs.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
        if (selects(term, pod.metadata.namespace, pending.pod, view)) add(term.topologyKey, topologyValue(pod, term.topologyKey, view), -weight);
      }
    }
    return weights.size === 0 ? null : weights;
  },
  score(_pending, info, weights) {
    let sum = 0;
    const labels = info.node.metadata.labels ?? {};
    for (const key of Object.keys(labels)) sum += weights.get(`${key}=${labels[key]}`) ?? 0;
    return sum;
  },
  normalize(scores) {
    const least = Math.min(...scores);
    const spread = Math.max(...scores) - least;
    for (let i = 0; i < scores.length; i++) scores[i] = spread === 0 ? 0 : Math.floor((100 * ((scores[i] as number) - least)) / spread);
  },
} satisfies ScorePlugin<Map<string, number>>;
