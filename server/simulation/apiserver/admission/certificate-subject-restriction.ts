import { parseSigningRequest } from '../../pki/certificates.ts';
import { DerError } from '../../pki/der.ts';
import { forbidden } from '../errors.ts';
import type { AdmissionPlugin } from './types.ts';

const SIGNER = 'kubernetes.io/kube-apiserver-client';
const GROUP = 'system:masters';

/** `plugin/pkg/admission/certificates/subjectrestriction`: nobody asks for a certificate that no rule could take back. */
export const certificateSubjectRestriction = {
  name: 'CertificateSubjectRestriction',
  resources: ['certificatesigningrequests.certificates.k8s.io'],
  validateCreate(draft, _registry, { resource }) {
    const { request, signerName } = draft.spec as { request: string; signerName: string };
    if (signerName !== SIGNER) return;
    try {
      if (!parseSigningRequest(atob(request)).organizations.includes(GROUP)) return;
    } catch (error) {
      if (error instanceof DerError) return;
      throw error;
    }
    throw forbidden(resource, draft.metadata.name, `use of ${SIGNER} signer with ${GROUP} group is not allowed`);
  },
} satisfies AdmissionPlugin;
