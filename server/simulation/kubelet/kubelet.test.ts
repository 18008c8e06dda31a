import { describe, expect, it } from 'vitest';
import type { ContainerStatus, PodCondition } from './pod.ts';
import { fakeCluster, type FakeCluster } from './testing/fake-cluster.ts';

interface Status {
  phase: string;
  reason?: string;
  message?: string;
  podIP?: string;
  conditions: PodCondition[];
  containerStatuses: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
}

function status(c: FakeCluster, name: string): Status {
  return c.store.get('pods', `default/${name}`)?.status as Status;
}

function first(c: FakeCluster, name: string): ContainerStatus {
  return status(c, name).containerStatuses[0] as ContainerStatus;
}

function condition(c: FakeCluster, name: string, type: string): string | undefined {
  return status(c, name).conditions.find((candidate) => candidate.type === type)?.status;
}

const web = { name: 'web', image: 'nginx:1.27' };
const shell = (script: string): object => ({ name: 'main', image: 'busybox:1.36', args: ['sh', '-c', script] });

describe('a pod starts', () => {
  it('pulls, creates and starts its container and becomes ready', () => {
    const c = fakeCluster(1);
    c.pod('web', { containers: [web] });
    c.run(3_000);
    expect(status(c, 'web').phase).toBe('Running');
    expect(status(c, 'web').podIP).toBe('10.244.0.2');
    expect(status(c, 'web').conditions.map(({ type, status: value }) => `${type} ${value}`)).toEqual(['PodReadyToStartContainers True', 'Initialized True', 'Ready True', 'ContainersReady True', 'PodScheduled True']);
    expect(c.events('web')).toEqual([
      'Pulling x1 Pulling image "nginx:1.27"',
      'Pulled x1 Successfully pulled image "nginx:1.27" in 1.2s (1.2s including waiting). Image size: 59772801 bytes.',
      'Created x1 Container created',
      'Started x1 Container started',
    ]);
  });

  it('pulls one image at a time, and not again what is there', () => {
    const c = fakeCluster(1);
    c.pod('a', { containers: [web] });
    c.pod('b', { containers: [web] });
    c.run(4_000);
    expect(c.events('b')[1]).toBe('Pulled x1 Successfully pulled image "nginx:1.27" in 1.2s (2.4s including waiting). Image size: 59772801 bytes.');
    c.pod('c', { containers: [web] });
    c.run(1_500);
    expect(c.events('c')).toEqual(['Pulled x1 Container image "nginx:1.27" already present on machine and can be accessed by the pod', 'Created x1 Container created', 'Started x1 Container started']);
  });

  it('runs init containers one after the other, and sidecars beside the others', () => {
    const c = fakeCluster(1);
    c.pod('p', { initContainers: [{ ...shell('echo one; sleep 2'), name: 'one' }, { ...shell('while true; do sleep 5; done'), name: 'side', restartPolicy: 'Always' }], containers: [web] });
    c.run(2_000);
    expect(first(c, 'p').state.waiting?.reason).toBe('PodInitializing');
    expect(condition(c, 'p', 'Initialized')).toBe('False');
    c.run(10_000);
    expect(status(c, 'p').initContainerStatuses?.map((own) => [own.name, own.ready, own.restartCount])).toEqual([['one', true, 0], ['side', true, 0]]);
    expect(status(c, 'p').phase).toBe('Running');
  });

  it.each([
    ['an unknown tag', 'nginx:v10', 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:v10": failed to resolve reference "docker.io/library/nginx:v10": docker.io/library/nginx:v10: not found'],
    ['an unknown repository', 'someone/nothing', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'],
    ['an unknown registry', 'registry.example.com/app:1', 'dial tcp: lookup registry.example.com on 192.168.49.1:53: no such host'],
  ])('cannot pull %s, and waits longer each time', (_name, image, words) => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ name: 'c', image }] });
    c.run(5_000);
    expect(first(c, 'p').state.waiting?.reason).toBe('ErrImagePull');
    expect(first(c, 'p').state.waiting?.message).toContain(words);
    c.run(14_000);
    expect(first(c, 'p').state.waiting?.reason).toBe('ImagePullBackOff');
    expect(first(c, 'p').state.waiting?.message).toContain(`Back-off pulling image "${image}": ErrImagePull: `);
    c.run(600_000);
    expect([...(c.kubelets[0]?.own.imageBackoff.values() ?? [])].map(({ delayMs }) => delayMs)).toEqual([300_000]);
  });

  it('does not start a container that lacks its configuration, until it is there', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, envFrom: [{ configMapRef: { name: 'late' } }] }] });
    c.run(5_000);
    expect(first(c, 'p').state.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "late" not found' });
    c.user.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'default' }, data: {} });
    c.run(20_000);
    expect(first(c, 'p').ready).toBe(true);
  });

  it('waits for its volumes', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes: [{ name: 'v', secret: { secretName: 'late' } }] });
    c.run(20_000);
    expect(first(c, 'p').state.waiting?.reason).toBe('ContainerCreating');
    expect(c.events('p')).toEqual(['FailedMount x6 MountVolume.SetUp failed for volume "v" : secret "late" not found']);
  });

  it('says what runc says when the program is missing', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ name: 'c', image: 'busybox', command: ['/nosuch'] }] });
    c.run(4_000);
    expect(first(c, 'p').lastState.terminated?.reason).toBe('StartError');
    expect(first(c, 'p').lastState.terminated?.exitCode).toBe(128);
    c.run(61_000);
    expect(first(c, 'p').state.waiting?.reason).toBe('CrashLoopBackOff');
  });

  it('is refused when the node has no room', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, resources: { requests: { cpu: '3' } } }] });
    c.run(1_000);
    expect(status(c, 'p')).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000" });
  });
});

