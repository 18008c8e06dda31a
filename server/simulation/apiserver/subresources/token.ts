import { notFound } from '../errors.ts';
import { issueToken, ISSUER } from '../authentication/tokens.ts';
import { rfc3339 } from '../tables/duration.ts';
import { invalid, invalidError } from '../validation/errors.ts';
import type { HandlerContext, Subresource } from './types.ts';

const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;

interface BoundObject {
  kind?: string;
  name?: string;
  uid?: string;
}

/** What the token shall be good for no longer than. @throws ApiError 404 */
function boundTo({ store }: HandlerContext, namespace: string, bound: BoundObject | undefined): NonNullable<Parameters<typeof issueToken>[1]['bound']> {
  const { kind, name = '' } = bound ?? {};
  if (kind !== 'Pod' && kind !== 'Secret') return {};
  const plural = kind === 'Pod' ? 'pods' : 'secrets';
  const object = store.get(plural, `${namespace}/${name}`);
  if (!object) throw notFound({ group: '', plural }, name);
  const reference = { name, uid: object.metadata.uid };
  if (kind === 'Secret') return { secret: reference };
  const node = store.get('nodes', (object.spec as { nodeName?: string }).nodeName ?? '');
  return { pod: reference, ...(node ? { node: { name: node.metadata.name, uid: node.metadata.uid } } : {}) };
}

/** `serviceaccounts/NAME/token` (TokenRequest): a token for whoever shall act as the account. */
export const token = {
  name: 'token',
  resources: ['serviceaccounts'],
  create(info, body, context) {
    const { registry, kernel } = context;
    const account = registry.mustGet(info.resource, info.namespace, info.name);
    const { namespace = '', name } = account.metadata;
    const seconds: number = body.spec?.expirationSeconds ?? DEFAULT_SECONDS;
    const problem = seconds < SHORTEST_SECONDS ? 'may not specify a duration less than 10 minutes' : seconds > LONGEST_SECONDS ? 'may not specify a duration larger than 2^32 seconds' : undefined;
    if (problem !== undefined) throw invalidError('authentication.k8s.io', 'TokenRequest', '', [invalid('spec.expirationSeconds', seconds, problem)]);
    const audiences: string[] = body.spec?.audiences?.length ? body.spec.audiences : [ISSUER];
    const issued = Math.floor(kernel.now / 1000);
    const text = issueToken(kernel.seed, { account, issued, seconds, audiences, jti: kernel.random.uuid(), bound: boundTo(context, namespace, body.spec?.boundObjectRef) });
    return {
      status: 201,
      body: {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: { name, namespace, creationTimestamp: rfc3339(kernel.now) },
        spec: { audiences, expirationSeconds: seconds, boundObjectRef: body.spec?.boundObjectRef ?? null },
        status: { token: text, expirationTimestamp: rfc3339((issued + seconds) * 1000) },
      },
    };
  },
} satisfies Subresource;
