/**
 * What filters and scores that look at one node alone have answered, for each node, by what a pod asks for. Pods of one template get
 * the same answers until a node's account changes, so that only the nodes that changed are asked again. Follows from the accounts
 * and is no part of the state. Models the pod signatures of kube-scheduler's opportunistic batching.
 */
import type { Accounts } from './accounts.ts';
import type { FilterPlugin, NodeInfo, PendingPod, PluginState, Rejection, ScorePlugin, Taint } from './framework.ts';

/** Templates whose answers, and owners whose counts are kept. */
const MAX_TEMPLATES = 16;
const MAX_OWNERS = 16;
const ZONE = 'topology.kubernetes.io/zone';

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
  readonly #owners = new Map<string, Int32Array>();
  #features: { zoned: boolean; softTaints: boolean } | undefined;
  /** The pod that came last, for the next one of its template. */
  #last: { pending: PendingPod; template: string } | undefined;

  /** Nodes in order of joining. */
  nodes(accounts: Accounts): readonly NodeInfo[] {
    if (this.#accounts !== accounts) {
      this.#accounts = accounts;
      this.#nodes = [...accounts.nodes.values()];
      this.#indexes = new Map(this.#nodes.map((info, index) => [info.name, index]));
      this.#templates.clear();
      this.#owners.clear();
      this.#features = undefined;
    }
    return this.#nodes;
  }

  /** A node's account has changed. */
  changed(node: string): void {
    const index = this.#indexes.get(node);
    if (index === undefined) return;
    for (const { known } of this.#templates.values()) known[index] = 0;
    for (const [owner, counts] of this.#owners) counts[index] = this.#accounts?.byOwner.get(owner)?.get(node) ?? 0;
  }

  /** A node's object has changed. */
  objectChanged(node: string): void {
    this.#features = undefined;
    this.changed(node);
  }

  /** How many pods of a controller each node has. */
  countsOf(owner: string): Int32Array {
    let counts = this.#owners.get(owner);
    if (!counts) {
      if (this.#owners.size >= MAX_OWNERS) this.#owners.clear();
      counts = new Int32Array(this.#nodes.length);
      for (const [node, count] of this.#accounts?.byOwner.get(owner) ?? []) {
        const index = this.#indexes.get(node);
        if (index !== undefined) counts[index] = count;
      }
      this.#owners.set(owner, counts);
    }
    return counts;
  }

  get features(): { zoned: boolean; softTaints: boolean } {
    return (this.#features ??= {
      zoned: this.#nodes.some(({ node }) => node.metadata.labels?.[ZONE]),
      softTaints: this.#nodes.some(({ node }) => (node.spec as { taints?: Taint[] }).taints?.some(({ effect }) => effect === 'PreferNoSchedule')),
    });
  }

  /** Nodes have come or gone. */
  reset(): void {
    this.#accounts = undefined;
  }

  /** To be called after nodes(). @param prepare the plugins that apply to the pod, all of which look at one node alone. */
  of(pending: PendingPod, prepare: () => Pick<Answers, 'filters' | 'scored'>): Answers {
    const template = this.#last && alike(this.#last.pending, pending) ? this.#last.template : templateOf(pending);
    this.#last = { pending, template };
    let answers = this.#templates.get(template);
    if (!answers) {
      if (this.#templates.size >= MAX_TEMPLATES) this.#templates.clear();
      const count = this.#nodes.length;
      answers = { known: new Uint8Array(count), rejections: new Array<Rejection | undefined>(count).fill(undefined), scores: new Int32Array(count), ...prepare() };
      this.#templates.set(template, answers);
    }
    return answers;
  }

  /** Asks a node whose answer is not known. @returns why it is refused, if it is. */
  ask(answers: Answers, pending: PendingPod, index: number): Rejection | undefined {
    const info = this.#nodes[index] as NodeInfo;
    let refused: Rejection | undefined;
    for (const { plugin, state } of answers.filters) {
      refused = plugin.filter(pending, info, state);
      if (refused) break;
    }
    answers.rejections[index] = refused;
    if (!refused) {
      let score = 0;
      for (const { plugin, state } of answers.scored) score += plugin.weight * plugin.score(pending, info, state, index);
      answers.scores[index] = score;
    }
    answers.known[index] = 1;
    return refused;
  }
}

interface ReadOfSpec {
  nodeName?: string;
  nodeSelector?: unknown;
  affinity?: { nodeAffinity?: unknown };
  tolerations?: unknown;
}

/** Whether two pods share everything that those plugins read. */
function alike(x: PendingPod, y: PendingPod): boolean {
  if (x.requests !== y.requests || x.ports.length > 0 || y.ports.length > 0) return false;
  const [left, right] = [x.pod.spec as ReadOfSpec, y.pod.spec as ReadOfSpec];
  return left.nodeName === right.nodeName && left.nodeSelector === right.nodeSelector && left.affinity === right.affinity && left.tolerations === right.tolerations;
}

/** Everything of a pod that those plugins read. */
function templateOf({ pod, requests, ports }: PendingPod): string {
  const { nodeName, nodeSelector, affinity, tolerations } = pod.spec as ReadOfSpec;
  return JSON.stringify([nodeName, nodeSelector, affinity?.nodeAffinity, tolerations, requests, ports]);
}
