/** Participants as Kubernetes users, through the terminal: who they are, what an instructor takes away and gives. */
import { afterEach, describe, expect, it } from 'vitest';
import { testRooms } from './for-tests.ts';
import { accountNames } from './identity.ts';
import type { Room } from './room.ts';
import { shellBinding } from './shell-binding.ts';
import type { Role } from './types.ts';
import { kubernetesUser, RESERVED_USERS } from './users.ts';

const HERE = '192.0.2.1';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Person {
  id: string;
  /** What a line prints, errors too. */
  run(line: string): Promise<string>;
}

async function classroom(): Promise<{ room: Room; instructor: Person; join(name: string, role?: Exclude<Role, 'instructor'>): Promise<Person> }> {
  const { rooms } = testRooms(undefined, shellBinding);
  closing.push(() => rooms.close());
  const created = await rooms.create({ roomName: 'Monday', name: 'Grace', address: HERE });
  const room = await rooms.wake(created.roomId);
  const person = (id: string): Person => ({
    id,
    async run(line) {
      const { stdout, stderr } = await room.runInShell(id, line);
      return stdout + stderr;
    },
  });
  return {
    room,
    instructor: person(created.me.id),
    join: async (name, role = 'student') => person((await rooms.join({ roomId: created.roomId, secret: created.links[role].secret, name, address: HERE })).me.id),
  };
}

describe('who somebody is', () => {
  it.each<[names: string[], accounts: string[]]>([
    [['Ada', 'Grace Hopper'], ['ada', 'grace-hopper']],
    [['Zoë', 'Zoe', 'zoe!'], ['zoe', 'zoe-2', 'zoe-3']],
    [['王小明', '陳美玲'], ['user', 'user-2']],
    [['Kubernetes Admin'], ['kubernetes-admin-2']],
    [['Wolfeschlegelsteinhausen Bergerdorff'], ['wolfeschlegelsteinhausen']],
  ])('%j are %j', (names, accounts) => {
    expect([...accountNames(names.map((name, index) => ({ id: String(index), name })), RESERVED_USERS).values()]).toEqual(accounts);
  });

  it('shows in the terminal', async () => {
    const { instructor, join } = await classroom();
    const ada = await join('Ada');
    expect(await instructor.run('kubectl auth whoami')).toBe('ATTRIBUTE   VALUE\nUsername    kubernetes-admin\nGroups      [kubeadm:cluster-admins system:authenticated]\n');
    expect(await ada.run('kubectl auth whoami')).toBe('ATTRIBUTE   VALUE\nUsername    ada\nGroups      [quorum:students system:authenticated]\n');
    expect(await ada.run('kubectl config current-context')).toBe('ada@quorum\n');
    expect(await ada.run("kubectl config view -o jsonpath='{.users[*].name}'")).toBe('ada');
  });

  it('is everybody the administrator of clusters of before', () => {
    expect(kubernetesUser({}, 'student', 'ada')).toEqual({ username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] });
  });
});

