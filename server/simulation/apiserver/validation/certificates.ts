/** Certificate signing requests (`pkg/apis/certificates/validation`). */
import { parseSigningRequest, signatureProblem } from '../../pki/certificates.ts';
import { DerError } from '../../pki/der.ts';
import { invalid, required, type FieldError } from './errors.ts';

const MIN_EXPIRATION_SECONDS = 600;

export function certificateSigningRequestErrors(object: Record<string, unknown>): FieldError[] {
  const spec = (object.spec ?? {}) as { request?: string; signerName?: string; usages?: string[]; expirationSeconds?: number };
  const errors: FieldError[] = [];
  try {
    const problem = signatureProblem(parseSigningRequest(atob(spec.request ?? '')));
    if (problem) errors.push(invalid('spec.request', spec.request ?? '', problem));
  } catch (error) {
    const message = error instanceof DerError ? error.message : 'PEM block type must be CERTIFICATE REQUEST';
    errors.push(invalid('spec.request', spec.request ?? '', message));
  }
  if (!spec.usages?.length) errors.push(required('spec.usages'));
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < MIN_EXPIRATION_SECONDS) errors.push(invalid('spec.expirationSeconds', spec.expirationSeconds, `may not specify a duration less than ${MIN_EXPIRATION_SECONDS} seconds (10 minutes)`));
  if (!spec.signerName) errors.push(required('spec.signerName'));
  else if (!/^[^/]+\.[^/]+\/.+$/.test(spec.signerName)) errors.push(invalid('spec.signerName', spec.signerName, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
  return errors;
}
