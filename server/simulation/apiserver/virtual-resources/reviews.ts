/** The reviews of authentication.k8s.io and authorization.k8s.io: questions that are answered and not stored. */
import { authorize, rulesFor, type Attributes, type Decision } from '../authorization/rbac.ts';
import { badRequest } from '../errors.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import type { HandlerContext, VirtualResource } from '../subresources/types.ts';

interface ResourceAttributes {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

function decide(body: KubeObject, user: UserInfo, { store }: HandlerContext, namespace?: string): Decision {
  const asked: ResourceAttributes | undefined = body.spec?.resourceAttributes;
  if (!asked && !body.spec?.nonResourceAttributes) throw badRequest('spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  const attributes: Attributes = {
    verb: asked?.verb ?? body.spec.nonResourceAttributes?.verb ?? '',
    group: asked?.group ?? '',
    resource: asked?.resource ?? '',
    ...(asked?.subresource ? { subresource: asked.subresource } : {}),
    ...(namespace ?? asked?.namespace ? { namespace: namespace ?? (asked?.namespace as string) } : {}),
    ...(asked?.name ? { name: asked.name } : {}),
  };
  return authorize(store, user, attributes);
}

function answered(body: KubeObject, { allowed, reason }: Decision): KubeObject {
  return { ...body, metadata: body.metadata ?? {}, status: { allowed, ...(reason ? { reason } : {}) } };
}

/** The user that a SubjectAccessReview is about. */
function subjectOf(body: KubeObject): UserInfo {
  return { username: body.spec?.user ?? '', groups: body.spec?.groups ?? [] };
}

export const reviews: readonly VirtualResource[] = [
  { resource: 'selfsubjectaccessreviews.authorization.k8s.io', create: (body, user, context) => answered(body, decide(body, user, context)) },
  { resource: 'subjectaccessreviews.authorization.k8s.io', create: (body, _user, context) => answered(body, decide(body, subjectOf(body), context)) },
  { resource: 'localsubjectaccessreviews.authorization.k8s.io', create: (body, _user, context, namespace) => answered(body, decide(body, subjectOf(body), context, namespace)) },
  {
    resource: 'selfsubjectrulesreviews.authorization.k8s.io',
    create(body, user, { store }) {
      const rules = rulesFor(store, user, body.spec?.namespace);
      return {
        ...body,
        status: {
          incomplete: false,
          resourceRules: rules.filter((rule) => !rule.nonResourceURLs),
          nonResourceRules: rules.filter((rule) => rule.nonResourceURLs).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
        },
      };
    },
  },
  {
    resource: 'selfsubjectreviews.authentication.k8s.io',
    create: (body, user) => ({ ...body, status: { userInfo: { username: user.username, groups: user.groups } } }),
  },
];
