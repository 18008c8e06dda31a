/**
 * `npm run screenshot`: takes the picture of the README from the running program: a class in which a node has crashed and its pods have
 * moved. Writes e2e/screenshots/class.png.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, expect } from '@playwright/test';
import { findChromium } from './browser.mjs';
import { holdClass, setRate, showPanel, Terminal } from './classroom.ts';
import { TestServer } from './server.ts';

const FILE = path.join(import.meta.dirname, '../screenshots/class.png');

const server = new TestServer();
await server.start();
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
try {
  // Finer than a screen, so that the small print can be read.
  const room = await holdClass(browser, server.url, { viewport: { width: 1920, height: 1120 }, deviceScaleFactor: 1.5, colorScheme: 'light' });
  const page = room.instructor;
  const [teacher, ada, linus] = [new Terminal(page), new Terminal(room.ada), new Terminal(room.linus)];
  await setRate(page, 60);
  await ada.run('kubectl create deployment web --image=nginx:1.27 --replicas=6 && kubectl expose deployment web --type=NodePort --port=80');
  await linus.run('kubectl create deployment api --image=registry.k8s.io/e2e-test-images/agnhost:2.39 --replicas=3 -- /agnhost netexec --http-port=8080 && kubectl expose deployment api --port=8080');
  await linus.run('kubectl create deployment cache --image=redis:7 && kubectl expose deployment cache --port=6379');
  for (const name of ['web', 'api', 'cache']) await ada.run(`kubectl rollout status deployment/${name}`);
  await teacher.run('quorum break node-crash worker-2');
  await expect(page.locator('[data-testid=node][data-key=worker-2]')).toHaveAttribute('data-ready', 'Unknown', { timeout: 60_000 });
  await page.getByTestId('clock-jump-5m').click();
  await ada.until('kubectl get deployments', /^web +6\/6/m);
  await showPanel(room.linus, 'chat');
  await room.linus.getByTestId('chat-input').fill('The Service still answers. Where did the pods go?');
  await room.linus.getByTestId('chat-input').press('Enter');
  await room.linus.getByTestId('raise-hand').click();
  await setRate(page, 1);
  await teacher.run('kubectl get nodes');
  await page.keyboard.type('kubectl get pods -o wide --field-selector spec.nodeName=worker-2');
  await page.keyboard.press('Enter');
  await teacher.ends('kubectl get pods');
  await page.locator('[data-testid=pod][data-status=Running][data-node=worker-1][data-key^="default/web-"]').first().click();
  await page.getByTestId('inspector-tab-why').click();
  await expect(page.getByTestId('inspector-why')).toBeVisible();
  // Nobody has scrolled, and nothing is pointed at.
  await page.getByTestId('cluster-view').evaluate((view) => {
    for (const element of view.querySelectorAll('*')) element.scrollTop = 0;
  });
  await page.mouse.move(0, 0);
  mkdirSync(path.dirname(FILE), { recursive: true });
  await page.screenshot({ path: FILE, scale: 'device' });
  console.log(`Wrote ${path.relative(process.cwd(), FILE)}.`);
} finally {
  await browser.close();
  await server.end();
}
