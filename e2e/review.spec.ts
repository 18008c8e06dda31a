/** A class is reviewed along its own time: at three moments there is what was there, and a new room can begin from one of them. */
import type { Page } from '@playwright/test';
import { clockOf, join, openRoom, showPanel, Terminal, tokenOf } from './support/classroom.ts';
import { expect, test } from './support/test.ts';

/** What the class saw at a moment. */
interface Instant {
  /** Wall clock, ms. */
  at: number;
  /** Virtual time, ms. */
  time: number;
  /** Names and nodes of the pods in the namespace default, sorted. */
  pods: string[];
  chat: string[];
}

const PODS = "kubectl get pods --no-headers -o custom-columns=A:.metadata.name,B:.spec.nodeName";

async function say(page: Page, text: string): Promise<void> {
  await showPanel(page, 'chat');
  await page.getByTestId('chat-input').fill(text);
  await page.getByTestId('chat-input').press('Enter');
  await expect(page.getByTestId('chat-log')).toContainText(text);
}

/** Asks the server as a page would. */
async function query(page: Page, procedure: string, input: unknown): Promise<unknown> {
  const token = await tokenOf(page);
  const response = await page.request.get(`${new URL(page.url()).origin}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers: { Authorization: `Bearer ${token}` } });
  expect(response.ok(), procedure).toBe(true);
  return ((await response.json()) as { result: { data: unknown } }).result.data;
}

function podLines(output: string): string[] {
  return output.split('\n').map((line) => line.trim().split(/\s+/).join(' ')).filter((line) => line.startsWith('web-')).sort();
}

/** Pods of the deployment as the cluster view of a page shows them, as podLines has them. */
async function podsInView(page: Page): Promise<string[]> {
  const pods = await page.getByTestId('pod').evaluateAll((elements) => elements.map((element) => [element.getAttribute('data-key') ?? '', element.getAttribute('data-node') ?? '']));
  return pods.flatMap(([key = '', node = '']) => (key.startsWith('default/web-') ? [`${key.slice('default/'.length)} ${node}`] : [])).sort();
}

async function shownTime(page: Page): Promise<number> {
  return Number(await page.getByTestId('review-scrubber').getAttribute('aria-valuenow'));
}

/** Goes to a moment by a link. @param elapsed ms of the class. */
async function goTo(page: Page, url: string, roomId: string, elapsed: number): Promise<void> {
  await page.goto(`${url}/recordings/${roomId}?t=${elapsed / 1_000}`);
  await expect(page.getByTestId('review')).toHaveAttribute('data-status', 'ready');
  await expect.poll(() => shownTime(page)).toBeGreaterThanOrEqual(elapsed - 100);
}

async function terminalText(page: Page): Promise<string> {
  const rows = await page.getByTestId('review-terminal').locator('.xterm-rows > div').evaluateAll((elements) => elements.map((element) => element.textContent ?? ''));
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

async function expectInstant(page: Page, { pods, chat }: Instant): Promise<void> {
  await expect.poll(() => podsInView(page)).toEqual(pods);
  await page.getByTestId('review-panel-chat').click();
  const messages = page.getByTestId('review-chat').locator('li');
  await expect(messages).toHaveCount(chat.length);
  for (const [index, text] of chat.entries()) await expect(messages.nth(index)).toContainText(text);
  await expect(page.getByTestId('review-fidelity')).toHaveAttribute('data-kind', 'faithful');
}

test('a class with a broken node is reviewed at three instants, and a new room begins from one', async ({ browser, server }) => {
  const { page: teacher, roomId, studentLink } = await openRoom(browser, server.url, 'Grace');
  const ada = await join(browser, studentLink, 'Ada');
  const terminal = new Terminal(ada);
  await terminal.shows(/\$$/);
  const { axis } = (await query(teacher, 'recordings.manifest', undefined)) as { axis: { from: number } };

  /** Stops the clock, notes what is there, and lets it run on. */
  const note = async (chat: string[]): Promise<Instant> => {
    await teacher.getByTestId('clock-pause').click();
    await expect(teacher.getByTestId('clock-now')).toHaveAttribute('data-state', /paused/);
    const pods = podLines(await terminal.run(PODS));
    const instant = { at: Date.now(), time: await clockOf(teacher), pods, chat };
    await teacher.getByTestId('clock-pause').click();
    return instant;
  };

  const empty: Instant = { ...(await note([])), pods: [] };
  await terminal.run('kubectl create deployment web --image=nginx:1.27 --replicas=3');
  await terminal.until('kubectl get deployment web', /3\/3/);
  await say(teacher, 'Three pods are up.');
  const healthy = await note(['Three pods are up.']);
  expect(healthy.pods).toHaveLength(3);
  const [firstPod = ''] = healthy.pods;
  const [podName = '', podNode = ''] = firstPod.split(' ');
  const yaml = (await query(teacher, 'objects.yaml', { resource: 'pods', key: `default/${podName}` })) as string;

  const teacherTerminal = new Terminal(teacher);
  await teacherTerminal.run(`quorum break node-crash ${podNode}`);
  await say(ada, `${podNode} does not answer.`);
  for (let minutes = 0; minutes < 10; minutes += 5) {
    const before = await clockOf(teacher);
    await teacher.getByTestId('clock-jump-5m').click();
    await expect.poll(() => clockOf(teacher)).toBeGreaterThanOrEqual(before + 300_000);
  }
  await terminal.until('kubectl get deployment web', /3\/3/);
  const moved = await note(['Three pods are up.', `${podNode} does not answer.`]);
  expect(moved.pods).not.toEqual(healthy.pods);
  // Two things at one instant of the cluster, whose clock stands, one after the other for the class.
  await teacher.getByTestId('clock-pause').click();
  await expect(teacher.getByTestId('clock-now')).toHaveAttribute('data-state', /paused/);
  const stopped = await clockOf(teacher);
  await terminal.run('kubectl create configmap first');
  await teacher.waitForTimeout(1_500);
  const between = Date.now();
  await teacher.waitForTimeout(1_500);
  await terminal.run('kubectl create configmap second');
  expect(await clockOf(teacher)).toBe(stopped);
  await teacher.getByTestId('clock-pause').click();
  await ada.context().close();

  // The list has the class, and leads to it.
  await teacher.goto(`${server.url}/recordings`);
  const entry = teacher.locator(`[data-testid="recording"][data-room="${roomId}"]`);
  await expect(entry).toContainText('Live');
  await entry.getByRole('link', { name: 'Play' }).click();
  await expect(teacher.getByTestId('review')).toHaveAttribute('data-status', 'ready');
  await expect(teacher.getByTestId('review-time')).toHaveText('0:00:00');

  await test.step('before anything: by a link', async () => {
    await goTo(teacher, server.url, roomId, empty.at - axis.from);
    await expectInstant(teacher, empty);
    expect(await terminalText(teacher)).not.toContain('deployment.apps/web created');
  });

  await test.step('three pods: by a mark, and time that is let pass', async () => {
    await teacher.getByTestId('review-panel-marks').click();
    const mark = teacher.locator('[data-testid="review-marker"][data-kind="command"]').filter({ hasText: 'kubectl create deployment web' });
    await mark.click();
    await expect.poll(() => shownTime(teacher)).toBe(Number(await mark.getAttribute('data-time')));
    const scrubber = teacher.getByTestId('review-scrubber');
    await scrubber.focus();
    for (const [key, step] of [['Shift+ArrowRight', 1_000], ['ArrowRight', 5_000], ['ArrowLeft', -5_000]] as const) {
      const before = await shownTime(teacher);
      await teacher.keyboard.press(key);
      await expect.poll(() => shownTime(teacher)).toBe(before + step);
    }
    await goTo(teacher, server.url, roomId, healthy.at - axis.from);
    await expectInstant(teacher, healthy);
    await expect.poll(() => terminalText(teacher)).toContain(podName);
    expect(await terminalText(teacher)).not.toContain('quorum break');
  });

  await test.step("a pod's YAML is what kubectl printed then", async () => {
    await teacher.locator(`[data-testid="pod"][data-key="default/${podName}"]`).click();
    await expect(teacher.getByTestId('inspector-title')).toContainText(podName);
    await teacher.getByTestId('inspector-tab-yaml').click();
    // The editor draws the lines that are in sight: the first ones, as kubectl printed them in class.
    const lines = teacher.getByTestId('inspector-content').locator('.cm-line');
    await expect(lines.first()).toHaveText('apiVersion: v1');
    const shown = await lines.allInnerTexts();
    expect(shown.length).toBeGreaterThan(20);
    const clean = (line: string): string => line.replaceAll('\u00a0', ' ').trimEnd();
    expect(shown.map(clean)).toEqual(yaml.split('\n').slice(0, shown.length).map(clean));
  });

  await test.step('after the node was lost', async () => {
    await goTo(teacher, server.url, roomId, moved.at - axis.from);
    await expectInstant(teacher, moved);
    await expect(teacher.locator(`[data-testid="node"][data-key="${podNode}"], [data-testid="node"][data-object="${podNode}"]`)).toBeVisible();
  });

  await test.step('in the middle of a pause', async () => {
    await goTo(teacher, server.url, roomId, between - axis.from);
    await expect(teacher.getByTestId('review-cluster-time')).toContainText(new Date(stopped).toISOString().slice(11, 19));
    await expect(teacher.getByTestId('review-cluster-time')).toContainText('stands still');
    await expect.poll(() => terminalText(teacher)).toContain('configmap/first created');
    expect(await terminalText(teacher)).not.toContain('configmap/second');
    await expect(teacher.getByTestId('review-fidelity')).toHaveAttribute('data-kind', 'faithful');
  });

  await test.step('it plays, and stops', async () => {
    await goTo(teacher, server.url, roomId, 0);
    const play = teacher.getByTestId('review-play');
    await play.click();
    await expect(play).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(() => shownTime(teacher)).toBeGreaterThan(1_000);
    await play.click();
    await expect(play).toHaveAttribute('aria-pressed', 'false');
    const stopped = await shownTime(teacher);
    await teacher.getByTestId('review-scrubber').focus();
    await teacher.keyboard.press('Home');
    await expect.poll(() => shownTime(teacher)).toBe(0);
    expect(stopped).toBeGreaterThan(0);
  });

  await test.step('a new room begins from the second instant', async () => {
    await goTo(teacher, server.url, roomId, healthy.at - axis.from);
    await teacher.getByTestId('review-fork').click();
    await teacher.getByTestId('review-fork-name').fill('Once more');
    await teacher.getByTestId('review-fork-submit').click();
    await teacher.waitForURL('**/room/**');
    expect(teacher.url()).not.toContain(roomId);
    await expect(teacher.getByTestId('terminal')).toBeVisible();
    await expect(teacher.getByTestId('clock-now')).toHaveAttribute('data-state', /paused/);
    expect(podLines(await new Terminal(teacher).run(PODS))).toEqual(healthy.pods);
    expect(Math.abs((await clockOf(teacher)) - healthy.time)).toBeLessThan(1_000);
  });
  await teacher.context().close();
});
