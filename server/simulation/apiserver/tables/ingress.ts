import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE, loadBalancerAddresses } from './format.ts';
import type { Printer } from './types.ts';

const MAX_HOSTS = 3;

function hosts(object: KubeObject): string {
  const rules: { host?: string }[] = object.spec?.rules ?? [];
  const list: string[] = [];
  let more = false;
  for (const rule of rules) {
    if (list.length === MAX_HOSTS) more = true;
    if (!more && rule.host) list.push(rule.host);
  }
  if (list.length === 0) return '*';
  return more ? `${list.join(',')} + ${rules.length - MAX_HOSTS} more...` : list.join(',');
}

export const ingress = {
  kind: 'Ingress',
  group: 'networking.k8s.io',
  cells: (object, now) => [
    object.metadata.name,
    object.spec?.ingressClassName ?? NONE,
    hosts(object),
    loadBalancerAddresses(object.status?.loadBalancer),
    (object.spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    age(object.metadata.creationTimestamp, now),
  ],
} satisfies Printer;
