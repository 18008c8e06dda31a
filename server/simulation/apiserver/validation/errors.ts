/** Field errors and the Invalid status made of them (`k8s.io/apimachinery/pkg/util/validation/field`). */
import type { Status } from '../types.ts';
import { ApiError } from '../types.ts';
import { goJson } from './internal-form.ts';

export type FieldErrorType = 'Required' | 'Invalid' | 'NotSupported' | 'Forbidden' | 'Duplicate' | 'TooLong' | 'TooMany' | 'NotFound' | 'TypeInvalid' | 'InternalError';

export interface FieldError {
  type: FieldErrorType;
  /** e.g. `spec.containers[0].image`. */
  field: string;
  value?: unknown;
  detail: string;
}

const HEADINGS: Record<FieldErrorType, string> = {
  Required: 'Required value', Invalid: 'Invalid value', NotSupported: 'Unsupported value', Forbidden: 'Forbidden', Duplicate: 'Duplicate value',
  TooLong: 'Too long', TooMany: 'Too many', NotFound: 'Not found', TypeInvalid: 'Invalid value', InternalError: 'Internal error',
};
const REASONS: Record<FieldErrorType, string> = {
  Required: 'FieldValueRequired', Invalid: 'FieldValueInvalid', NotSupported: 'FieldValueNotSupported', Forbidden: 'FieldValueForbidden', Duplicate: 'FieldValueDuplicate',
  TooLong: 'FieldValueTooLong', TooMany: 'FieldValueTooMany', NotFound: 'FieldValueNotFound', TypeInvalid: 'FieldValueTypeInvalid', InternalError: 'InternalError',
};

export const required = (field: string, detail = ''): FieldError => ({ type: 'Required', field, detail });
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({ type: 'Invalid', field, value, detail });
export const forbidden = (field: string, detail: string): FieldError => ({ type: 'Forbidden', field, detail });
export const duplicate = (field: string, value: unknown): FieldError => ({ type: 'Duplicate', field, value, detail: '' });
export const notFound = (field: string, value: unknown): FieldError => ({ type: 'NotFound', field, value, detail: '' });
export const tooLong = (field: string, max: number): FieldError => ({ type: 'TooLong', field, value: '', detail: `may not be more than ${max} bytes` });
export const tooMany = (field: string, actual: number, max: number): FieldError => ({ type: 'TooMany', field, value: actual, detail: `must have at most ${max} ${max === 1 ? 'item' : 'items'}` });
export const notSupported = (field: string, value: unknown, allowed: readonly string[]): FieldError => ({
  type: 'NotSupported', field, value, detail: `supported values: ${allowed.map((item) => JSON.stringify(item)).join(', ')}`,
});

/** `Invalid value: "x": must be …`, the part after the field. */
export function errorBody({ type, value, detail }: FieldError): string {
  const heading = HEADINGS[type];
  const bare = type === 'Required' || type === 'Forbidden' || type === 'TooLong' || type === 'InternalError';
  const text = bare ? heading : `${heading}: ${valueText(value)}`;
  return detail ? `${text}: ${detail}` : text;
}

const ESCAPES: Record<string, string> = { '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '"': '\\"', '\\': '\\\\' };

/** A text in double quotes as Go's `%q` writes it (`strconv.Quote`). */
export function goQuote(text: string): string {
  const escaped = text.replace(/["\\\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    const known = ESCAPES[character];
    if (known) return known;
    const code = character.codePointAt(0) as number;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `"${escaped}"`;
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '"null"';
  return typeof value === 'string' ? goQuote(value) : goJson(value);
}

export function formatFieldError(error: FieldError): string {
  return `${error.field}: ${errorBody(error)}`;
}

/** The 422 for a list of errors: `Pod "x" is invalid: …`; several are put in brackets. */
export function invalidError(group: string, kind: string, name: string, errors: readonly FieldError[]): ApiError {
  const texts = [...new Set(errors.map(formatFieldError))];
  const message = texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
  const qualified = group ? `${kind}.${group}` : kind;
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${qualified} "${name}" is invalid: ${message}`,
    reason: 'Invalid',
    details: { name, ...(group ? { group } : {}), kind, causes: errors.map((error) => ({ reason: REASONS[error.type], message: errorBody(error), field: error.field })) },
    code: 422,
  };
  return new ApiError(status);
}
