/** HTTP and HTTPS on one port. */
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { keptCertificate, makeCertificate, TLS_SERVER_NAME } from './certificate.ts';
import { onePort, type OnePort } from './one-port.ts';

const certificate = makeCertificate(Date.now());
let open: OnePort | undefined;

async function start(): Promise<number> {
  open = onePort(certificate, (request, response) => response.end(`${'encrypted' in request.socket ? 'secure' : 'plain'} ${request.url}`));
  await new Promise<void>((resolve) => open?.listener.listen(0, '127.0.0.1', resolve));
  return (open.listener.address() as AddressInfo).port;
}

async function stop(): Promise<void> {
  const closing = new Promise<void>((resolve) => open?.listener.close(() => resolve()));
  open?.closeAllConnections();
  await closing;
  open = undefined;
}

afterEach(() => (open ? stop() : undefined));

function secure(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get({ host: '127.0.0.1', port, path: '/x', ca: certificate.cert, servername: TLS_SERVER_NAME, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}

it('answers each in its own way, and the certificate is trusted by whoever has it', async () => {
  const port = await start();
  expect(await (await fetch(`http://127.0.0.1:${port}/x`)).text()).toBe('plain /x');
  expect(await secure(port)).toBe('secure /x');
});

it('ends with connections that have said nothing', async () => {
  const port = await start();
  const silent = net.connect(port, '127.0.0.1');
  await new Promise((resolve) => silent.once('connect', resolve));
  await fetch(`http://127.0.0.1:${port}/x`);
  const ended = new Promise((resolve) => silent.once('close', resolve));
  silent.on('error', () => {});
  await stop();
  await ended;
});

it('keeps a certificate until it is about to end, and makes one anew for a broken file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'quorum-certificate-'));
  try {
    const now = Date.now();
    const first = keptCertificate(folder, now);
    expect(keptCertificate(folder, now)).toEqual(first);
    expect(new X509Certificate(first.cert)).toMatchObject({ subject: `CN=${TLS_SERVER_NAME}`, ca: true });
    expect(keptCertificate(folder, now + 9.98 * 365.25 * 24 * 3_600_000)).not.toEqual(first);
    writeFileSync(path.join(folder, 'kubernetes-api.pem'), 'nonsense');
    expect(keptCertificate(folder, now).cert).toContain('BEGIN CERTIFICATE');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
