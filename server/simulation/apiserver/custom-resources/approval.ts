/** Groups of the Kubernetes community need an approval for what is defined in them (`apiextensions-apiserver/pkg/apihelpers`). */
import { invalid, required, type FieldError } from '../validation/errors.ts';
import type { KubeObject } from '../types.ts';
import type { Condition } from './types.ts';

const ANNOTATION = 'api-approved.kubernetes.io';
const RULES = 'see https://github.com/kubernetes/enhancements/pull/1111';
const FIELD = `metadata.annotations[${ANNOTATION}]`;

type State = 'Missing' | 'Invalid' | 'Approved' | 'Unapproved';

function isProtected(group: string): boolean {
  return /(^|\.)(k8s\.io|kubernetes\.io)$/.test(group);
}

function stateOf(definition: KubeObject): { state: State; reason: string; value: string } {
  const value = definition.metadata.annotations?.[ANNOTATION] ?? '';
  if (value === '') return { state: 'Missing', reason: `protected groups must have approval annotation "${ANNOTATION}", ${RULES}`, value };
  if (value.startsWith('unapproved')) return { state: 'Unapproved', reason: `not approved: "${value}"`, value };
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(value)) return { state: 'Approved', reason: `approved in ${value}`, value };
  return { state: 'Invalid', reason: `protected groups must have approval annotation "${ANNOTATION}" with either a URL or a reason starting with "unapproved", ${RULES}`, value };
}

export function approvalErrors(group: string, definition: KubeObject, old?: KubeObject): FieldError[] {
  if (!isProtected(group)) return [];
  const { state, reason, value } = stateOf(definition);
  if ((old && stateOf(old).state === state) || state === 'Approved' || state === 'Unapproved') return [];
  return [state === 'Missing' ? required(FIELD, reason) : invalid(FIELD, value, reason)];
}

/** The condition of a definition in a protected group; undefined for other groups. */
export function approvalCondition(group: string, definition: KubeObject): Omit<Condition, 'lastTransitionTime'> | undefined {
  if (!isProtected(group)) return undefined;
  const { state, reason } = stateOf(definition);
  return { type: 'KubernetesAPIApprovalPolicyConformant', status: state === 'Approved' ? 'True' : 'False', reason: `${state}Annotation`, message: reason };
}
