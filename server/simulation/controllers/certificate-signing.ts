/** Signs approved requests for certificates (`pkg/controller/certificates/signer`), and clears old ones away (`…/cleaner`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { parseSigningRequest, type SigningRequest } from '../pki/certificates.ts';
import { clusterAuthority } from '../pki/cluster-authority.ts';
import { DerError } from '../pki/der.ts';
import { keyOf, type Controller, type ControllerContext } from './types.ts';

const RESOURCE = 'certificatesigningrequests.certificates.k8s.io';
/** `--cluster-signing-duration`, and the shortest that may be asked for. */
const LIFETIME_MS = 31_536_000_000;
const SHORTEST_MS = 600_000;
/** Requests that were decided on go after an hour, others after a day. */
const DECIDED_MS = 3_600_000;
const PENDING_MS = 86_400_000;

interface Spec {
  request: string;
  signerName: string;
  usages?: string[];
  expirationSeconds?: number;
}

interface Condition {
  type: string;
  status: string;
  lastUpdateTime?: string;
}

interface Signer {
  required: string[];
  permitted: string[];
  /** What else is wrong with a request. */
  check(request: SigningRequest): string | undefined;
}

const KUBELET = (request: SigningRequest): string | undefined => {
  if (!request.organizations.includes('system:nodes') || request.organizations.length !== 1) return 'subject organization is not system:nodes';
  return request.commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:';
};

/** The signers of kube-controller-manager. */
const SIGNERS: Record<string, Signer> = {
  'kubernetes.io/kube-apiserver-client': { required: ['client auth'], permitted: ['digital signature', 'key encipherment', 'client auth'], check: () => undefined },
  'kubernetes.io/kube-apiserver-client-kubelet': { required: ['digital signature', 'client auth'], permitted: ['digital signature', 'key encipherment', 'client auth'], check: KUBELET },
  'kubernetes.io/kubelet-serving': {
    required: ['digital signature', 'server auth'],
    permitted: ['digital signature', 'key encipherment', 'server auth'],
    check: (request) => KUBELET(request) ?? (request.alternativeNames ? undefined : 'DNS or IP subjectAltName is required'),
  },
};

function conditionsOf(request: KubeObject): Condition[] {
  return (request.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
}

export const certificateSigning = {
  name: 'csr-signing',
  component: 'certificate-controller',
  watches: [{ resource: RESOURCE }],
  changed({ object, type, cause }, context) {
    if (type !== 'DELETED') context.enqueue(keyOf(object), cause);
  },
  sync(key, context) {
    const request = context.lister.get(RESOURCE, undefined, key);
    if (!request) return;
    const conditions = conditionsOf(request);
    const decided = conditions.find(({ type }) => type === 'Approved' || type === 'Denied' || type === 'Failed');
    const end = decided ? Date.parse(decided.lastUpdateTime ?? request.metadata.creationTimestamp) + DECIDED_MS : Date.parse(request.metadata.creationTimestamp) + PENDING_MS;
    if (end <= context.now) return context.client.delete(RESOURCE, undefined, key);
    context.enqueueAt(key, end);
    const { signerName } = request.spec as Spec;
    const signer = SIGNERS[signerName];
    const approved = conditions.some(({ type }) => type === 'Approved') && !conditions.some(({ type }) => type === 'Denied' || type === 'Failed');
    if (signer && approved && !(request.status as { certificate?: string }).certificate) sign(request, signer, context);
  },
} satisfies Controller;

function sign(object: KubeObject, signer: Signer, context: ControllerContext): void {
  const { request: encoded, usages = [], expirationSeconds } = object.spec as Spec;
  let problem: string | undefined;
  let request: SigningRequest | undefined;
  try {
    request = parseSigningRequest(atob(encoded));
    problem = signer.check(request);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    problem = error.message;
  }
  if (!problem && (signer.required.some((usage) => !usages.includes(usage)) || usages.some((usage) => !signer.permitted.includes(usage)))) problem = `usages did not match: [${usages.join(' ')}]`;
  const setStatus = (change: (status: { conditions?: Condition[] }) => object): void => {
    context.client.patch(RESOURCE, undefined, object.metadata.name, (current) => ({ ...current, status: change((current.status ?? {}) as { conditions?: Condition[] }) }), 'status');
  };
  if (problem || !request) {
    const time = rfc3339(context.now);
    return setStatus((status) => ({ ...status, conditions: [...(status.conditions ?? []), { lastTransitionTime: time, lastUpdateTime: time, message: problem ?? '', reason: 'SignerValidationFailure', status: 'True', type: 'Failed' }] }));
  }
  const authority = clusterAuthority(context.client.get('namespaces', undefined, 'kube-system'));
  const lifetime = expirationSeconds === undefined ? LIFETIME_MS : Math.min(LIFETIME_MS, Math.max(SHORTEST_MS, expirationSeconds * 1_000));
  const serial = Uint8Array.from((context.kernel.random.hex(32).match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
  const certificate = btoa(authority.sign(request, usages, serial, context.now, lifetime));
  setStatus((status) => ({ ...status, certificate }));
}
