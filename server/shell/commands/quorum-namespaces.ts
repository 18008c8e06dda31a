/**
 * `quorum namespaces`: each student gets a namespace and the role `admin` in it, as `kubectl create namespace` and
 * `kubectl create rolebinding` would give them, and works there from then on unless another namespace is chosen. Done in the name
 * of whoever asks, so that roles decide who can.
 */
import type { KubeObject, Status } from '../../simulation/apiserver/types.ts';
import { STUDENTS } from '../../simulation/bootstrap/rbac/kubeadm-roles.ts';
import { RBAC_GROUP, user } from '../../simulation/bootstrap/rbac/policy.ts';
import { HOME_LABEL } from '../kubectl/framework/home-namespace.ts';
import type { Classmate, CommandContext, ShellRequest } from '../types.ts';

const NAMESPACES = '/api/v1/namespaces';
const RBAC = `/apis/${RBAC_GROUP}/v1`;

/** The API server refused. */
class RefusedError extends Error {
  constructor(readonly status: Status) {
    super(status.message);
  }
}

/** @throws RefusedError */
async function ask(context: CommandContext, request: ShellRequest): Promise<KubeObject & { items?: KubeObject[] }> {
  const { status, body } = await context.host.request({ userAgent: 'quorum', ...request });
  if (status >= 400) throw new RefusedError(body as Status);
  return body as KubeObject & { items?: KubeObject[] };
}

async function find(context: CommandContext, path: string): Promise<KubeObject | undefined> {
  try {
    return await ask(context, { method: 'GET', path });
  } catch (error) {
    if (error instanceof RefusedError && error.status.code === 404) return undefined;
    throw error;
  }
}

async function explained(context: CommandContext, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    context.stderr.write(`quorum: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

export function giveNamespaces(context: CommandContext): Promise<number> {
  return explained(context, async () => {
    const students = context.host.students?.() ?? [];
    if (students.length === 0) throw new Error('there are no students here');
    const { items = [] } = await ask(context, { method: 'GET', path: NAMESPACES });
    for (const student of students) await give(context, student, items);
    const everything = await find(context, `${RBAC}/clusterrolebindings/${STUDENTS}`);
    if (everything?.roleRef.name === 'cluster-admin') {
      context.stdout.write(`\nStudents may still do everything everywhere, by the ClusterRoleBinding ${STUDENTS}. To leave them their namespaces only:\n  kubectl delete clusterrolebinding ${STUDENTS}\n`);
    }
  });
}

async function give(context: CommandContext, { name: person, username }: Classmate, namespaces: readonly KubeObject[]): Promise<void> {
  const own = namespaces.find(({ metadata }) => metadata.labels?.[HOME_LABEL] === username);
  const taken = new Set(namespaces.map(({ metadata }) => metadata.name));
  // Somebody may be called like a namespace that is there for something else.
  const name = own?.metadata.name ?? (taken.has(username) ? `student-${username}` : username);
  if (!own) await ask(context, { method: 'POST', path: NAMESPACES, body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [HOME_LABEL]: username } } } });
  const bindings = `${RBAC}/namespaces/${name}/rolebindings`;
  const bound = await find(context, `${bindings}/${username}`);
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: 'admin' };
  if (!bound) await ask(context, { method: 'POST', path: bindings, body: { apiVersion: `${RBAC_GROUP}/v1`, kind: 'RoleBinding', metadata: { name: username }, roleRef, subjects: [user(username)] } });
  context.stdout.write(`namespace/${name} ${own && bound ? 'belongs' : 'given'} to ${person} (user ${username}, ClusterRole ${(bound?.roleRef as typeof roleRef | undefined)?.name ?? roleRef.name})\n`);
}

export function takeNamespaces(context: CommandContext): Promise<number> {
  return explained(context, async () => {
    const { items = [] } = await ask(context, { method: 'GET', path: NAMESPACES, query: { labelSelector: HOME_LABEL } });
    if (items.length === 0) throw new Error('no student has a namespace');
    for (const { metadata } of items) {
      await ask(context, { method: 'DELETE', path: `${NAMESPACES}/${metadata.name}` });
      context.stdout.write(`namespace "${metadata.name}" deleted\n`);
    }
  });
}
