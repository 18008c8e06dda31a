/**
 * What filters and scores that look at one node alone have answered, for each node, by what a pod asks for. Pods of one template get
 * the same answers until a node's account changes, so that only the nodes that changed are asked again. Follows from the accounts
 * and is no part of the state. Models the pod signatures of kube-scheduler's opportunistic batching.
 */
import type { Accounts } from './accounts.ts';
import type { FilterPlugin, NodeInfo, PendingPod, PluginState, Rejection, ScorePlugin } from './framework.ts';

/** Templates whose answers are kept. */
const MAX_TEMPLATES = 16;

/** Answers for one template; indexes are those of `nodes()`. */
export interface Answers {
  /** 1 where the answer holds. */
  known: Uint8Array;
  rejections: (Rejection | undefined)[];
  /** Weighted sum of the scores; of nodes that are not refused. */
  scores: Int32Array;
  filters: { plugin: FilterPlugin; state: PluginState }[];
  scored: { plugin: ScorePlugin; state: PluginState }[];
}

export class NodeAnswers {
  #accounts: Accounts | undefined;
  #nodes: NodeInfo[] = [];
  #indexes = new Map<string, number>();
  readonly #templates = new Map<string, Answers>();

  /** Nodes in order of joining. */
  nodes(accounts: Accounts): readonly NodeInfo[] {
    if (this.#accounts !== accounts) {
      this.#accounts = accounts;
      this.#nodes = [...accounts.nodes.values()];
      this.#indexes = new Map(this.#nodes.map((info, index) => [info.name, index]));
      this.#templates.clear();
    }
    return this.#nodes;
  }

  /** A node's account or object has changed. */
  changed(node: string): void {
    const index = this.#indexes.get(node);
    if (index !== undefined) for (const { known } of this.#templates.values()) known[index] = 0;
  }

  /** Nodes have come or gone. */
  reset(): void {
    this.#accounts = undefined;
  }

  /** To be called after nodes(). @param prepare the plugins that apply to the pod, all of which look at one node alone. */
  of(pending: PendingPod, prepare: () => Pick<Answers, 'filters' | 'scored'>): Answers {
    const template = templateOf(pending);
    let answers = this.#templates.get(template);
    if (!answers) {
      if (this.#templates.size >= MAX_TEMPLATES) this.#templates.clear();
      const count = this.#nodes.length;
      answers = { known: new Uint8Array(count), rejections: new Array<Rejection | undefined>(count).fill(undefined), scores: new Int32Array(count), ...prepare() };
      this.#templates.set(template, answers);
    }
    return answers;
  }

  /** Asks a node, unless its answer is known. @returns why it is refused, if it is. */
  ask(answers: Answers, pending: PendingPod, index: number): Rejection | undefined {
    if (answers.known[index] === 1) return answers.rejections[index];
    const info = this.#nodes[index] as NodeInfo;
    let refused: Rejection | undefined;
    for (const { plugin, state } of answers.filters) {
      refused = plugin.filter(pending, info, state);
      if (refused) break;
    }
    answers.rejections[index] = refused;
    if (!refused) {
      let score = 0;
      for (const { plugin, state } of answers.scored) score += plugin.weight * plugin.score(pending, info, state);
      answers.scores[index] = score;
    }
    answers.known[index] = 1;
    return refused;
  }
}

/** Everything of a pod that those plugins read. */
function templateOf({ pod, requests, ports }: PendingPod): string {
  const { nodeName, nodeSelector, affinity, tolerations } = pod.spec as { nodeName?: string; nodeSelector?: unknown; affinity?: { nodeAffinity?: unknown }; tolerations?: unknown };
  return JSON.stringify([nodeName, nodeSelector, affinity?.nodeAffinity, tolerations, requests, ports]);
}