describe('what somebody may', () => {
  it('is everything for students, until the instructor takes it away', async () => {
    const { instructor, join } = await classroom();
    const ada = await join('Ada');
    expect(await ada.run('kubectl create deployment web --image=nginx')).toBe('deployment.apps/web created\n');
    expect(await instructor.run('kubectl delete clusterrolebinding quorum:students')).toBe('clusterrolebinding.rbac.authorization.k8s.io "quorum:students" deleted\n');
    expect(await ada.run('kubectl delete deployment web')).toBe('Error from server (Forbidden): deployments.apps "web" is forbidden: User "ada" cannot delete resource "deployments" in API group "apps" in the namespace "default"\n');
    expect(await ada.run('kubectl get nodes')).toBe('Error from server (Forbidden): nodes is forbidden: User "ada" cannot list resource "nodes" in API group "" at the cluster scope\n');
    expect(await ada.run('kubectl auth can-i create pods')).toBe('no\n');
    expect(await instructor.run('kubectl get deployment web -o name')).toBe('deployment.apps/web\n');
  });

  it('ends at the namespace that the instructor gave', async () => {
    const { instructor, join } = await classroom();
    const [ada, bob] = [await join('Ada'), await join('Bob')];
    for (const line of ['kubectl delete clusterrolebinding quorum:students', 'kubectl create namespace ada', 'kubectl create rolebinding ada --clusterrole=admin --user=ada -n ada', 'kubectl create namespace bob', 'kubectl create rolebinding bob --clusterrole=admin --user=bob -n bob']) await instructor.run(line);
    expect(await ada.run('kubectl create deployment web --image=nginx -n ada')).toBe('deployment.apps/web created\n');
    expect(await bob.run('kubectl get deployments -n ada')).toBe('Error from server (Forbidden): deployments.apps is forbidden: User "bob" cannot list resource "deployments" in API group "apps" in the namespace "ada"\n');
    expect(await bob.run('kubectl exec -n ada deploy/web -- ls')).toContain('User "bob" cannot get resource "deployments" in API group "apps" in the namespace "ada"');
    // Ada lets Bob look; more than she has she cannot give.
    expect(await ada.run('kubectl create rolebinding guests --clusterrole=view --user=bob -n ada')).toBe('rolebinding.rbac.authorization.k8s.io/guests created\n');
    expect(await bob.run('kubectl get deployments -n ada -o name')).toBe('deployment.apps/web\n');
    expect(await ada.run('kubectl create rolebinding root --clusterrole=cluster-admin --user=bob -n ada')).toMatch(/^error: failed to create rolebinding: rolebindings.rbac.authorization.k8s.io "root" is forbidden: user "ada" \(groups=\["quorum:students" "system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n/);
    expect(await ada.run('kubectl create namespace more')).toBe('Error from server (Forbidden): namespaces is forbidden: User "ada" cannot create resource "namespaces" in API group "" at the cluster scope\n');
  });

  it('is looking for observers, but not into Secrets', async () => {
    const { room, instructor, join } = await classroom();
    const olga = await join('Olga', 'observer');
    await instructor.run('kubectl create configmap c --from-literal=a=1');
    expect(await olga.run('kubectl get configmap c -o name')).toBe('configmap/c\n');
    expect(await olga.run('kubectl get nodes -o name')).toContain('node/worker-1\n');
    expect(await olga.run('kubectl get secrets')).toBe('Error from server (Forbidden): secrets is forbidden: User "olga" cannot list resource "secrets" in API group "" in the namespace "default"\n');
    expect(await olga.run('kubectl delete configmap c')).toBe('Error from server (Forbidden): configmaps "c" is forbidden: User "olga" cannot delete resource "configmaps" in API group "" in the namespace "default"\n');
    expect(await olga.run('kubectl auth can-i list secrets')).toBe('no\n');
    // The inspector shows no more than kubectl does.
    await instructor.run('kubectl create secret generic s --from-literal=a=1');
    const observer = room.people.get(olga.id);
    if (!observer) throw new Error('the observer is gone');
    expect((await room.inspect.object(observer, { resource: 'configmaps', key: 'default/c' })).data).toEqual({ a: '1' });
    await expect(room.inspect.object(observer, { resource: 'secrets', key: 'default/s' })).rejects.toMatchObject({ code: 'simulation-refused', message: expect.stringContaining('User "olga" cannot get resource "secrets"') as unknown });
  });

  it('changes with the role', async () => {
    const { room, instructor, join } = await classroom();
    const ada = await join('Ada');
    const me = room.people.get(instructor.id);
    if (!me) throw new Error('the instructor is gone');
    await room.setRole(me, ada.id, 'instructor');
    expect(await ada.run('kubectl auth whoami')).toContain('kubernetes-admin');
    await room.setRole(me, ada.id, 'observer');
    expect(await ada.run('kubectl auth whoami')).toContain('[quorum:observers system:authenticated]');
  });
});

describe('quorum namespaces', () => {
  it('gives each student a namespace, in which their kubectl works, and takes it back', async () => {
    const { instructor, join } = await classroom();
    const [ada, user] = [await join('Ada'), await join('Default')];
    expect(await ada.run("kubectl config view --minify -o jsonpath='{..namespace}'")).toBe('');
    const hint = '\nStudents may still do everything everywhere, by the ClusterRoleBinding quorum:students. To leave them their namespaces only:\n  kubectl delete clusterrolebinding quorum:students\n';
    expect(await instructor.run('quorum namespaces')).toBe(`namespace/ada given to Ada (user ada, ClusterRole admin)\nnamespace/student-default given to Default (user default, ClusterRole admin)\n${hint}`);
    expect(await ada.run("kubectl config view --minify -o jsonpath='{..namespace}'")).toBe('ada');
    await instructor.run('kubectl delete clusterrolebinding quorum:students');
    expect(await ada.run('kubectl create configmap c')).toBe('configmap/c created\n');
    expect(await instructor.run('kubectl get configmap c -n ada -o name')).toBe('configmap/c\n');
    expect(await user.run('kubectl get configmaps -n ada')).toContain('(Forbidden)');
    expect(await ada.run('kubectl get configmaps -n default')).toContain('(Forbidden)');
    expect(await instructor.run('quorum namespaces')).toBe('namespace/ada belongs to Ada (user ada, ClusterRole admin)\nnamespace/student-default belongs to Default (user default, ClusterRole admin)\n');
    expect(await instructor.run('quorum namespaces --undo')).toBe('namespace "ada" deleted\nnamespace "student-default" deleted\n');
    expect(await ada.run("kubectl config view --minify -o jsonpath='{..namespace}'")).toBe('');
  });

  it('is for those who may make namespaces', async () => {
    const { instructor, join } = await classroom();
    const ada = await join('Ada');
    await instructor.run('kubectl delete clusterrolebinding quorum:students');
    expect(await ada.run('quorum namespaces')).toBe('quorum: namespaces is forbidden: User "ada" cannot list resource "namespaces" in API group "" at the cluster scope\n');
    expect(await instructor.run('quorum namespaces --undo')).toBe('quorum: no student has a namespace\n');
  });
});
