/** Client certificates: whom they make their bearer, and when they are refused. The keys are another implementation's. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { CertificateAuthority } from '../../pki/certificates.ts';
import { clusterAuthority } from '../../pki/cluster-authority.ts';
import { element, objectId, sequence, TAG, text } from '../../pki/der.ts';
import { ADMIN, testServer } from '../testing.ts';
import { authenticateCertificate } from './certificates.ts';
import { userOfCredentials } from './credentials.ts';

const KEYS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ed25519: generateKeyPairSync('ed25519'),
};
const HOUR_MS = 3_600_000;
const BACKDATE_MS = 300_000;

const attribute = (id: string, value: string): Uint8Array => element(TAG.set, sequence(objectId(id), text(value)));

interface Wanted {
  commonName?: string;
  organizations?: string[];
  usages?: string[];
  key?: keyof typeof KEYS;
  /** Default: the cluster's. */
  authority?: CertificateAuthority;
}

function scene(): ReturnType<typeof testServer> & { issue(wanted?: Wanted): string; who(pem: string, later?: number): string | undefined } {
  const server = testServer();
  const { store, kernel } = server;
  return {
    ...server,
    issue({ commonName = 'jane', organizations = ['developers', 'testers'], usages = ['client auth'], key = 'rsa', authority = clusterAuthority(store.get('namespaces', 'kube-system')) } = {}) {
      const names = [...(commonName === '' ? [] : [attribute('2.5.4.3', commonName)]), ...organizations.map((organization) => attribute('2.5.4.10', organization))];
      const publicKey = Uint8Array.from(KEYS[key].publicKey.export({ type: 'spki', format: 'der' }));
      return authority.sign({ subject: sequence(...names), publicKey, alternativeNames: undefined }, usages, Uint8Array.of(1), kernel.now, HOUR_MS);
    },
    who: (pem, later = 0) => authenticateCertificate(store, kernel.now + later, pem)?.username,
  };
}

it.each(['rsa', 'ec', 'ed25519'] as const)('with a key of kind %s names the user by its common name and the groups by its organizations', (key) => {
  const { issue, store, kernel } = scene();
  expect(authenticateCertificate(store, kernel.now, issue({ key }))).toEqual({
    username: 'jane',
    groups: ['developers', 'testers', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
  });
});

it.each<[what: string, wanted: Wanted, later: number]>([
  ['another authority has signed it', { authority: new CertificateAuthority('kubernetes', 'another secret') }, 0],
  ['an authority of another name has signed it', { authority: new CertificateAuthority('front-proxy-ca', 'certificate authority of ') }, 0],
  ['it has expired', {}, HOUR_MS + 1],
  ['it is not good yet', {}, -BACKDATE_MS - 1],
  ['it is for servers', { usages: ['server auth'] }, 0],
  ['it names nobody', { commonName: '' }, 0],
])('is refused when %s', (_what, wanted, later) => {
  const { issue, who } = scene();
  expect(who(issue(wanted), later)).toBeUndefined();
});

it('is good from five minutes before it was made to its last instant', () => {
  const { issue, who } = scene();
  const pem = issue();
  expect([who(pem, -BACKDATE_MS), who(pem, HOUR_MS)]).toEqual(['jane', 'jane']);
});

it('is refused when a bit of it is another', () => {
  const { issue, who } = scene();
  const lines = issue().split('\n');
  const middle = Math.floor(lines.length / 2);
  const line = lines[middle] as string;
  lines[middle] = `${line.startsWith('A') ? 'B' : 'A'}${line.slice(1)}`;
  expect(who(lines.join('\n'))).toBeUndefined();
  expect(who('nonsense')).toBeUndefined();
});

it('counts more than a token, which counts when the certificate does not', () => {
  const server = scene();
  server.must('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } });
  const { token } = (server.must('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', { spec: {} }) as unknown as { status: { token: string } }).status;
  const certificate = server.issue();
  const forged = server.issue({ authority: new CertificateAuthority('kubernetes', 'x') });
  const name = (credentials?: Parameters<typeof userOfCredentials>[2]): string => userOfCredentials(server, ADMIN, credentials).username;
  expect(name({ certificate, bearer: token })).toBe('jane');
  expect(name({ certificate: forged, bearer: token })).toBe('system:serviceaccount:default:robot');
  expect(name(undefined)).toBe(ADMIN.username);
  for (const none of [{}, { certificate: forged }, { bearer: 'x' }, { certificate: forged, bearer: 'x' }]) expect(() => name(none)).toThrow('Unauthorized');
});
