/** The options of lists and watches, checked as `apimachinery/pkg/apis/internalversion/validation` does. */
import { forbidden, invalid, invalidError, notSupported, type FieldError } from '../validation/errors.ts';
import { isTrue } from './request-info.ts';

const MATCHES = ['Exact', 'NotOlderThan'];

export interface ListOptions {
  /** 0: no limit. */
  limit: number;
  continue: string;
  /** '': the most recent; '0': any. */
  resourceVersion: string;
  match: '' | 'Exact' | 'NotOlderThan';
  sendInitialEvents: boolean | undefined;
}

function listErrors(query: Record<string, string>): FieldError[] {
  const match = query.resourceVersionMatch ?? '';
  const errors: FieldError[] = [];
  if (match !== '') {
    if (!query.resourceVersion) errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (query.continue) errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    if (!MATCHES.includes(match)) errors.push(notSupported('resourceVersionMatch', match, MATCHES));
    if (match === 'Exact' && query.resourceVersion === '0') errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (query.sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors(query: Record<string, string>): FieldError[] {
  const match = query.resourceVersionMatch ?? '';
  const errors: FieldError[] = [];
  if (match !== '') {
    if (query.sendInitialEvents === undefined) errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  }
  if (query.sendInitialEvents !== undefined && match === '') errors.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  return errors;
}

/** @throws ApiError 422 */
export function listOptions(query: Record<string, string>, watching: boolean): ListOptions {
  const errors = watching ? watchErrors(query) : listErrors(query);
  const resourceVersion = query.resourceVersion ?? '';
  if (!/^\d*$/.test(resourceVersion)) errors.push(invalid('resourceVersion', resourceVersion, `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`));
  const limit = Number(query.limit || 0);
  if (!Number.isInteger(limit) || limit < 0) errors.push(invalid('limit', query.limit, `strconv.ParseInt: parsing ${JSON.stringify(query.limit)}: invalid syntax`));
  if (errors.length > 0) throw invalidError('meta.k8s.io', 'ListOptions', '', errors);
  return {
    limit,
    continue: query.continue ?? '',
    resourceVersion,
    match: (query.resourceVersionMatch ?? '') as ListOptions['match'],
    sendInitialEvents: query.sendInitialEvents === undefined ? undefined : isTrue(query.sendInitialEvents),
  };
}