describe('containers end', () => {
  it.each([
    ['Always', 'exit 0', 'Running', 'CrashLoopBackOff'],
    ['OnFailure', 'exit 0', 'Succeeded', undefined],
    ['OnFailure', 'exit 1', 'Running', 'CrashLoopBackOff'],
    ['Never', 'exit 0', 'Succeeded', undefined],
    ['Never', 'exit 3', 'Failed', undefined],
  ])('with restart policy %s after %s the pod is %s', (restartPolicy, script, phase, reason) => {
    const c = fakeCluster(1);
    c.pod('p', { restartPolicy, containers: [shell(script)] });
    c.run(65_000);
    expect(status(c, 'p').phase).toBe(phase);
    expect(first(c, 'p').state.waiting?.reason).toBe(reason);
  });

  it('restarts at once, then after 10 s, 20 s, 40 s, …', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [shell('sleep 1; exit 3')] });
    c.run(12_000);
    expect(first(c, 'p').restartCount).toBe(1);
    c.run(50_000);
    expect(first(c, 'p').restartCount).toBe(3);
    expect(first(c, 'p').state.waiting?.message).toMatch(/^back-off 40s restarting failed container=main pod=p_default\(/);
    c.run(1_200_000);
    expect(first(c, 'p').state.waiting?.message).toMatch(/^back-off 5m0s/);
  });

  it('is killed when it takes more memory than it may', () => {
    const c = fakeCluster(1);
    c.pod('p', { restartPolicy: 'Never', containers: [{ ...shell('oom'), resources: { limits: { memory: '64Mi' } } }] });
    c.run(4_000);
    expect(first(c, 'p').state.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it('keeps what the program left as its last words', () => {
    const c = fakeCluster(1);
    c.pod('p', { restartPolicy: 'Never', containers: [shell('mkdir -p /dev; echo the reason > /dev/termination-log; exit 2')] });
    c.run(4_000);
    expect(first(c, 'p').state.terminated?.message).toBe('the reason\n');
  });

  it('ends when its time is over', () => {
    const c = fakeCluster(1);
    c.pod('p', { activeDeadlineSeconds: 10, containers: [web] });
    c.run(15_000);
    expect(status(c, 'p')).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });
});

describe('a pod is deleted', () => {
  it('ends soon when its program obeys SIGTERM', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [web] });
    c.run(4_000);
    c.user.delete('pods', 'default', 'p');
    c.run(1_100);
    expect(c.store.get('pods', 'default/p')).toBeUndefined();
    expect(c.events('p')).toContain('Killing x1 Stopping container web');
  });

  it('is killed after the grace period when its program ignores it', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ name: 'c', image: 'busybox', args: ['sleep', '3600'] }] });
    c.run(4_000);
    c.user.delete('pods', 'default', 'p');
    c.run(29_000);
    expect(status(c, 'p').phase).toBe('Running');
    c.run(2_000);
    expect(c.store.get('pods', 'default/p')).toBeUndefined();
  });

  it('runs the preStop hook first', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, lifecycle: { preStop: { exec: { command: ['sleep', '4'] } } } }] });
    c.run(4_000);
    c.user.delete('pods', 'default', 'p');
    c.run(3_500);
    expect(first(c, 'p').state.running).toBeDefined();
    c.run(1_500);
    expect(c.store.get('pods', 'default/p')).toBeUndefined();
  });

  it('leaves nothing behind when it is removed by force', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [web] });
    c.run(4_000);
    c.user.delete('pods', 'default', 'p', { gracePeriodSeconds: 0 });
    c.run(3_000);
    expect(c.kubelets[0]?.runtime.state.containers.size).toBe(0);
    expect(c.kubelets[0]?.runtime.state.addresses.size).toBe(0);
  });
});

