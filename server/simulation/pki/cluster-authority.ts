/** The authority that signs the cluster's certificates. Its key belongs to the cluster and lives as long as it. */
import type { KubeObject } from '../apiserver/types.ts';
import { CertificateAuthority } from './certificates.ts';

/** @param kubeSystem the namespace `kube-system`, whose uid is the cluster's. */
export function clusterAuthority(kubeSystem: KubeObject | undefined): CertificateAuthority {
  return new CertificateAuthority('kubernetes', `certificate authority of ${kubeSystem?.metadata.uid ?? ''}`);
}

/** Signing costs milliseconds, and every namespace has the certificate. */
const known = new WeakMap<KubeObject, string>();

/** The authority's own certificate, PEM; undefined of a cluster that has not begun. */
export function authorityCertificate(kubeSystem: KubeObject | undefined): string | undefined {
  if (!kubeSystem) return undefined;
  let certificate = known.get(kubeSystem);
  if (certificate === undefined) {
    certificate = clusterAuthority(kubeSystem).certificate(Date.parse(kubeSystem.metadata.creationTimestamp));
    known.set(kubeSystem, certificate);
  }
  return certificate;
}
