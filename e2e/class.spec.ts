/**
 * A class as it goes: three people in one room, a node that is lost, the cluster that heals itself, and afterwards the recording,
 * which shows at three instants what everybody saw then.
 */
import type { Page } from '@playwright/test';
import { clockOf, enlargeTerminal, holdClass, setRate, showPanel, Terminal, type HeldClass } from './support/classroom.ts';
import { clusterOn, type ClusterOnScreen } from './support/cluster.ts';
import { expect, test } from './support/test.ts';

/** What the instructor notes in the three instants that are looked at again. */
const CALM = 'Six pods on three nodes';
const LOST = 'The node is lost and its pods have moved';
const HEALED = 'The node is back';

let room: HeldClass;
const people = (): Page[] => [room.instructor, room.ada, room.linus];
const seen = new Map<string, ClusterOnScreen>();

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser, server }) => {
  room = await holdClass(browser, server.url);
});
test.afterAll(() => room.close());

/** Stops time, checks that all three see the same, and notes it for the review. */
async function keepInstant(note: string): Promise<ClusterOnScreen> {
  await room.instructor.getByTestId('clock-pause').click();
  for (const page of people()) await expect(page.getByTestId('clock-now')).toHaveAttribute('data-state', 'paused');
  await expect
    .poll(async () => {
      const [first, ...others] = await Promise.all(people().map((page) => clusterOn(page)));
      return others.every((other) => JSON.stringify(other) === JSON.stringify(first));
    }, { message: `${note}: all see the same` })
    .toBe(true);
  const cluster = await clusterOn(room.instructor);
  await showPanel(room.instructor, 'notes');
  await room.instructor.getByTestId('note-input').fill(note);
  await room.instructor.getByTestId('note-add').click();
  await expect(room.instructor.getByTestId('note-input')).toHaveValue('');
  seen.set(note, cluster);
  return cluster;
}

test('two students deploy, and all see the same', async () => {
  await setRate(room.instructor, 60);
  const [ada, linus] = [new Terminal(room.ada), new Terminal(room.linus)];
  expect(await ada.run('kubectl create deployment web --image=nginx:1.27 --replicas=6')).toBe('deployment.apps/web created');
  expect(await linus.run('kubectl expose deployment web --type=NodePort --port=80')).toBe('service/web exposed');
  await ada.until('kubectl get deployment web', /^web +6\/6 +6 +6 /m);
  const { pods, nodes, services } = await keepInstant(CALM);
  const web = pods.filter(({ key }) => key.startsWith('default/web-'));
  expect(web.map(({ status, ready }) => `${status} ${ready}`)).toEqual(Array(6).fill('Running true'));
  expect(new Set(web.map(({ node }) => node))).toEqual(new Set(['worker-1', 'worker-2', 'worker-3']));
  expect(nodes.map(({ ready, power }) => `${ready} ${power}`)).toEqual(Array(4).fill('True up'));
  expect(services).toContain('default/web');
});