describe('probes', () => {
  it('a failing readiness probe keeps the pod from being ready, and is told', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, readinessProbe: { httpGet: { path: '/nosuch', port: 80 }, periodSeconds: 5 } }] });
    c.run(20_000);
    expect(condition(c, 'p', 'Ready')).toBe('False');
    expect(c.events('p').find((event) => event.startsWith('Unhealthy'))).toMatch(/^Unhealthy x[45] Readiness probe failed: HTTP probe failed with statuscode: 404$/);
  });

  it('a failing liveness probe restarts the container', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, livenessProbe: { tcpSocket: { port: 4444 }, periodSeconds: 2 } }] });
    c.run(15_000);
    expect(first(c, 'p').restartCount).toBeGreaterThan(0);
    expect(c.events('p').join('\n')).toContain('Liveness probe failed: dial tcp 10.244.0.2:4444: connect: connection refused');
    expect(c.events('p').join('\n')).toContain('Container web failed liveness probe, will be restarted');
  });

  it('a startup probe holds the others back', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...shell('sleep 10; touch /tmp/up; sleep 1000'), startupProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 2, failureThreshold: 30 }, livenessProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 1, failureThreshold: 1 } }] });
    c.run(9_000);
    expect(first(c, 'p').started).toBe(false);
    c.run(10_000);
    expect(first(c, 'p')).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });

  it('a command that takes too long fails', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, readinessProbe: { exec: { command: ['sleep', '5'] }, timeoutSeconds: 2, periodSeconds: 5 } }] });
    c.run(10_000);
    expect(c.events('p').join('\n')).toContain('Readiness probe failed: command timed out: "sleep 5" timed out after 2s');
  });
});

