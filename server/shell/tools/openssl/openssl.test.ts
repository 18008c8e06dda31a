/** `openssl`: shows what the real one (3.0.19, recorded.json) shows, and makes what another implementation (Node's) reads and verifies. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseSigningRequest, signatureProblem } from '../../../simulation/pki/certificates.ts';
import { testShell } from '../../bash/harness.ts';
import { commands } from '../../registry.ts';
import recorded from './recorded.json' with { type: 'json' };

const shell = (): ReturnType<typeof testShell> => testShell(commands);

it.each(recorded.requests)('shows a request as the real one does (%#)', async ({ pem, text }) => {
  const { files, run } = shell();
  files.write('/home/alice/x.csr', pem);
  expect(await run('openssl req -in x.csr -noout -text -subject -verify')).toEqual({ stdout: text, stderr: 'Certificate request self-signature verify OK\n', code: 0 });
  expect((await run('openssl req < x.csr')).stdout).toBe(pem);
});

it.each(recorded.certificates)('shows a certificate as the real one does (%#)', async ({ pem, shown }) => {
  const { files, run } = shell();
  files.write('/home/alice/x.crt', pem);
  expect((await run('openssl x509 -in x.crt -noout -text -subject -issuer -serial -startdate -enddate -fingerprint -modulus -pubkey')).stdout).toBe(shown);
  expect((await run('cat x.crt | openssl x509')).stdout).toBe(pem);
});

it.each([
  ['genrsa 1024', 'rsa'],
  ['genrsa -traditional 1024', 'rsa'],
  ['ecparam -genkey -name prime256v1 -noout', 'ec'],
  ['ecparam -genkey -name secp384r1', 'ec'],
  ['genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024', 'rsa'],
  ['genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521', 'ec'],
  ['genpkey -algorithm ed25519', 'ed25519'],
])('openssl %s makes a key that signs requests and certificates', async (line, kind) => {
  const { files, run, now } = shell();
  expect(await run(`openssl ${line} > jane.key && openssl req -new -key jane.key -out jane.csr -subj "/CN=jane/O=developers/O=a\\/b" -addext subjectAltName=DNS:jane`)).toEqual({ stdout: '', stderr: '', code: 0 });
  const key = createPrivateKey(files.read('/home/alice/jane.key') as string);
  expect(key.asymmetricKeyType).toBe(kind);
  const request = parseSigningRequest(files.read('/home/alice/jane.csr') as string);
  expect(request).toMatchObject({ commonName: 'jane', organizations: ['developers', 'a/b'] });
  expect(signatureProblem(request)).toBeUndefined();
  expect(Buffer.from(request.publicKey)).toEqual(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  await run('openssl req -x509 -new -key jane.key -subj /CN=authority -days 2 -out ca.crt; openssl x509 -req -in jane.csr -CA ca.crt -CAkey jane.key -CAcreateserial -copy_extensions copy -days 1 -out jane.crt');
  const [authority, certificate] = ['ca.crt', 'jane.crt'].map((name) => new X509Certificate(files.read(`/home/alice/${name}`) as string)) as [X509Certificate, X509Certificate];
  expect(authority.ca && authority.verify(authority.publicKey) && certificate.checkIssued(authority) && certificate.verify(authority.publicKey) && certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.subjectAltName).toBe('DNS:jane');
  expect(Date.parse(certificate.validTo)).toBe(now() + 86_400_000);
  expect(await run('openssl verify -CAfile ca.crt jane.crt')).toEqual({ stdout: 'jane.crt: OK\n', stderr: '', code: 0 });
  expect((await run('sleep 86401; openssl verify -CAfile ca.crt jane.crt')).stderr).toContain('error 10 at 0 depth lookup: certificate has expired');
});

it('makes the certificate and the key of a server in one line', async () => {
  const { files, run } = shell();
  expect((await run('openssl req -x509 -nodes -days 365 -newkey rsa:1024 -keyout tls.key -out tls.crt -subj "/CN=nginxsvc/O=nginxsvc"')).code).toBe(0);
  const certificate = new X509Certificate(files.read('/home/alice/tls.crt') as string);
  expect(certificate.subject).toBe('CN=nginxsvc\nO=nginxsvc');
  expect(certificate.checkPrivateKey(createPrivateKey(files.read('/home/alice/tls.key') as string))).toBe(true);
});

it('numbers what an authority signs', async () => {
  const { run } = shell();
  await run('openssl ecparam -genkey -name prime256v1 -noout -out k; openssl req -x509 -new -key k -subj /CN=a -out ca.crt; openssl req -new -key k -subj /CN=b -out b.csr');
  const sign = 'openssl x509 -req -in b.csr -CA ca.crt -CAkey k -CAcreateserial 2> /dev/null | openssl x509 -noout -serial';
  const serials = [(await run(sign)).stdout, (await run(sign)).stdout].map((text) => BigInt(`0x${text.trim().slice('serial='.length)}`)) as [bigint, bigint];
  expect(serials[1] - serials[0]).toBe(1n);
});

describe('says what is wrong', () => {
  it.each([
    ['openssl foo', "Invalid command 'foo', or not supported here yet; type \"help\" for a list.\n"],
    ['openssl genrsa 100', 'Error setting RSA length\n'],
    ['openssl genrsa 16384', 'Keys of more than 4096 bits are not made here\n'],
    ['openssl genrsa abc', 'genrsa: Can\'t parse "abc" as a number\ngenrsa: Use -help for summary.\n'],
    ['openssl genrsa -aes256', 'genrsa: Option -aes256 is unknown, or not supported here yet\ngenrsa: Use -help for summary.\n'],
    ['openssl x509 -in', 'x509: Option -in needs a value\nx509: Use -help for summary.\n'],
    ['openssl x509 -in gone', 'Could not open file or uri for loading certificate from gone: No such file or directory\n'],
    ['openssl x509 -in ec.key', 'Could not read certificate from ec.key\nUnable to load certificate\n'],
    ['openssl req -in ec.key', 'Unable to load X509 request\n'],
    ['openssl req -new -key gone -subj /CN=x', 'Could not open file or uri for loading private key from gone: No such file or directory\n'],
    ['openssl req -new -key ec.key -subj CN=x', "req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: 'CN=x'\n"],
    ['openssl req -new -key ec.key', 'req: the questions about a subject are not asked here: give -subj, such as -subj "/CN=jane/O=developers"\n'],
    ['openssl req -new -key ec.key -subj /CN=x -out /nowhere/x', 'Can\'t open "/nowhere/x" for writing, No such file or directory\n'],
    ['openssl req -new -key ec.key -subj /CN=x -addext keyUsage=digitalSignature', 'req: the extension keyUsage is unknown, or not supported here yet\n'],
    ['openssl genrsa 512 > small.key; openssl req -new -key small.key -subj /CN=x -sha512', 'digest too big for rsa key\n'],
    ['openssl rand 5', 'rand: this terminal has no use for bytes that are no text: give -hex or -base64\n'],
  ])('%s', async (line, stderr) => {
    const { run } = shell();
    await run('openssl ecparam -genkey -name prime256v1 -noout -out ec.key');
    expect(await run(line)).toEqual({ stdout: '', stderr, code: 1 });
  });

  it('warns of parts of a subject that it leaves out', async () => {
    const { run } = shell();
    await run('openssl ecparam -genkey -name prime256v1 -noout -out k');
    expect(await run('openssl req -new -key k -subj "/CN=x/BOGUS=y/O=" | openssl req -noout -subject')).toEqual({ stdout: 'subject=CN = x\n', stderr: 'req warning: Skipping unknown subject name attribute "BOGUS"\nreq warning: No value provided for subject name attribute "O", skipped\n', code: 0 });
  });
});

it('draws numbers and encodes text', async () => {
  const { run } = shell();
  expect((await run('openssl rand -hex 16')).stdout).toMatch(/^[0-9a-f]{32}\n$/);
  expect((await run('openssl rand -base64 48')).stdout).toMatch(/^[A-Za-z0-9+/]{64}\n$/);
  expect((await run('openssl rand -hex 70000')).stdout).toHaveLength(140_001);
  expect((await run('echo hi | openssl base64')).stdout).toBe('aGkK\n');
  expect((await run('echo aGkK | openssl base64 -d')).stdout).toBe('hi\n');
  expect((await run('printf 0123456789012345678901234567890123456789012345678 | openssl base64')).stdout).toBe('MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\nOA==\n');
});
