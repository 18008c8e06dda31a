/** The reviews of authentication.k8s.io and authorization.k8s.io: questions that are answered and not stored. */
import { authenticateToken, ISSUER } from '../authentication/tokens.ts';
import { authorize } from '../authorization/authorizer.ts';
import { rulesFor, type Decision } from '../authorization/rbac.ts';
import type { Attributes } from '../authorization/rules.ts';
import { badRequest } from '../errors.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import { invalid, invalidError, required } from '../validation/errors.ts';
import type { HandlerContext, VirtualResource } from '../subresources/types.ts';

interface AskedResource {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** What a review asks about. @throws ApiError 422 unless it is one thing. */
function attributesOf(body: KubeObject): Attributes {
  const asked: AskedResource | undefined = body.spec?.resourceAttributes;
  const path: { verb?: string; path?: string } | undefined = body.spec?.nonResourceAttributes;
  if (path && !asked) return { verb: path.verb ?? '', path: path.path ?? '' };
  if (asked && path) throw invalidError('authorization.k8s.io', body.kind, '', [invalid('spec.nonResourceAttributes', path, 'cannot be specified in combination with resourceAttributes')]);
  if (!asked) throw invalidError('authorization.k8s.io', body.kind, '', [required('spec.resourceAttributes', 'exactly one of nonResourceAttributes or resourceAttributes must be specified')]);
  return {
    verb: asked.verb ?? '',
    group: asked.group ?? '',
    resource: asked.resource ?? '',
    ...(asked.subresource ? { subresource: asked.subresource } : {}),
    ...(asked.namespace ? { namespace: asked.namespace } : {}),
    ...(asked.name ? { name: asked.name } : {}),
  };
}

function decide(body: KubeObject, user: UserInfo, { store }: HandlerContext): KubeObject {
  return answered(body, authorize(store, user, attributesOf(body)));
}

function answered(body: KubeObject, { allowed, reason }: Decision): KubeObject {
  return { ...body, metadata: body.metadata ?? {}, status: { allowed, ...(reason ? { reason } : {}) } };
}

/** The user that a SubjectAccessReview is about. @throws ApiError 422 */
function subjectOf(body: KubeObject): UserInfo {
  const { user, groups } = (body.spec ?? {}) as { user?: string; groups?: string[] };
  if (!user && !groups?.length) throw invalidError('authorization.k8s.io', body.kind, '', [required('spec.user', 'at least one of user or group must be specified')]);
  return { username: user ?? '', groups: groups ?? [] };
}

export const reviews: readonly VirtualResource[] = [
  { resource: 'selfsubjectaccessreviews.authorization.k8s.io', create: decide },
  { resource: 'subjectaccessreviews.authorization.k8s.io', create: (body, _user, context) => decide(body, subjectOf(body), context) },
  {
    resource: 'localsubjectaccessreviews.authorization.k8s.io',
    create(body, _user, context, namespace) {
      if (body.spec?.resourceAttributes?.namespace !== namespace) throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
      return decide(body, subjectOf(body), context);
    },
  },
  {
    resource: 'selfsubjectrulesreviews.authorization.k8s.io',
    create(body, user, { store }) {
      const { rules, problem } = rulesFor(store, user, body.spec?.namespace);
      return {
        ...body,
        status: {
          incomplete: problem !== '',
          resourceRules: rules.filter((rule) => rule.resources?.length).map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) })),
          nonResourceRules: rules.filter((rule) => rule.nonResourceURLs?.length).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
          ...(problem === '' ? {} : { evaluationError: problem }),
        },
      };
    },
  },
  {
    resource: 'tokenreviews.authentication.k8s.io',
    create(body, _user, { store, kernel }) {
      const { token = '', audiences } = (body.spec ?? {}) as { token?: string; audiences?: string[] };
      if (token === '') throw badRequest('token is required for TokenReview in authentication');
      const accepted = audiences?.length ? audiences : [ISSUER];
      const user = authenticateToken(store, kernel.seed, kernel.now, token, accepted);
      return { ...body, metadata: body.metadata ?? {}, status: user ? { authenticated: true, user, audiences: accepted } : { error: '[invalid bearer token, service account token is not valid]', user: {} } };
    },
  },
  { resource: 'selfsubjectreviews.authentication.k8s.io', create: (body, user) => ({ ...body, status: { userInfo: user } }) },
];