describe('a changed pod', () => {
  it('gets a new container when its image changes', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [web] });
    c.run(4_000);
    c.user.patch('pods', 'default', 'p', (pod) => ({ ...pod, metadata: { ...pod.metadata, generation: 2 }, spec: { ...pod.spec, containers: [{ ...web, image: 'nginx:1.26' }] } }));
    c.run(4_000);
    expect(first(c, 'p')).toMatchObject({ image: 'nginx:1.26', restartCount: 1, ready: true });
    expect(c.events('p')).toContain('Killing x1 Container web definition changed, will be restarted');
    expect((status(c, 'p') as unknown as { observedGeneration: number }).observedGeneration).toBe(2);
  });

  it('shows a changed config map in its files after a while', () => {
    const c = fakeCluster(1);
    c.user.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'default' }, data: { key: 'before' } });
    c.pod('p', { containers: [{ ...web, volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes: [{ name: 'v', configMap: { name: 'conf' } }] });
    c.run(4_000);
    const read = (): string => {
      let text = '';
      const stop = c.containers.observe({ output: (_id, _stream, part) => (text += part), exit: () => undefined });
      c.containers.exec({ namespace: 'default', pod: 'p', command: ['cat', '/v/key'], tty: false, stdin: false }, `read ${c.kernel.now}`);
      stop();
      return text;
    };
    expect(read()).toBe('before');
    c.user.patch('configmaps', 'default', 'conf', (current) => ({ ...current, data: { key: 'after' } }));
    c.run(5_000);
    expect(read()).toBe('before');
    c.run(95_000);
    expect(read()).toBe('after');
  });
});

