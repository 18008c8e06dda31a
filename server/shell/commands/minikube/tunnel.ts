import type { CommandContext } from '../../types.ts';
import { fail, machines, type Subcommand } from './common.ts';

/** How often the tunnel looks for services that want an address. */
const POLL_MS = 1_000;

/** Runs until Ctrl-C. Load balancer addresses are handed out by the cluster while at least one tunnel runs. */
export const tunnel: Subcommand = async (context) => {
  const { apiServer } = await machines(context);
  if (!apiServer) return fail(context, '❌', 'Exiting due to GUEST_STATUS: the API server does not answer', 80);
  await context.host.operation({ name: 'minikube.tunnel', args: { state: 'on' } });
  context.stdout.write('✅  Tunnel successfully started\n\n📌  NOTE: Please do not close this terminal as this process must stay alive for the tunnel to be accessible ...\n\n');
  const announced = new Set<string>();
  try {
    for (;;) {
      for (const name of await balancers(context).catch(lost)) {
        if (announced.has(name)) continue;
        announced.add(name);
        context.stdout.write(`🏃  Starting tunnel for service ${name}.\n`);
      }
      await context.host.sleep(POLL_MS, context.signal);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    await context.host.operation({ name: 'minikube.tunnel', args: { state: 'off' } });
    context.stdout.write('✋  Stopped tunnel.\n');
    return 130;
  }
};

/** While the API server is away there is nothing new to announce; the routes stay. */
function lost(error: unknown): string[] {
  if (error instanceof Error && error.name === 'ConnectionError') return [];
  throw error;
}

/** Names of LoadBalancer services that have been given an address. */
async function balancers(context: CommandContext): Promise<string[]> {
  const response = await context.host.request({ method: 'GET', path: '/api/v1/services' });
  const items = (response.body as { items?: { metadata: { name: string }; spec: { type?: string }; status?: { loadBalancer?: { ingress?: unknown[] } } }[] }).items ?? [];
  return items.filter((item) => item.spec.type === 'LoadBalancer' && item.status?.loadBalancer?.ingress?.length).map((item) => item.metadata.name);
}
