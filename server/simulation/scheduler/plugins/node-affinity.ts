import { normalizeToMax, rejection, type FilterPlugin, type ScorePlugin } from '../framework.ts';
import { podMatchesNode, termMatches, type NodeAffinity } from '../node-selector.ts';

interface SpecWithAffinity {
  nodeSelector?: Record<string, string>;
  affinity?: { nodeAffinity?: NodeAffinity };
}

/** nodeSelector and required node affinity (`nodeaffinity`). */
export const nodeAffinity = {
  name: 'NodeAffinity',
  preFilter(pending) {
    const spec = pending.pod.spec as SpecWithAffinity;
    return spec.nodeSelector || spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ? true : null;
  },
  filter(pending, info) {
    return podMatchesNode(pending.pod, info.node) ? undefined : rejection("node(s) didn't match Pod's node affinity/selector", true);
  },
} satisfies FilterPlugin<boolean>;

/** Sum of the weights of preferred terms that match. */
export const nodeAffinityScore = {
  name: 'NodeAffinity',
  weight: 2,
  preScore(pending) {
    return (pending.pod.spec as SpecWithAffinity).affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? null;
  },
  score(_pending, info, preferred) {
    let sum = 0;
    for (const { weight, preference } of preferred) if (termMatches(preference, info.node)) sum += weight;
    return sum;
  },
  normalize: (scores) => normalizeToMax(scores, false),
} satisfies ScorePlugin<NonNullable<NodeAffinity['preferredDuringSchedulingIgnoredDuringExecution']>>;
