/**
 * Tokens of service accounts: JSON web tokens with the claims of real ones, bound to their account and pod. The signature is a
 * MAC in the place and length of an RSA signature: changed tokens are refused, but nobody outside the cluster can check one.
 */
import { digest } from 'lib0/hash/sha256';
import type { Store } from '../store.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import { AUTHENTICATED, serviceAccountGroups, serviceAccountName } from './users.ts';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

const HEADER = { alg: 'RS256', kid: 'quorum' };
/** As long as those of a key of 2048 bits. */
const SIGNATURE_BYTES = 256;
const MAC_BLOCK_BYTES = 64;
/** Pods get longer tokens than they ask for, while clients that read them only once are not dead yet (`--service-account-extend-token-expiration`). */
const EXTENDED_SECONDS = 365 * 24 * 3600;
const EXTENDED_FROM_SECONDS = 3607;

interface Reference {
  name: string;
  uid: string;
}

export interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  'kubernetes.io': { namespace: string; node?: Reference; pod?: Reference; secret?: Reference; serviceaccount: Reference; warnafter?: number };
  nbf: number;
  sub: string;
}

export interface TokenRequest {
  account: KubeObject;
  /** Seconds since the Unix epoch. */
  issued: number;
  seconds: number;
  audiences: string[];
  jti: string;
  bound?: { pod?: Reference; node?: Reference; secret?: Reference };
}

/** @param seed of the cluster: its key is made from it. */
export function issueToken(seed: number, { account, issued, seconds, audiences, jti, bound = {} }: TokenRequest): string {
  const { namespace = '', name, uid } = account.metadata;
  const extended = bound.pod !== undefined && seconds === EXTENDED_FROM_SECONDS;
  const { node, pod, secret } = bound;
  const claims: Claims = {
    aud: audiences.length > 0 ? audiences : [ISSUER],
    exp: issued + (extended ? EXTENDED_SECONDS : seconds),
    iat: issued,
    iss: ISSUER,
    jti,
    'kubernetes.io': { namespace, ...(node ? { node } : {}), ...(pod ? { pod } : {}), ...(secret ? { secret } : {}), serviceaccount: { name, uid }, ...(extended ? { warnafter: issued + seconds } : {}) },
    nbf: issued,
    sub: serviceAccountName(namespace, name),
  };
  const signed = `${encode(HEADER)}.${encode(claims)}`;
  return `${signed}.${signature(seed, signed)}`;
}

/** The token in a pod's volume, as its kubelet asked for it; the same whenever it is read. */
export function podToken(store: Store, seed: number, pod: KubeObject, issuedAt: number, { audience, expirationSeconds = 3600 }: { audience?: string; expirationSeconds?: number }): string {
  const { namespace = '', name, uid } = pod.metadata;
  const { serviceAccountName: account = 'default', nodeName = '' } = pod.spec as { serviceAccountName?: string; nodeName?: string };
  const found = store.get('serviceaccounts', `${namespace}/${account}`);
  const node = store.get('nodes', nodeName);
  if (!found) return '';
  const issued = Math.floor(issuedAt / 1_000);
  return issueToken(seed, {
    account: found,
    issued,
    seconds: expirationSeconds,
    audiences: audience === undefined ? [] : [audience],
    jti: uuidOf(mac(seed, `${uid} ${issued} ${audience ?? ''}`)),
    bound: { pod: { name, uid }, ...(node ? { node: { name: nodeName, uid: node.metadata.uid } } : {}) },
  });
}

/**
 * Who a token makes its bearer; undefined when it is none of this cluster's, or no longer good.
 * @param now virtual time, ms.
 */
export function authenticateToken(store: Store, seed: number, now: number, token: string, audiences: readonly string[] = [ISSUER]): UserInfo | undefined {
  const [header = '', payload = '', given, ...more] = token.split('.');
  if (given === undefined || more.length > 0 || given !== signature(seed, `${header}.${payload}`)) return undefined;
  const claims = JSON.parse(decode(payload)) as Claims;
  const second = now / 1_000;
  if (claims.iss !== ISSUER || claims.nbf > second + 1 || claims.exp <= second || !claims.aud.some((audience) => audiences.includes(audience))) return undefined;
  const { namespace, serviceaccount, pod, node, secret } = claims['kubernetes.io'];
  const exists = (resource: string, reference: Reference | undefined): boolean => reference === undefined || store.get(resource, `${namespace}/${reference.name}`)?.metadata.uid === reference.uid;
  if (!exists('serviceaccounts', serviceaccount) || !exists('pods', pod) || !exists('secrets', secret)) return undefined;
  const extra = (name: string, value: string | undefined): Record<string, string[]> => (value === undefined ? {} : { [`authentication.kubernetes.io/${name}`]: [value] });
  return {
    username: claims.sub,
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), AUTHENTICATED],
    extra: { ...extra('credential-id', `JTI=${claims.jti}`), ...extra('node-name', node?.name), ...extra('node-uid', node?.uid), ...extra('pod-name', pod?.name), ...extra('pod-uid', pod?.uid) },
  };
}

function signature(seed: number, text: string): string {
  const first = mac(seed, text);
  const bytes = new Uint8Array(SIGNATURE_BYTES);
  bytes.set(first);
  for (let at = first.length; at < SIGNATURE_BYTES; at += first.length) bytes.set(digest(bytes.subarray(at - first.length, at)), at);
  return base64Url(String.fromCharCode(...bytes));
}

/** HMAC-SHA256 (RFC 2104) with the cluster's key. */
function mac(seed: number, text: string): Uint8Array {
  const utf8 = new TextEncoder();
  const key = new Uint8Array(MAC_BLOCK_BYTES);
  key.set(digest(utf8.encode(`service account key of ${seed}`)));
  const padded = (pad: number, message: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(MAC_BLOCK_BYTES + message.length);
    bytes.set(key.map((byte) => byte ^ pad));
    bytes.set(message, MAC_BLOCK_BYTES);
    return digest(bytes);
  };
  return padded(0x5c, padded(0x36, utf8.encode(text)));
}

function uuidOf(bytes: Uint8Array): string {
  const hex = [...bytes.subarray(0, 16)].map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function base64Url(binary: string): string {
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Names may be any text; a token carries its bytes. */
function encode(value: unknown): string {
  return base64Url(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))));
}

function decode(part: string): string {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
