/** Who made a write, as a person would name it. */
export type ActorKind = 'person' | 'program' | 'controller' | 'scheduler' | 'kubelet' | 'apiserver' | 'component';

export interface Actor {
  kind: ActorKind;
  /** `kubelet`, `deployment-controller`, `kubectl` */
  name: string;
  /** The node that it runs on, where there are several of it. */
  node?: string;
}

/** Programs that run on every node. Behind the name of any other program stands a user. */
const AGENTS: ReadonlySet<string> = new Set(['kubelet', 'kube-proxy', 'coredns', 'ingress-nginx']);

/** @param writer as WriteRow has it: `kubelet worker-1`, `kube-scheduler`, `kubectl kubernetes-admin`, `kubectl ada` */
export function actorOf(writer: string): Actor {
  const [name = writer, second] = writer.split(' ', 2);
  if (name === 'kubelet') return { kind: 'kubelet', name, ...(second ? { node: second } : {}) };
  if (name === 'kube-scheduler') return { kind: 'scheduler', name };
  if (name === 'kube-apiserver') return { kind: 'apiserver', name };
  if (second !== undefined && !AGENTS.has(name)) return { kind: 'program', name: name === 'client' ? 'kubectl' : name };
  if (/-controller$|^kube-controller-manager$|collector$/.test(name)) return { kind: 'controller', name };
  return { kind: 'component', name, ...(second ? { node: second } : {}) };
}
