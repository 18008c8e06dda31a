import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Bench } from '../controllers/testing.ts';
import { CertificateAuthority, parseSigningRequest } from './certificates.ts';

/** Made with openssl: `/CN=jane/O=developers`, `/CN=root/O=system:masters`, and a kubelet's with alternative names. */
const REQUESTS = {
  jane: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIZU1JR0dBZ0VBTUNReERUQUxCZ05WQkFNTUJHcGhibVV4RXpBUkJnTlZCQW9NQ21SbGRtVnNiM0JsY25NdwpXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBU09qdU9laFR4YjZNZmxPN3NIdXBWcUdRdFU0NHFtCjNpZXZ5Q1FlUFFKdjJUMytZRk83TmJBZVhYN2ZDQ3R1Y0EvSHRCb0VSRUoxaVNPRTRkYXY5d2VTb0FBd0NnWUkKS29aSXpqMEVBd0lEUndBd1JBSWdSejN6Z1NvN1BSMmhlVUo3SXlxdSsrdG9RKzAyNGoySlNxeXJiS3A2clRnQwpJRUM5bUtSb1FkT3pNbXRoNzE3dnpueWpYTGNQZFE3amp0NG04TzNCdkNDVwotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
  masters: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIak1JR0tBZ0VBTUNneERUQUxCZ05WQkFNTUJISnZiM1F4RnpBVkJnTlZCQW9NRG5ONWMzUmxiVHB0WVhOMApaWEp6TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFcUxaN1FWM0I1aVZOQi9mN3J6a0VEOHk3Cm9EUjV1UCtlOXF3SEEvSTVURy9YZjVHdkZpWXdhNm9HK0dyZHM4c3JwamhLNnNxWE1qZVg2OVVNTEdreFM2QUEKTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFDSzF1b3NBT0hXU2NMZndiM1A5MWQ0UTNSOUJTclA2aitiSWZocQp1TzN6WGdJZ0xSMEpTUjh5dzZpUTZpWWlweFV2b3lJSkNiT0pBSlU5TUM4aERVMFZ5MVk9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
  node: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkhqQ0J4QUlCQURBMk1SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14SFRBYkJnTlZCQU1NRkhONQpjM1JsYlRwdWIyUmxPbmR2Y210bGNpMHhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV2ZDFsCjMzQU9oLysrb2tudmk3Q2M3U1JiakR2c2YreklEZHFpbUN0RWlYUHdlMnNEc0Vvd2M3b1MyVEtLb2NuczlZM3AKaU02UUEwOVMxdVZIeFRCR0xxQXNNQ29HQ1NxR1NJYjNEUUVKRGpFZE1Cc3dHUVlEVlIwUkJCSXdFSUlJZDI5eQphMlZ5TFRHSEJNQ29NUU13Q2dZSUtvWkl6ajBFQXdJRFNRQXdSZ0loQVBtcm5jZEpUaEVOSDM2d0tiazJjdk0wCnJQUWgvdXI5NWtGOTlRajVxMnFVQWlFQW1GMGNNZ242dTlsVDdJTmhWcGE5REh1dzBtYitDYTlmRWpZV2Q0U3cKR0hrPQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
};
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const NOW = Date.UTC(2026, 10, 24);

it('reads who a request is for', () => {
  expect(parseSigningRequest(atob(REQUESTS.jane))).toMatchObject({ commonName: 'jane', organizations: ['developers'], alternativeNames: undefined });
  expect(parseSigningRequest(atob(REQUESTS.node)).alternativeNames).toBeDefined();
});

