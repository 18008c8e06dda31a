import type { KubeObject } from '../types.ts';
import { age, humanDuration } from './duration.ts';
import { NONE } from './format.ts';
import type { Printer } from './types.ts';

/** `Approved,Issued` and the like (`extractCSRStatus`). */
export function requestCondition(object: KubeObject): string {
  const types = new Set(((object.status?.conditions ?? []) as { type: string }[]).map((condition) => condition.type));
  let text = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
  if (types.has('Failed')) text += ',Failed';
  if (object.status?.certificate) text += ',Issued';
  return text;
}

export const certificateSigningRequest = {
  kind: 'CertificateSigningRequest',
  group: 'certificates.k8s.io',
  cells: (object, now) => [
    object.metadata.name,
    age(object.metadata.creationTimestamp, now),
    object.spec.signerName ?? NONE,
    object.spec.username ?? '',
    object.spec.expirationSeconds === undefined ? NONE : humanDuration(object.spec.expirationSeconds * 1000),
    requestCondition(object),
  ],
} satisfies Printer;
