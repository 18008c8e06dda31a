/** What kubeadm's subcommands share. */
import type { CommandContext } from '../../types.ts';

export const VERSION = 'v1.37.2';

/** @param machine the machine on which it was typed; undefined on a participant's own. */
export type Subcommand = (context: CommandContext, args: string[], machine: string | undefined) => Promise<number>;

export interface ClusterStatus {
  exists: boolean;
  /** `host:port` of the API server, as clients have it. */
  endpoint: string;
  /** Whether control-plane machines can join. */
  highlyAvailable: boolean;
  nodes: { name: string; controlPlane: boolean; apiServer: boolean; address: string }[];
}

export async function clusterStatus(context: CommandContext): Promise<ClusterStatus> {
  return (await context.host.operation({ name: 'minikube.status', args: {} })) as ClusterStatus;
}

/** The value of `--name value` or `--name=value`. */
export function valueOf(args: readonly string[], name: string): string | undefined {
  const index = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (index < 0) return undefined;
  const arg = args[index] as string;
  return arg.includes('=') ? arg.slice(name.length + 1) : args[index + 1];
}

/** Whether a node is Ready; undefined when it is not known or the API server does not answer. */
export async function nodeReady(context: CommandContext, name: string): Promise<boolean | undefined> {
  try {
    const response = await context.host.request({ method: 'GET', path: `/api/v1/nodes/${name}` });
    if (response.status !== 200) return undefined;
    const conditions = (response.body as { status?: { conditions?: { type: string; status: string }[] } }).status?.conditions ?? [];
    return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  } catch (error) {
    if (error instanceof Error && error.name === 'ConnectionError') return undefined;
    throw error;
  }
}

export async function until(context: CommandContext, done: () => Promise<boolean>, limitMs: number): Promise<void> {
  for (const deadline = context.host.now() + limitMs; !(await done()); ) {
    if (context.host.now() >= deadline) throw new Error('timed out waiting for the condition');
    await context.host.sleep(500, context.signal);
  }
}