describe('the node', () => {
  it('renews its lease every ten seconds and its status every five minutes', () => {
    const c = fakeCluster(1);
    const writes: string[] = [];
    c.store.onWrite((event) => writes.push(event.resource));
    c.run(600_000);
    expect(writes.filter((resource) => resource === 'leases.coordination.k8s.io').length).toBe(60);
    expect(writes.filter((resource) => resource === 'nodes').length).toBe(2);
  });

  it('restarts its containers after a loss of power', () => {
    const c = fakeCluster(2);
    const kubelet = c.kubelets[1];
    c.pod('p', { nodeName: 'node-2', containers: [web] });
    c.run(4_000);
    kubelet?.stop();
    c.environment.change((state) => state.crashedNodes.add('node-2'));
    c.containers.powerOff('node-2');
    c.run(30_000);
    expect(status(c, 'p').phase).toBe('Running');
    c.environment.change((state) => state.crashedNodes.delete('node-2'));
    kubelet?.start();
    c.run(5_000);
    expect(first(c, 'p')).toMatchObject({ restartCount: 1, ready: true, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } });
    expect(c.events('p')).toContain('SandboxChanged x1 Pod sandbox changed, it will be killed and re-created.');
    expect(c.events('node-2').join('\n')).toContain('Rebooted x1 Node node-2 has been rebooted, boot id: ');
  });

  it('leaves its containers alone while the kubelet is stopped', () => {
    const c = fakeCluster(1);
    c.pod('p', { containers: [{ ...web, readinessProbe: { httpGet: { path: '/', port: 80 } } }] });
    c.pod('gone', { containers: [web] });
    c.run(14_000);
    const before = first(c, 'p').containerID;
    expect(first(c, 'p').ready).toBe(true);
    c.kubelets[0]?.stop();
    c.user.delete('pods', 'default', 'gone', { gracePeriodSeconds: 0 });
    c.run(60_000);
    const writes: string[] = [];
    c.store.onWrite((event) => writes.push(`${event.resource} ${String((event.object.status as Status | undefined)?.containerStatuses?.[0]?.ready)}`));
    c.kubelets[0]?.start();
    c.run(10_000);
    expect(first(c, 'p')).toMatchObject({ containerID: before, ready: true, restartCount: 0 });
    expect(writes).not.toContain('pods false');
    expect(c.kubelets[0]?.runtime.state.sandboxes.size).toBe(1);
  });

  it('goes on by itself while it is cut off, and reports afterwards', () => {
    const c = fakeCluster(2);
    c.pod('p', { nodeName: 'node-2', containers: [shell('sleep 20; exit 1')] });
    c.run(5_000);
    c.environment.change((state) => state.partitionedNodes.add('node-2'));
    c.run(60_000);
    expect(first(c, 'p').restartCount).toBe(0);
    c.environment.change((state) => state.partitionedNodes.delete('node-2'));
    c.run(5_000);
    expect(first(c, 'p').restartCount).toBeGreaterThan(0);
    expect(c.events('p').some((event) => event.startsWith('Started x'))).toBe(true);
  });

  it('runs static pods from their manifests without an API server, and shows them when there is one', () => {
    const started: string[] = [];
    const c = fakeCluster(1, {
      staticPods: [{ name: 'kube-scheduler', pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kube-scheduler', namespace: 'kube-system' }, spec: { hostNetwork: true, containers: [{ name: 'kube-scheduler', image: 'registry.k8s.io/kube-scheduler:v1.37.2', command: ['kube-scheduler'] }] } } }],
      programStarted: (_node, program) => started.push(`+${program}`),
      programStopped: (_node, program) => started.push(`-${program}`),
    });
    c.run(4_000);
    const mirror = c.store.get('pods', 'kube-system/kube-scheduler-node-1');
    expect(started).toEqual(['+kube-scheduler']);
    expect((mirror?.status as Status).phase).toBe('Running');
    expect(Object.keys(mirror?.metadata.annotations ?? {}).sort()).toEqual(['hash', 'mirror', 'seen', 'source'].map((name) => `kubernetes.io/config.${name}`));
    expect(mirror?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Node', name: 'node-1', controller: true });
    c.user.delete('pods', 'kube-system', 'kube-scheduler-node-1', { gracePeriodSeconds: 0 });
    c.run(1_000);
    expect(c.store.get('pods', 'kube-system/kube-scheduler-node-1')).toBeDefined();
    c.environment.change((state) => state.removedManifests.add('kube-scheduler'));
    c.run(2_000);
    expect(started).toEqual(['+kube-scheduler', '-kube-scheduler']);
    expect(c.store.get('pods', 'kube-system/kube-scheduler-node-1')).toBeUndefined();
    c.environment.change((state) => state.removedManifests.delete('kube-scheduler'));
    c.run(3_000);
    expect(started).toEqual(['+kube-scheduler', '-kube-scheduler', '+kube-scheduler']);
  });

  it('does no work for pods that nothing happens to', () => {
    const c = fakeCluster(1);
    for (let n = 0; n < 20; n++) c.pod(`p${n}`, { containers: [web] });
    c.run(40_000);
    let steps = 0;
    const end = c.kernel.now + 600_000;
    for (let next = c.kernel.nextEventTime(); next !== undefined && next <= end; next = c.kernel.nextEventTime()) {
      c.kernel.step();
      steps++;
    }
    // Leases, and what comes back of them.
    expect(steps).toBeLessThan(200);
  });
});

describe('logs', () => {
  const c = fakeCluster(1);
  c.pod('p', { containers: [shell('echo one; echo two >&2; sleep 1; echo three; sleep 2; exit 1')] });
  c.pod('two', { containers: [web, { ...web, name: 'other', command: ['sleep', 'infinity'] }] });
  c.run(3_500);

  it.each<[object, string]>([
    [{}, 'one\ntwo\nthree\n'],
    [{ tailLines: 1 }, 'three\n'],
    [{ limitBytes: 5 }, 'one\nt'],
    [{ sinceSeconds: 2 }, 'three\n'],
  ])('with %j', (options, text) => {
    expect(c.containers.logs('default', 'p', options)).toBe(text);
  });

  it('follows', () => {
    let text = '';
    let ended = false;
    c.containers.followLogs('default', 'p', { tailLines: 0 }, (part) => (text += part), () => (ended = true));
    c.run(3_000);
    expect(ended).toBe(true);
    c.run(3_000);
    expect(c.containers.logs('default', 'p', { previous: true })).toBe('one\ntwo\nthree\n');
  });

  it.each([
    ['nosuch', {}, 'pods "nosuch" not found'],
    ['p', { container: 'x' }, 'container x is not valid for pod p'],
    ['two', {}, 'a container name must be specified for pod two, choose one of: [web other]'],
    ['two', { container: 'other', previous: true }, 'previous terminated container "other" in pod "two" not found'],
  ])('of %s with %j is refused', (pod, options, message) => {
    expect(() => c.containers.logs('default', pod, options)).toThrow(message);
  });
});
