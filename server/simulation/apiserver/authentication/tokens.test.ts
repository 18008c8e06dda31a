/** Tokens of service accounts: whom they make their bearer, and until when. */
import { describe, expect, it } from 'vitest';
import { podBody, testServer, type TestServer } from '../testing.ts';
import type { UserInfo } from '../types.ts';
import { authenticateToken, podToken } from './tokens.ts';

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Record<string, unknown>;
}

function withAccount(): TestServer & { uid: string; issue(spec?: object): string; who(token: string): UserInfo | undefined } {
  const server = testServer();
  const { metadata } = server.must('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } });
  return {
    ...server,
    uid: metadata.uid,
    issue: (spec = {}) => (server.must('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', { spec }) as unknown as { status: { token: string } }).status.token,
    who: (token) => authenticateToken(server.store, server.kernel.seed, server.kernel.now, token),
  };
}

describe('a token', () => {
  it('makes its bearer the account, in the groups of accounts', () => {
    const { issue, who, uid } = withAccount();
    const token = issue();
    expect(who(token)).toEqual({
      username: 'system:serviceaccount:default:robot',
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${claimsOf(token).jti as string}`] },
    });
  });

  it('is good until it expires', () => {
    const { issue, who, kernel } = withAccount();
    const token = issue({ expirationSeconds: 600 });
    kernel.advance(kernel.now + 599_000);
    expect(who(token)).toBeDefined();
    kernel.advance(kernel.now + 2_000);
    expect(who(token)).toBeUndefined();
  });

  it.each<[what: string, end: (server: TestServer) => void]>([
    ['the account is gone', (server) => server.must('DELETE', '/api/v1/namespaces/default/serviceaccounts/robot')],
    [
      'another account has its name',
      (server) => {
        server.must('DELETE', '/api/v1/namespaces/default/serviceaccounts/robot');
        server.must('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } });
      },
    ],
    ['the pod is gone that it is bound to', (server) => server.must('DELETE', '/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0')],
  ])('is no good any more when %s', (_what, end) => {
    const server = withAccount();
    server.must('POST', '/api/v1/namespaces/default/pods', podBody('p', { serviceAccountName: 'robot' }));
    const token = server.issue({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } });
    expect(server.who(token)?.extra?.['authentication.kubernetes.io/pod-name']).toEqual(['p']);
    end(server);
    expect(server.who(token)).toBeUndefined();
  });

  it.each<[what: string, forge: (parts: string[]) => string]>([
    ['its claims are others', ([header, payload, signature]) => [header, Buffer.from(Buffer.from(payload as string, 'base64url').toString().replaceAll('robot', 'admin')).toString('base64url'), signature].join('.')],
    ['its signature is another', ([header, payload]) => `${header}.${payload}.${Buffer.from('nobody').toString('base64url')}`],
    ['it has none', ([header, payload]) => `${header}.${payload}`],
    ['it has more parts', (parts) => `${parts.join('.')}.x`],
    ['it is none', () => 'nonsense'],
  ])('is refused when %s', (_what, forge) => {
    const { issue, who } = withAccount();
    expect(who(forge(issue().split('.')))).toBeUndefined();
  });

  it('of another cluster is none of this one', () => {
    const { issue, store, kernel } = withAccount();
    expect(authenticateToken(store, kernel.seed + 1, kernel.now, issue())).toBeUndefined();
  });

  it('for another audience is not for the API server', () => {
    const { issue, who, store, kernel } = withAccount();
    const token = issue({ audiences: ['vault'] });
    expect(who(token)).toBeUndefined();
    expect(authenticateToken(store, kernel.seed, kernel.now, token, ['vault'])).toBeDefined();
  });

  it('may not be shorter than ten minutes', () => {
    const server = withAccount();
    expect(server.refused('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', { spec: { expirationSeconds: 60 } }).message).toBe('TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes');
  });
});

it('a pod finds the same token whenever it looks, good for a year', () => {
  const server = withAccount();
  const pod = server.must('POST', '/api/v1/namespaces/default/pods', podBody('p', { serviceAccountName: 'robot' }));
  const read = (): string => podToken(server.store, server.kernel.seed, pod, server.kernel.now, { expirationSeconds: 3607 });
  const token = read();
  expect(read()).toBe(token);
  expect(claimsOf(token)).toMatchObject({ sub: 'system:serviceaccount:default:robot', 'kubernetes.io': { namespace: 'default', pod: { name: 'p', uid: pod.metadata.uid }, serviceaccount: { name: 'robot', uid: server.uid } } });
  server.kernel.advance(server.kernel.now + 2 * 3_600_000);
  expect(server.who(token)?.username).toBe('system:serviceaccount:default:robot');
});