test('a node is broken from the palette: after 50 s it is NotReady, after five minutes more its pods are elsewhere', async () => {
  // A later instant than the one that was noted, and then time stands still again.
  const noted = await clockOf(room.instructor);
  await setRate(room.instructor, 1);
  await expect.poll(() => clockOf(room.instructor)).toBeGreaterThan(noted);
  await room.instructor.getByTestId('clock-pause').click();
  await showPanel(room.instructor, 'faults');
  await room.instructor.getByTestId('fault-node-crash').click();
  await room.instructor.getByTestId('fault-target-worker-2').click();
  for (const page of people()) await expect(page.locator('[data-testid=node][data-key=worker-2]')).toHaveAttribute('data-power', 'crashed');
  // Nobody in the cluster has noticed.
  const terminal = new Terminal(room.instructor);
  expect(await terminal.run('kubectl get nodes')).toMatch(/^worker-2 +Ready /m);

  await setRate(room.instructor, 60);
  for (const page of people()) await expect(page.locator('[data-testid=node][data-key=worker-2]')).toHaveAttribute('data-ready', 'Unknown', { timeout: 60_000 });
  await setRate(room.instructor, 1);
  expect(await new Terminal(room.ada).run('kubectl get nodes')).toMatch(/^worker-2 +NotReady /m);
  expect(await new Terminal(room.linus).run('kubectl describe node worker-2 | grep -A1 Taints')).toContain('node.kubernetes.io/unreachable:NoExecute');

  const before = await clockOf(room.instructor);
  await room.instructor.getByTestId('clock-jump-5m').click();
  await expect.poll(() => clockOf(room.instructor)).toBeGreaterThanOrEqual(before + 300_000);
  await setRate(room.instructor, 60);
  const output = await (await enlargeTerminal(room.ada)).until('kubectl get deployment web', /^web +6\/6 +6 +6 /m);
  expect(output).toContain('AVAILABLE');
  const { pods } = await keepInstant(LOST);
  const web = pods.filter(({ key }) => key.startsWith('default/web-'));
  const lost = web.filter(({ node }) => node === 'worker-2');
  const running = web.filter(({ status }) => status === 'Running');
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.map(({ status }) => status)).toEqual(Array(lost.length).fill('Terminating'));
  expect(running.length).toBe(6);
  expect(running.map(({ node }) => node)).not.toContain('worker-2');
  expect(lost.map(({ key }) => key)).toEqual(seen.get(CALM)?.pods.filter(({ key, node }) => key.startsWith('default/web-') && node === 'worker-2').map(({ key }) => key));
});

test('the Service goes on answering, and everybody can read why', async () => {
  await setRate(room.instructor, 10);
  const ada = new Terminal(room.ada);
  expect(await ada.run('for i in 1 2 3 4 5; do curl -s $(minikube service web --url) | grep title; done')).toBe(Array(5).fill('<title>Welcome to nginx!</title>').join('\n'));
  const events = await ada.run("kubectl get events -A --field-selector reason=NodeNotReady -o jsonpath='{.items[*].message}'");
  expect(events).toContain('Node is not ready');
  expect(await ada.run("kubectl get events --field-selector reason=TaintManagerEviction -o jsonpath='{.items[*].message}'")).toMatch(/Marking for deletion Pod default\/web-/);
});

test('the node is healed, and what was left of its pods goes', async () => {
  await showPanel(room.instructor, 'faults');
  await room.instructor.getByTestId('fault-active-node-crash worker-2').getByRole('button').click();
  await setRate(room.instructor, 60);
  for (const page of people()) {
    await expect(page.locator('[data-testid=node][data-key=worker-2]')).toHaveAttribute('data-ready', 'True', { timeout: 60_000 });
    await expect(page.locator('[data-testid=pod][data-key^="default/web-"]')).toHaveCount(6, { timeout: 60_000 });
  }
  const { nodes } = await keepInstant(HEALED);
  expect(nodes.map(({ ready, power }) => `${ready} ${power}`)).toEqual(Array(4).fill('True up'));
});

test('the recording shows at three instants what all saw then', async ({ server }) => {
  const page = room.ada;
  await page.goto(`${server.url}/recordings/${room.room.roomId}`);
  await expect(page.getByTestId('review')).toBeVisible();
  // Not in the order in which it happened.
  for (const note of [LOST, CALM, HEALED]) {
    await page.locator('[data-testid=review-marker][data-kind=note]', { hasText: note }).click();
    await expect.poll(() => clusterOn(page), { message: note, timeout: 60_000 }).toEqual(seen.get(note));
    await expect(page.getByTestId('review-fidelity')).toHaveAttribute('data-kind', 'faithful');
  }
  await expect(page.locator('[data-testid=review-marker][data-kind=fault]')).toContainText('worker-2');
  await expect(page.locator('[data-testid=review-marker][data-kind=command]', { hasText: 'kubectl create deployment web' })).toContainText('Ada');
});
