/**
 * A real kubectl against a room, where one is on the PATH (or named by KUBECTL): it works, and it prints what the terminal of the room
 * prints. Output that has changed between the releases of kubectl is not compared.
 */
import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlOnPath, minorRelease } from '../kubectl-lab.ts';
import { startKubeServer, type KubeServer } from '../kube-api-for-tests.ts';

const KUBECTL = kubectlOnPath();
/** Minor version of the client. */
const MINOR = KUBECTL ? minorRelease(KUBECTL) : 0;
/** A command that a slow machine has not finished by then hangs, ms. */
const LIMIT_MS = 60_000;

interface Outcome {
  stdout: string;
  stderr: string;
  code: number;
}

let server: KubeServer;
let config: string;

beforeAll(async () => {
  if (!KUBECTL) return;
  server = await startKubeServer();
  config = server.kubeconfig();
  await server.jump(120);
});
afterAll(async () => {
  await server?.close();
  expect(server?.errors ?? []).toEqual([]);
});

function kubectl(line: string | readonly string[], input?: string): Promise<Outcome> {
  const args = typeof line === 'string' ? line.split(' ') : [...line];
  return new Promise((resolve) => {
    const child = execFile(KUBECTL as string, args, { env: { ...process.env, KUBECONFIG: config, HOME: path.dirname(config) }, timeout: LIMIT_MS, maxBuffer: 64 * 1_048_576 }, (error, stdout, stderr) => resolve({ stdout, stderr, code: error ? Number(error.code ?? -1) : 0 }));
    child.stdin?.end(input ?? '');
  });
}

async function must(line: string | readonly string[], input?: string): Promise<string> {
  const { stdout, stderr, code } = await kubectl(line, input);
  expect(code, `kubectl ${String(line)}: ${stderr}`).toBe(0);
  return stdout;
}

