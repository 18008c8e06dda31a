/** The kubeconfig that a participant downloads opens the room's API. */
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startKubeServer, type KubeServer } from './kube-api-for-tests.ts';
import { kubeconfig } from './kubeconfig.ts';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(() => server.close());

const fetched = (token: string | undefined): Promise<Response> => fetch(`http://127.0.0.1:${server.port}/api/kubeconfig`, { headers: new Headers(token === undefined ? {} : { Authorization: `Bearer ${token}` }) });

it('is handed out to the holder of a token and works as it is', async () => {
  const token = await server.join('Ada', 'student');
  const response = await fetched(token);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="quorum-${server.roomId}.yaml"`);
  const config = new KubeConfig();
  config.loadFromString(await response.text());
  expect(config.getCurrentUser()?.name).toBe('ada');
  expect((await config.makeApiClient(CoreV1Api).listNamespace()).items.length).toBeGreaterThan(0);
});

it('is refused to others', async () => {
  expect((await fetched(undefined)).status).toBe(401);
  expect((await fetched('nonsense')).status).toBe(401);
});

it('leaves trust to the system when a proxy has a certificate of its own', () => {
  const text = kubeconfig({ host: 'quorum.example', proxied: true, certificate: 'ours', roomId: 'r', user: 'u', token: 't' });
  expect(text).toContain('server: https://quorum.example/k8s/r\n');
  expect(text).not.toContain('certificate-authority-data');
});
