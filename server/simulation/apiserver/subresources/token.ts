import { rfc3339 } from '../tables/duration.ts';
import type { Subresource } from './types.ts';

const DEFAULT_SECONDS = 3600;
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

function base64Url(text: string): string {
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** `serviceaccounts/NAME/token` (TokenRequest): a token with the claims of a real one and a made-up signature. */
export const token = {
  name: 'token',
  resources: ['serviceaccounts'],
  create(info, body, { registry, kernel }) {
    const account = registry.mustGet(info.resource, info.namespace, info.name);
    const seconds: number = body.spec?.expirationSeconds ?? DEFAULT_SECONDS;
    const audiences: string[] = body.spec?.audiences?.length ? body.spec.audiences : [ISSUER];
    const issued = Math.floor(kernel.now / 1000);
    const { namespace = '', name, uid } = account.metadata;
    const claims = {
      aud: audiences,
      exp: issued + seconds,
      iat: issued,
      iss: ISSUER,
      jti: kernel.random.uuid(),
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      nbf: issued,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const signature = base64Url(kernel.random.hex(128));
    const text = `${base64Url(JSON.stringify({ alg: 'RS256', kid: 'quorum' }))}.${base64Url(JSON.stringify(claims))}.${signature}`;
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