it.each(['', 'x', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', '-----BEGIN CERTIFICATE REQUEST-----\nMIL/////\n-----END CERTIFICATE REQUEST-----'])('refuses %j', (text) => expect(() => parseSigningRequest(text)).toThrow());

it('signs certificates that another implementation reads and verifies', () => {
  const authority = new CertificateAuthority('kubernetes', 'secret');
  const point = authority.publicKey;
  const coordinate = (from: number): string => Buffer.from(point.subarray(from, from + 32)).toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) }, format: 'jwk' });
  for (const [name, usages, extended] of [['jane', ['digital signature', 'key encipherment', 'client auth'], '1.3.6.1.5.5.7.3.2'], ['node', ['digital signature', 'server auth'], '1.3.6.1.5.5.7.3.1']] as const) {
    const certificate = new X509Certificate(authority.sign(parseSigningRequest(atob(REQUESTS[name])), usages, Uint8Array.of(200, 1, 2), NOW, 86_400_000));
    expect(certificate.verify(key)).toBe(true);
    expect(certificate.issuer).toBe('CN=kubernetes');
    expect(certificate.subject.split('\n').sort()).toEqual(name === 'jane' ? ['CN=jane', 'O=developers'] : ['CN=system:node:worker-1', 'O=system:nodes']);
    expect(certificate.keyUsage).toEqual([extended]);
    expect(certificate.subjectAltName).toBe(name === 'jane' ? undefined : 'DNS:worker-1, IP Address:192.168.49.3');
    expect([Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]).toEqual([NOW - 300_000, NOW + 86_400_000]);
    expect(certificate.serialNumber).toBe('C80102');
  }
});

describe('a CertificateSigningRequest', () => {
  const request = (name: keyof typeof REQUESTS, signerName: string, usages: string[]): object => ({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name }, spec: { request: REQUESTS[name], signerName, usages, expirationSeconds: 3_600 } });
  const decide = (bench: Bench, name: string, type: string): void => void bench.request('PUT', `${CSRS}/${name}/approval`, { ...bench.get(`${CSRS}/${name}`), status: { conditions: [{ type, status: 'True', reason: 'Test', message: '' }] } });
  const statusOf = (bench: Bench, name: string): { certificate?: string; conditions?: { type: string; reason: string; message: string }[] } => bench.get(`${CSRS}/${name}`).status as ReturnType<typeof statusOf>;

  it('is signed when it has been approved, and cleared away after an hour', () => {
    const bench = new Bench();
    bench.create(CSRS, request('jane', 'kubernetes.io/kube-apiserver-client', ['client auth']));
    bench.seconds(1);
    expect(statusOf(bench, 'jane').certificate).toBeUndefined();
    decide(bench, 'jane', 'Approved');
    bench.seconds(1);
    const certificate = new X509Certificate(atob(statusOf(bench, 'jane').certificate as string));
    expect(Date.parse(certificate.validTo) - bench.cluster.now).toBeGreaterThan(3_590_000);
    bench.seconds(3_700);
    expect(bench.list(CSRS)).toEqual([]);
  });

  it.each<[string, keyof typeof REQUESTS, string, string[], string]>([
    ['usages that the signer does not give', 'jane', 'kubernetes.io/kube-apiserver-client', ['server auth'], 'usages did not match: [server auth]'],
    ['a subject that is no kubelet', 'jane', 'kubernetes.io/kubelet-serving', ['digital signature', 'server auth'], 'subject organization is not system:nodes'],
  ])('fails for %s', (_, name, signer, usages, message) => {
    const bench = new Bench();
    bench.create(CSRS, request(name, signer, usages));
    decide(bench, name, 'Approved');
    bench.seconds(1);
    expect(statusOf(bench, name).conditions?.at(-1)).toMatchObject({ type: 'Failed', reason: 'SignerValidationFailure', message });
  });

  it('is not signed when it is denied, or of another signer', () => {
    const bench = new Bench();
    bench.create(CSRS, request('jane', 'kubernetes.io/kube-apiserver-client', ['client auth']));
    bench.create(CSRS, request('node', 'example.com/own', ['server auth']));
    decide(bench, 'jane', 'Denied');
    decide(bench, 'node', 'Approved');
    bench.seconds(5);
    expect([statusOf(bench, 'jane').certificate, statusOf(bench, 'node').certificate]).toEqual([undefined, undefined]);
  });

  it('for more power than any rule can take back is refused', () => {
    expect(() => new Bench().create(CSRS, request('masters', 'kubernetes.io/kube-apiserver-client', ['client auth']))).toThrow('certificatesigningrequests.certificates.k8s.io "masters" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed');
  });
});
