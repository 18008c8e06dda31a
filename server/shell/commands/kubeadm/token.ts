/** `kubeadm token`: bootstrap tokens, kept as Secrets as the real ones are. */
import type { CommandContext } from '../../types.ts';
import { clusterStatus, valueOf, type Subcommand } from './common.ts';

export const TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;
/** Tokens that `kubeadm token create` makes are valid for a day. */
const TOKEN_TTL_MS = 86_400_000;

interface TokenSecret {
  metadata: { name: string; namespace: string };
  data?: Record<string, string>;
}

export function decode(text: string | undefined): string {
  return text === undefined ? '' : atob(text);
}

function randomToken(context: CommandContext): Promise<{ token: string }> {
  return context.host.operation({ name: 'kubeadm.token', args: {} }) as Promise<{ token: string }>;
}

/** A new token in the cluster; its own randomness makes it, so that a replay has the same. */
export async function createToken(context: CommandContext): Promise<string> {
  const { token } = await randomToken(context);
  const [id, secret] = token.split('.') as [string, string];
  const response = await context.host.request({
    method: 'POST',
    path: '/api/v1/namespaces/kube-system/secrets',
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'bootstrap.kubernetes.io/token',
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      data: {
        'auth-extra-groups': btoa('system:bootstrappers:kubeadm:default-node-token'),
        expiration: btoa(`${new Date(context.host.now() + TOKEN_TTL_MS).toISOString().slice(0, 19)}Z`),
        'token-id': btoa(id),
        'token-secret': btoa(secret),
        'usage-bootstrap-authentication': btoa('true'),
        'usage-bootstrap-signing': btoa('true'),
      },
    },
  });
  if (response.status >= 400) throw new Error((response.body as { message: string }).message);
  return token;
}

export async function tokens(context: CommandContext): Promise<TokenSecret[]> {
  const response = await context.host.request({ method: 'GET', path: '/api/v1/namespaces/kube-system/secrets', query: { fieldSelector: 'type=bootstrap.kubernetes.io/token' } });
  if (response.status >= 400) throw new Error((response.body as { message: string }).message);
  return (response.body as { items: TokenSecret[] }).items;
}

/** The certificate authority's public key hash, which joining machines pin. Derived from the cluster, so that it can be checked. */
export async function authorityHash(context: CommandContext): Promise<string> {
  return ((await context.host.operation({ name: 'kubeadm.authority', args: {} })) as { hash: string }).hash;
}

export const token: Subcommand = async (context, args) => {
  if (args[0] === 'create') {
    const made = await createToken(context);
    if (args.includes('--print-join-command')) {
      const key = valueOf(args, '--certificate-key');
      const role = key === undefined ? '' : `--control-plane --certificate-key ${key}`;
      context.stdout.write(`kubeadm join ${(await clusterStatus(context)).endpoint} --token ${made} --discovery-token-ca-cert-hash sha256:${await authorityHash(context)} ${role}\n`);
    } else context.stdout.write(`${made}\n`);
    return 0;
  }
  if (args[0] === 'generate') {
    context.stdout.write(`${(await randomToken(context)).token}\n`);
    return 0;
  }
  if (args[0] === 'list') {
    const rows = (await tokens(context)).map((secret) => {
      const expiration = decode(secret.data?.expiration);
      const hours = Math.max(0, Math.floor((Date.parse(expiration) - context.host.now()) / 3_600_000));
      return [`${decode(secret.data?.['token-id'])}.${decode(secret.data?.['token-secret'])}`, `${hours}h`, expiration, 'authentication,signing', '<none>', decode(secret.data?.['auth-extra-groups'])];
    });
    const header = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'];
    const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
    for (const row of [header, ...rows]) context.stdout.write(`${row.map((cell, column) => cell.padEnd((widths[column] as number) + 3)).join('').trimEnd()}\n`);
    return 0;
  }
  if (args[0] === 'delete' && args[1]) {
    const id = args[1].split('.')[0] as string;
    const response = await context.host.request({ method: 'DELETE', path: `/api/v1/namespaces/kube-system/secrets/bootstrap-token-${id}` });
    if (response.status >= 400) throw new Error((response.body as { message: string }).message);
    context.stdout.write(`bootstrap token "${id}" deleted\n`);
    return 0;
  }
  context.stderr.write('Usage:\n  kubeadm token create [--print-join-command] [--certificate-key KEY]\n  kubeadm token delete TOKEN\n  kubeadm token generate\n  kubeadm token list\n');
  return 2;
};
