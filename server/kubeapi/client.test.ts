/** The official JavaScript client against a room: discovery, objects, lists, watches, logs, exec. */
import { PassThrough } from 'node:stream';
import { ApiextensionsV1Api, AppsV1Api, Attach, CoreV1Api, CustomObjectsApi, Exec, KubeConfig, KubernetesObjectApi, type KubernetesObject, Log, PatchStrategy, PolicyV1Api, PortForward, RbacAuthorizationV1Api, setHeaderOptions, VersionApi, Watch, type V1Pod, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubeServer, type KubeServer } from '../kube-api-for-tests.ts';

let server: KubeServer;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  server = await startKubeServer();
  await server.jump(120);
  config = new KubeConfig();
  config.loadFromFile(server.kubeconfig());
  core = config.makeApiClient(CoreV1Api);
});

afterAll(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

const pod = (name: string, command: string, labels: Record<string, string> = {}): V1Pod => ({ metadata: { name, labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', command] }] } });

/** Runs until the pod does. */
async function running(name: string): Promise<V1Pod> {
  for (let seconds = 0; seconds < 60; seconds++) {
    const found = await core.readNamespacedPod({ namespace: 'default', name });
    if (found.status?.phase === 'Running') return found;
    await server.jump(1);
  }
  throw new Error(`pod ${name} did not start`);
}

describe('reading', () => {
  it('tells its version, groups and resources', async () => {
    expect(await config.makeApiClient(VersionApi).getCode()).toMatchObject({ major: '1', minor: '37' });
    const { resources } = await core.getAPIResources();
    expect(resources.find(({ name }) => name === 'pods')).toMatchObject({ kind: 'Pod', namespaced: true, shortNames: ['po'] });
    expect(resources.map(({ name }) => name)).toContain('pods/exec');
  });

  it('says in its OpenAPI documents what fields mean', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}/openapi/v3/apis/apps/v1`, { headers: { Authorization: `Bearer ${server.token}` } });
    const { components } = (await response.json()) as { components: { schemas: Record<string, { description: string; properties: Record<string, { description: string; allOf?: unknown[] }> }> } };
    const spec = components.schemas['io.k8s.api.apps.v1.DeploymentSpec'];
    expect(spec?.description).toMatch(/^DeploymentSpec is the specification/);
    expect(spec?.properties.replicas?.description).toMatch(/^Number of desired pods/);
    expect(spec?.properties.template).toMatchObject({ allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' }], description: expect.stringContaining('pods that will be created') });
  });

  it('lists with selectors', async () => {
    const { items } = await core.listNode({ labelSelector: 'node-role.kubernetes.io/control-plane' });
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['control-plane']);
    const one = await core.listNode({ fieldSelector: 'metadata.name=worker-2' });
    expect(one.items.map(({ metadata }) => metadata?.name)).toEqual(['worker-2']);
    await expect(core.listNode({ labelSelector: '===' })).rejects.toMatchObject({ code: 400 });
  });

  it('lists in pages that belong to one instant', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name, labels: { test: 'pages' } } } });
    const first = await core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'test=pages', limit: 2 });
    expect(first.items).toHaveLength(2);
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'page-c' });
    await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'page-d', labels: { test: 'pages' } } } });
    const second = await core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'test=pages', limit: 2, _continue: first.metadata?._continue as string });
    expect(second.items.map(({ metadata }) => metadata?.name)).toEqual(['page-c']);
    expect(second.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
  });

  it('answers 404 with a Status that names the object', async () => {
    const error = await core.readNamespacedPod({ namespace: 'default', name: 'nothing' }).catch((caught: unknown) => caught as { code: number; body: string });
    expect(error).toMatchObject({ code: 404 });
    expect(JSON.parse((error as { body: string }).body)).toMatchObject({ kind: 'Status', reason: 'NotFound', message: 'pods "nothing" not found', details: { name: 'nothing', kind: 'pods' } });
  });
});

describe('writing', () => {
  it('creates, replaces with optimistic locking, patches in three ways and deletes with a precondition', async () => {
    const created = await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'crud' }, data: { a: '1' } } });
    const replaced = await core.replaceNamespacedConfigMap({ namespace: 'default', name: 'crud', body: { ...created, data: { a: '2' } } });
    expect(replaced.data).toEqual({ a: '2' });
    await expect(core.replaceNamespacedConfigMap({ namespace: 'default', name: 'crud', body: { ...created, data: { a: '3' } } })).rejects.toMatchObject({ code: 409 });
    const patch = async (strategy: string, body: unknown) => core.patchNamespacedConfigMap({ namespace: 'default', name: 'crud', body }, setHeaderOptions('Content-Type', strategy));
    expect((await patch(PatchStrategy.MergePatch, { data: { b: '1' } })).data).toEqual({ a: '2', b: '1' });
    expect((await patch(PatchStrategy.JsonPatch, [{ op: 'remove', path: '/data/a' }])).data).toEqual({ b: '1' });
    expect((await patch(PatchStrategy.StrategicMergePatch, { metadata: { labels: { x: 'y' } } })).metadata?.labels).toEqual({ x: 'y' });
    await expect(core.deleteNamespacedConfigMap({ namespace: 'default', name: 'crud', body: { preconditions: { uid: 'other' } } })).rejects.toMatchObject({ code: 409 });
    expect((await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'crud' })).status).toBe('Success');
  });

  it('changes nothing in a dry run', async () => {
    const made = await core.createNamespacedConfigMap({ namespace: 'default', dryRun: 'All', body: { metadata: { name: 'dry' } } });
    expect(made.metadata?.uid).toMatch(/-/);
    await expect(core.readNamespacedConfigMap({ namespace: 'default', name: 'dry' })).rejects.toMatchObject({ code: 404 });
  });

  it('scales, and the controllers follow', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const selector = { app: 'scaled' };
    await apps.createNamespacedDeployment({ namespace: 'default', body: { metadata: { name: 'scaled' }, spec: { replicas: 1, selector: { matchLabels: selector }, template: { metadata: { labels: selector }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } } } } });
    // Until the controller has written its status, it could come between reading and replacing.
    await server.jump(20);
    const scale = await apps.readNamespacedDeploymentScale({ namespace: 'default', name: 'scaled' });
    await apps.replaceNamespacedDeploymentScale({ namespace: 'default', name: 'scaled', body: { ...scale, spec: { replicas: 3 } } });
    await server.jump(20);
    expect((await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=scaled' })).items).toHaveLength(3);
    await apps.deleteNamespacedDeployment({ namespace: 'default', name: 'scaled', propagationPolicy: 'Foreground' });
    await server.jump(60);
    expect((await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=scaled' })).items).toHaveLength(0);
  });

  it('applies on the server, rolls a change out, and waits for it', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const selector = { app: 'rolled' };
    const applied = (image: string, fieldManager = 'client', force = false) =>
      apps.patchNamespacedDeployment(
        { namespace: 'default', name: 'rolled', fieldManager, force, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'rolled' }, spec: { replicas: 2, selector: { matchLabels: selector }, template: { metadata: { labels: selector }, spec: { containers: [{ name: 'web', image }] } } } } },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
      );
    const rolledOut = async (revision: string): Promise<boolean> => {
      for (let seconds = 0; seconds < 120; seconds++) {
        const { metadata, status } = await apps.readNamespacedDeployment({ namespace: 'default', name: 'rolled' });
        const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
        if (metadata?.annotations?.['deployment.kubernetes.io/revision'] === revision && status?.observedGeneration === metadata.generation && status?.updatedReplicas === 2 && status.replicas === 2 && status.availableReplicas === 2) return progressing?.reason === 'NewReplicaSetAvailable';
        await server.jump(1);
      }
      return false;
    };
    expect((await applied('nginx:1.26')).metadata?.managedFields).toContainEqual(expect.objectContaining({ manager: 'client', operation: 'Apply' }));
    expect(await rolledOut('1')).toBe(true);
    await expect(applied('nginx:1.27', 'somebody-else')).rejects.toMatchObject({ code: 409 });
    await applied('nginx:1.27', 'somebody-else', true);
    expect(await rolledOut('2')).toBe(true);
    const sets = await apps.listNamespacedReplicaSet({ namespace: 'default', labelSelector: 'app=rolled' });
    expect(sets.items.map(({ spec }) => spec?.replicas).sort()).toEqual([0, 2]);
  });

  it('works with objects of any kind', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const made = await objects.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 10 } as KubernetesObject);
    expect(await objects.read({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' } })).toMatchObject({ metadata: { uid: made.metadata?.uid }, value: 10 });
    await objects.delete(made);
  });
});

describe('streams', () => {
  it('watches from a revision on, and refuses one that is gone', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace: 'default' });
    const seen: string[] = [];
    const controller = await new Promise<AbortController>((resolve, reject) => {
      const watching = new Watch(config).watch(
        '/api/v1/namespaces/default/configmaps',
        { resourceVersion: metadata?.resourceVersion, labelSelector: 'watched=yes' },
        (type: string, object: { metadata: { name: string } }) => {
          seen.push(`${type} ${object.metadata.name}`);
          if (type === 'DELETED') watching.then(resolve, reject);
        },
        (error: unknown) => error && reject(error as Error),
      );
      watching
        .then(async () => {
          await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'other' } } });
          await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'watched', labels: { watched: 'yes' } } } });
          await core.patchNamespacedConfigMap({ namespace: 'default', name: 'watched', body: { data: { a: 'b' } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
          await core.patchNamespacedConfigMap({ namespace: 'default', name: 'watched', body: { metadata: { labels: null } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
        })
        .catch(reject);
    });
    controller.abort();
    expect(seen).toEqual(['ADDED watched', 'MODIFIED watched', 'DELETED watched']);
  });

  it('follows a log to the end of its container', async () => {
    await core.createNamespacedPod({ namespace: 'default', body: { ...pod('logs', 'echo one; sleep 2; echo two; sleep 1'), spec: { ...(pod('logs', 'echo one; sleep 2; echo two; sleep 1').spec as object), restartPolicy: 'Never' } as V1Pod['spec'] } });
    await running('logs');
    const output = new PassThrough();
    let text = '';
    output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = new Promise((resolve) => output.on('finish', resolve));
    await new Log(config).log('default', 'logs', 'main', output, { follow: true });
    await server.jump(10);
    await ended;
    expect(text).toBe('one\ntwo\n');
    expect(await core.readNamespacedPodLog({ namespace: 'default', name: 'logs', tailLines: 1 })).toBe('two\n');
  });

  it('runs commands in a container, with their input and exit code', async () => {
    await core.createNamespacedPod({ namespace: 'default', body: pod('box', 'sleep 3600') });
    await running('box');
    const run = async (command: string[], input?: string): Promise<{ stdout: string; stderr: string; status: V1Status }> => {
      const out = new PassThrough();
      const err = new PassThrough();
      const result = { stdout: '', stderr: '' };
      out.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
      err.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
      let stdin: PassThrough | null = null;
      if (input !== undefined) (stdin = new PassThrough()).end(input);
      const status = await new Promise<V1Status>((resolve, reject) => {
        new Exec(config).exec('default', 'box', 'main', command, out, err, stdin, false, resolve).catch(reject);
      });
      return { ...result, status };
    };
    expect(await run(['sh', '-c', 'echo out; echo err >&2'])).toMatchObject({ stdout: 'out\n', stderr: 'err\n', status: { status: 'Success' } });
    expect(await run(['sh', '-c', 'exit 7'])).toMatchObject({ status: { status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '7' }] } } });
    expect((await run(['head', '-n', '1'], 'first\nsecond\n')).stdout).toBe('first\n');
  });
});

describe('who may', () => {
  it('lets those without a token see what everybody may, and nothing else', async () => {
    const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}${path}`);
      const text = await response.text();
      return { status: response.status, body: response.headers.get('content-type') === 'application/json' ? (JSON.parse(text) as unknown) : text };
    };
    expect(await ask('/healthz')).toEqual({ status: 200, body: 'ok' });
    expect((await ask('/version')).status).toBe(200);
    expect((await ask('/api/v1/namespaces/kube-public/configmaps/cluster-info')).status).toBe(200);
    const refused = (message: string, details: object): object => ({ status: 403, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Forbidden', details, code: 403 } });
    expect(await ask('/api/v1/pods')).toEqual(refused('pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope', { kind: 'pods' }));
    expect(await ask('/api')).toEqual(refused('forbidden: User "system:anonymous" cannot get path "/api"', {}));
    expect(await ask('/apis/no.such/v1/things')).toMatchObject({ status: 403 });
  });

  it('takes the token of a service account for what its roles allow', async () => {
    await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'robot' } } });
    const { stdout: token } = await server.terminal('kubectl create token robot');
    const url = `http://127.0.0.1:${server.port}/k8s/${server.roomId}`;
    const ask = async (path: string, bearer = token.trim()): Promise<Response> => fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${bearer}` } });
    expect(await (await ask('/api/v1/namespaces/default/pods')).json()).toMatchObject({ code: 403, message: 'pods is forbidden: User "system:serviceaccount:default:robot" cannot list resource "pods" in API group "" in the namespace "default"' });
    await server.terminal('kubectl create rolebinding robot --clusterrole=view --serviceaccount=default:robot');
    expect((await ask('/api/v1/namespaces/default/pods')).status).toBe(200);
    expect((await ask('/api/v1/namespaces/default/secrets')).status).toBe(403);
    const [header, payload, signature] = token.trim().split('.') as [string, string, string];
    const forged = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('default:robot', 'kube-system:generic-garbage-collector')).toString('base64url');
    expect((await ask('/api/v1/namespaces/default/pods', `${header}.${forged}.${signature}`)).status).toBe(401);
    await core.deleteNamespacedServiceAccount({ namespace: 'default', name: 'robot' });
    expect((await ask('/api/v1/namespaces/default/pods')).status).toBe(401);
  });

  it('refuses those with a wrong token and of other rooms', async () => {
    const url = `http://127.0.0.1:${server.port}/k8s/${server.roomId}/api/v1/pods`;
    for (const headers of [new Headers({ Authorization: 'Basic bm9uc2Vuc2U=' }), new Headers({ Authorization: 'Bearer nonsense' }), new Headers({ Authorization: 'Bearer a.b.c' })]) {
      const response = await fetch(url, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
    }
    const other = await server.rooms.create({ roomName: 'Other', name: 'Eve', address: 'test' });
    expect((await fetch(url, { headers: { Authorization: `Bearer ${other.token}` } })).status).toBe(401);
  });

  it('lets administrators act as others, whom RBAC binds', async () => {
    const ask = async (path: string, user: string): Promise<{ status: number; message?: string }> => {
      const response = await fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}${path}`, { headers: { Authorization: `Bearer ${server.token}`, 'Impersonate-User': user } });
      return { status: response.status, message: ((await response.json()) as { message?: string }).message ?? '' };
    };
    expect(await ask('/api/v1/namespaces/default/secrets', 'jane')).toEqual({ status: 403, message: 'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"' });
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    await rbac.createNamespacedRole({ namespace: 'default', body: { metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }] } });
    await rbac.createNamespacedRoleBinding({ namespace: 'default', body: { metadata: { name: 'jane' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }] } });
    expect((await ask('/api/v1/namespaces/default/secrets', 'jane')).status).toBe(200);
    expect((await ask('/api/v1/namespaces/kube-system/secrets', 'jane')).status).toBe(403);
  });

  it('lets observers read and not write', async () => {
    const observer = new KubeConfig();
    observer.loadFromFile(server.kubeconfig(await server.join('Olga', 'observer')));
    const api = observer.makeApiClient(CoreV1Api);
    expect((await api.listNode()).items).toHaveLength(4);
    await expect(api.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'no' } } })).rejects.toMatchObject({ code: 403 });
  });
});

describe('into pods', () => {
  it('forwards a port over the channels of a WebSocket', async () => {
    await core.createNamespacedPod({ namespace: 'default', body: { metadata: { name: 'page' }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } } });
    await running('page');
    await server.jump(2);
    const answer = await new Promise<string>((resolve, reject) => {
      const input = new PassThrough();
      const output = new PassThrough();
      let text = '';
      output.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('</html>')) resolve(text);
      });
      new PortForward(config).portForward('default', 'page', [80], output, null, input).then(() => input.write('GET / HTTP/1.1\r\nHost: page\r\n\r\n'), reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('Welcome to nginx!');
  });

  it('attaches to the main process', async () => {
    await core.createNamespacedPod({ namespace: 'default', body: pod('talker', 'while true; do echo tick; sleep 1; done') });
    await running('talker');
    const output = new PassThrough();
    const ticked = new Promise<void>((resolve) => output.on('data', (chunk: Buffer) => chunk.toString().includes('tick') && resolve()));
    const socket = await new Attach(config).attach('default', 'talker', 'main', output, null, null, false);
    await server.jump(3);
    await ticked;
    socket.close();
  });

  it('refuses what is not there before the connection changes', async () => {
    await expect(new PortForward(config).portForward('default', 'nothing', [80], new PassThrough(), null, new PassThrough())).rejects.toBeDefined();
    await expect(new Exec(config).exec('default', 'nothing', 'main', ['ls'], null, null, null, false)).rejects.toBeDefined();
  });

  it('evicts as disruption budgets allow', async () => {
    await core.createNamespacedPod({ namespace: 'default', body: pod('guarded', 'sleep 3600', { app: 'guarded' }) });
    await running('guarded');
    await config.makeApiClient(PolicyV1Api).createNamespacedPodDisruptionBudget({ namespace: 'default', body: { metadata: { name: 'guard' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } } } });
    await server.jump(5);
    const evict = () => core.createNamespacedPodEviction({ namespace: 'default', name: 'guarded', body: { metadata: { name: 'guarded', namespace: 'default' } } });
    await expect(evict()).rejects.toMatchObject({ code: 429 });
    await config.makeApiClient(PolicyV1Api).deleteNamespacedPodDisruptionBudget({ namespace: 'default', name: 'guard' });
    await evict();
    await server.jump(5);
    await expect(core.readNamespacedPod({ namespace: 'default', name: 'guarded' })).rejects.toMatchObject({ code: 404 });
  });

  it('reaches programs through the proxy of the API server', async () => {
    const answer = await core.connectGetNamespacedPodProxyWithPath({ namespace: 'default', name: 'page:80', path: 'nothing' }).catch((error: unknown) => error as { code: number; body: string });
    expect(answer).toMatchObject({ code: 404 });
  });
});

describe('custom resources', () => {
  const place = { group: 'stable.example.com', version: 'v1', namespace: 'default', plural: 'crontabs' };

  it('are defined, written, watched, scaled and gone with their definition', async () => {
    const definitions = config.makeApiClient(ApiextensionsV1Api);
    const objects = config.makeApiClient(CustomObjectsApi);
    const spec = { type: 'object', required: ['cronSpec'], properties: { cronSpec: { type: 'string' }, replicas: { type: 'integer', maximum: 10 } } };
    await definitions.createCustomResourceDefinition({
      body: {
        metadata: { name: 'crontabs.stable.example.com' },
        spec: {
          group: place.group, scope: 'Namespaced', names: { plural: place.plural, kind: 'CronTab' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } }, subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } } }],
        },
      },
    });
    await server.jump(1);
    const { status } = await definitions.readCustomResourceDefinition({ name: 'crontabs.stable.example.com' });
    expect(status?.conditions?.map(({ type, status: value }) => `${type} ${value}`)).toEqual(['NamesAccepted True', 'Established True']);

    const seen: string[] = [];
    const request = await new Watch(config).watch(`/apis/${place.group}/v1/namespaces/default/crontabs`, {}, (type, object: KubernetesObject) => seen.push(`${type} ${object.kind} ${object.metadata?.name}`), () => undefined);
    const body = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'a' }, spec: { cronSpec: '* * * * *', replicas: 2, unknown: 1 } };
    expect(await objects.createNamespacedCustomObject({ ...place, body })).toMatchObject({ metadata: { generation: 1 }, spec: { cronSpec: '* * * * *', replicas: 2 } });
    const invalid = await objects.createNamespacedCustomObject({ ...place, body: { ...body, metadata: { name: 'b' }, spec: {} } }).catch((caught: unknown) => caught as { code: number; body: string });
    expect(JSON.parse((invalid as { body: string }).body)).toMatchObject({ code: 422, message: 'CronTab.stable.example.com "b" is invalid: spec.cronSpec: Required value' });
    expect(await objects.patchNamespacedCustomObjectScale({ ...place, name: 'a', body: { spec: { replicas: 4 } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch))).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } });
    expect(await objects.getNamespacedCustomObject({ ...place, name: 'a' })).toEqual(expect.objectContaining({ spec: { cronSpec: '* * * * *', replicas: 4 } }));
    expect(await objects.listNamespacedCustomObject(place)).toMatchObject({ kind: 'CronTabList', items: [{ metadata: { name: 'a' } }] });
    await definitions.deleteCustomResourceDefinition({ name: 'crontabs.stable.example.com' });
    await server.jump(2);
    await expect(objects.listNamespacedCustomObject(place)).rejects.toMatchObject({ code: 404 });
    await expect.poll(() => seen).toEqual(['ADDED CronTab a', 'MODIFIED CronTab a', 'DELETED CronTab a']);
    request.abort();
  });
});