/** Ages go on while the two commands run. */
const ageless = (text: string): string => text.replace(/\b(\d+d)?(\d+h)?(\d+m)?\d+s\b/g, '<age>').replace(/ +/g, ' ').trimEnd();

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: blue}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: nginx, image: nginx, ports: [{containerPort: 80}]}]
`;

const PET_SPEC = { type: 'object', description: 'How it moves.', properties: { legs: { type: 'integer', maximum: 8 }, food: { type: 'string', default: 'bones' } } };
const PETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'pets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'pets', singular: 'pet', kind: 'Pet', shortNames: ['pt'], categories: ['all'] },
    versions: [
      {
        name: 'v1', served: true, storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: PET_SPEC, status: { type: 'object', properties: { legs: { type: 'integer' } } } } } },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.legs', statusReplicasPath: '.status.legs' } },
        additionalPrinterColumns: [{ name: 'Legs', type: 'integer', jsonPath: '.spec.legs' }, { name: 'Food', type: 'string', jsonPath: '.spec.food', priority: 1 }, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
      },
    ],
  },
};
const pet = (name: string, spec: object): object => ({ apiVersion: 'example.com/v1', kind: 'Pet', metadata: { name }, spec });

if (!KUBECTL) console.warn('No real kubectl judges the Kubernetes API of rooms: there is none on the PATH, and KUBECTL names none.');

describe.skipIf(!KUBECTL)('kubectl', () => {
  it('applies a manifest, validates it, and applies it again without a change', async () => {
    expect(await must('apply -f -', MANIFEST)).toBe('configmap/settings created\ndeployment.apps/web created\n');
    expect(await must('rollout status deployment/web --timeout=60s')).toContain('deployment "web" successfully rolled out');
    expect(await must('apply -f -', MANIFEST)).toBe('configmap/settings unchanged\ndeployment.apps/web unchanged\n');
    expect(await must('apply -f -', MANIFEST.replace('blue', 'red'))).toBe('configmap/settings configured\ndeployment.apps/web unchanged\n');
    const wrong = await kubectl('apply -f -', MANIFEST.replace('replicas:', 'replicsa:'));
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/replicsa/);
  });

  it('applies on the server, with conflicts', async () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owned}\ndata: {a: "1"}\n';
    expect(await must('apply --server-side --field-manager=ann -f -', config)).toBe('configmap/owned serverside-applied\n');
    const conflict = await kubectl('apply --server-side --field-manager=bob -f -', config.replace('"1"', '"2"'));
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toMatch(/Apply failed with 1 conflict: conflict with "ann".*: \.data\.a\n/);
    await must('apply --server-side --field-manager=bob --force-conflicts -f -', config.replace('"1"', '"2"'));
    expect(await must(['get', 'configmap', 'owned', '-o', 'jsonpath={.data.a}'])).toBe('2');
  });

  it('creates, labels, annotates, patches, scales, exposes and deletes', async () => {
    expect(await must('create namespace school')).toBe('namespace/school created\n');
    expect(await must('create deployment shop --image=nginx')).toBe('deployment.apps/shop created\n');
    expect(await must('label deployment shop tier=front')).toBe('deployment.apps/shop labeled\n');
    expect(await must('annotate deployment shop note=yes')).toBe('deployment.apps/shop annotated\n');
    expect(await must(['patch', 'deployment', 'shop', '-p', '{"spec":{"minReadySeconds":1}}'])).toBe('deployment.apps/shop patched\n');
    expect(await must('scale deployment shop --replicas=3')).toBe('deployment.apps/shop scaled\n');
    expect(await must('expose deployment shop --port=80')).toBe('service/shop exposed\n');
    await must('wait --for=condition=Available deployment/shop --timeout=60s');
    expect((await must('get pods -l app=shop -o name')).trim().split('\n')).toHaveLength(3);
    expect(await must('delete deployment,service shop')).toMatch(/deployment.apps "shop" deleted.*\nservice "shop" deleted/);
    expect(await must('create -f - --dry-run=server -o name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dry}\n')).toBe('configmap/dry\n');
    const missing = await kubectl('get deployment shop');
    expect(missing).toMatchObject({ code: 1, stderr: 'Error from server (NotFound): deployments.apps "shop" not found\n' });
  });

  it('reads logs, runs commands with input and exit code, and forwards ports', async () => {
    await must('apply -f -', 'apiVersion: v1\nkind: Pod\nmetadata: {name: box}\nspec: {terminationGracePeriodSeconds: 0, containers: [{name: box, image: busybox, command: [sh, -c, "echo ready; sleep 3600"]}]}\n');
    await must('wait --for=condition=Ready pod/box --timeout=60s');
    expect(await must('logs box')).toBe('ready\n');
    expect(await kubectl(['exec', '-i', 'box', '--', 'sh', '-c', 'cat; echo problem >&2; exit 3'], 'hello\n')).toMatchObject({ stdout: 'hello\n', stderr: expect.stringContaining('problem\n'), code: 3 });
    await must('rollout status deployment/web --timeout=60s');
    const forward = spawn(KUBECTL as string, ['port-forward', 'deployment/web', ':80'], { env: { ...process.env, KUBECONFIG: config } });
    try {
      const port = await new Promise<string>((resolve, reject) => {
        let text = '';
        forward.stdout.on('data', (chunk: Buffer) => {
          const found = /127\.0\.0\.1:(\d+) ->/.exec((text += chunk.toString()));
          if (found) resolve(found[1] as string);
        });
        forward.on('exit', () => reject(new Error(text)));
      });
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('Welcome to nginx!');
      expect((await fetch(`http://127.0.0.1:${port}/nothing`)).status).toBe(404);
    } finally {
      forward.kill();
    }
  });

  it('drains a node and takes it back', async () => {
    expect(await must('drain worker-2 --ignore-daemonsets --force --delete-emptydir-data --timeout=60s')).toMatch(/node\/worker-2 (drained|evicted)/);
    expect(await must('get node worker-2 --no-headers')).toMatch(/Ready,SchedulingDisabled/);
    expect(await must('uncordon worker-2')).toBe('node/worker-2 uncordoned\n');
  });

  it('asks what it may, what there is, and what fields mean', async () => {
    expect(await must('auth can-i create pods')).toBe('yes\n');
    expect(await must('api-resources')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
    expect(await must('api-versions')).toContain('networking.k8s.io/v1\n');
    expect(await must('explain deployment.spec.replicas')).toMatch(/replicas/);
    expect(await must('describe deployment web')).toMatch(/Replicas: +2 desired/);
    expect(await must('version')).toMatch(/v1\.37\.2/);
  });

  it('defines a kind of its own and uses it', async () => {
    await must('apply -f -', JSON.stringify(PETS));
    await must('wait --for=condition=Established crd/pets.example.com --timeout=60s');
    await must('apply -f -', JSON.stringify(pet('rex', { legs: 4 })));
    expect(await must('get pt -o name')).toBe('pet.example.com/rex\n');
    expect(await must(['get', 'pet', 'rex', '-o', 'jsonpath={.spec.legs} {.spec.food}'])).toBe('4 bones');
    expect(await must('get pets --no-headers')).toMatch(/^rex +4 +\d+s\n$/);
    await must('scale pet/rex --replicas=3');
    expect(await must(['get', 'pet', 'rex', '-o', 'jsonpath={.spec.legs}'])).toBe('3');
    expect((await kubectl('apply -f -', JSON.stringify(pet('rex', { legs: 9 })))).stderr).toContain('The Pet "rex" is invalid: spec.legs: Invalid value: 9: spec.legs in body should be less than or equal to 8');
    expect((await kubectl('apply -f -', JSON.stringify(pet('rex', { legz: 4 })))).stderr).toContain(MINOR < 27 ? 'unknown field "legz" in com.example.v1.Pet.spec' : 'unknown field "spec.legz"');
    expect(await must('explain pet.spec')).toContain('How it moves.');
    expect(await must('api-resources --api-group=example.com -o name')).toBe('pets.example.com\n');
    await must('label pet rex good=yes');
    expect(await must('get all -l good=yes -o name')).toBe('pet.example.com/rex\n');
  });

  it.each([
    'get nodes',
    'get nodes -o wide',
    'get nodes -o name',
    'get namespaces',
    'get pods -n kube-system -o name',
    'get deployment web',
    'get deployment web -o wide',
    'get configmap kube-root-ca.crt -o yaml',
    'get configmap kube-root-ca.crt -o json',
    'get all -l app=web -o name',
    'get service kubernetes -o yaml',
    'get storageclass',
    'get pods -l app=web --show-labels',
    'get nodes -o custom-columns=NAME:.metadata.name,CPU:.status.capacity.cpu',
    'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}',
    'get pod nothing',
    'get nothing',
    'delete pod nothing',
    'rollout history deployment web',
    'auth can-i delete nodes',
    'get pods --as=jane',
    'get nodes --as=jane --as-group=devs',
    'auth can-i list pods --as=jane',
    'get events --field-selector involvedObject.name=nothing',
    'get pets',
    'get pt -o wide',
    'get pet rex -o json',
    'get pet nothing',
    'get pets --all-namespaces --show-labels',
    'patch pet rex -p {"spec":{"legs":3}}',
    'delete pet nothing',
  ])('prints what the terminal prints: %s', async (line) => {
    const [real, ours] = [await kubectl(line), await server.terminal(`kubectl ${line}`)];
    expect({ code: ours.code, stdout: ageless(ours.stdout), stderr: ageless(ours.stderr) }).toEqual({ code: real.code, stdout: ageless(real.stdout), stderr: ageless(real.stderr) });
  });

  // 1.20 shows managed fields and knows less to describe.
  it.skipIf(MINOR < 27).each(['get configmap settings -o yaml', 'get configmap owned -o yaml --show-managed-fields', 'describe configmap settings', 'describe namespace school'])('prints what the terminal prints: %s', async (line) => {
    const [real, ours] = [await kubectl(line), await server.terminal(`kubectl ${line}`)];
    expect({ code: ours.code, stdout: ageless(ours.stdout), stderr: ageless(ours.stderr) }).toEqual({ code: real.code, stdout: ageless(real.stdout), stderr: ageless(real.stderr) });
  });
});
