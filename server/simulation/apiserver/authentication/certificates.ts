/** Client certificates (`k8s.io/apiserver/pkg/authentication/request/x509`): the common name is the user, the organizations are groups. There is no revocation. */
import { digest } from 'lib0/hash/sha256';
import { isForClients, parseCertificate, type Certificate } from '../../pki/certificates.ts';
import { clusterAuthority } from '../../pki/cluster-authority.ts';
import { DerError } from '../../pki/der.ts';
import type { Store } from '../store.ts';
import type { UserInfo } from '../types.ts';
import { AUTHENTICATED } from './users.ts';

/**
 * Who a certificate makes its bearer; undefined when the cluster's authority has not signed it, or it is not good at this time.
 * @param now virtual time, ms.
 */
export function authenticateCertificate(store: Store, now: number, pem: string): UserInfo | undefined {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(pem);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
  const { commonName, organizations, notBefore, notAfter, der } = certificate;
  if (now < notBefore || now > notAfter || commonName === '' || !isForClients(certificate)) return undefined;
  if (!clusterAuthority(store.get('namespaces', 'kube-system')).hasSigned(certificate)) return undefined;
  const fingerprint = [...digest(der)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { username: commonName, groups: [...organizations, AUTHENTICATED], extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] } };
}
