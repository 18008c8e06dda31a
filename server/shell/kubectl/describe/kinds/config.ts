/** Descriptions of ConfigMap, Secret, ServiceAccount, Namespace and quotas. */
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';

function head(writer: Writer, object: KubeObject): void {
  writer.line(0, `Name:\t${object.metadata.name}`);
  if (object.metadata.namespace) writer.line(0, `Namespace:\t${object.metadata.namespace}`);
  pairs(writer, 'Labels', object.metadata.labels);
  annotations(writer, object.metadata.annotations);
}

export const describeConfigMap: Describer = async (map, { events, now }) => {
  const writer = new Writer();
  head(writer, map);
  writer.raw('\nData\n====\n');
  const data = (map.data ?? {}) as Record<string, string>;
  for (const key of Object.keys(data).sort()) writer.raw(`${key}:\n----\n${data[key]}\n\n`);
  writer.raw('\nBinaryData\n====\n');
  const binary = (map.binaryData ?? {}) as Record<string, string>;
  for (const key of Object.keys(binary).sort()) writer.raw(`${key}: ${atob(binary[key] as string).length} bytes\n`);
  writer.raw('\n');
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describeSecret: Describer = async (secret) => {
  const writer = new Writer();
  head(writer, secret);
  writer.raw(`\nType:\t${secret.type as string}\n\nData\n====\n`);
  const data = (secret.data ?? {}) as Record<string, string>;
  for (const key of Object.keys(data).sort()) {
    const value = data[key] as string;
    if (key === 'token' && secret.type === 'kubernetes.io/service-account-token') writer.line(0, `${key}:\t${atob(value)}`);
    else writer.line(0, `${key}:\t${atob(value).length} bytes`);
  }
  return writer.toString();
};

export const describeServiceAccount: Describer = async (account, { events, now }) => {
  const writer = new Writer();
  head(writer, account);
  const names = ((account.imagePullSecrets ?? []) as { name: string }[]).map((secret) => secret.name);
  if (names.length === 0) writer.line(0, 'Image pull secrets:\t<none>');
  else names.forEach((name, i) => writer.raw(`${i === 0 ? 'Image pull secrets:' : ''}\t${name}\n`));
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describeNamespace: Describer = async (namespace, { list }) => {
  const name = namespace.metadata.name;
  const quotas = await list(`/api/v1/namespaces/${name}/resourcequotas`);
  const limits = await list(`/api/v1/namespaces/${name}/limitranges`);
  const writer = new Writer();
  head(writer, namespace);
  writer.line(0, `Status:\t${(namespace.status as { phase?: string } | undefined)?.phase ?? ''}`);
  const conditions = (namespace.status as { conditions?: { type: string; status: string; lastTransitionTime?: string; reason?: string; message?: string }[] } | undefined)?.conditions;
  if (conditions?.length) {
    writer.line(0, 'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage');
    writer.line(1, '----\t------\t------------------\t------\t-------');
    for (const condition of conditions) writer.line(1, `${condition.type}\t${condition.status}\t${date(condition.lastTransitionTime)}\t${condition.reason}\t${condition.message}`);
  }
  if (quotas.length === 0) writer.raw('\nNo resource quota.\n');
  else {
    writer.raw('\nResource Quotas\n');
    for (const quota of quotas) {
      writer.line(1, `Name:\t${quota.metadata.name}`);
      quotaScopes(writer, quota, 1, '* ');
      quotaRows(writer, quota, 1, '---');
    }
  }
  if (limits.length === 0) writer.raw('\nNo LimitRange resource.\n');
  else {
    writer.raw('\nResource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
    for (const limit of limits) limitRows(writer, limit, ' ');
  }
  return writer.toString();
};

/** What the scopes of a quota mean; those of priority and platform are left to speak for themselves. */
const SCOPE_MEANINGS: Record<string, string> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating: 'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function quotaScopes(writer: Writer, quota: KubeObject, level: number, bullet: string): void {
  const scopes = [...((quota.spec as { scopes?: string[] } | undefined)?.scopes ?? [])].sort();
  if (scopes.length === 0) return;
  writer.line(level, `Scopes:\t${scopes.join(', ')}`);
  for (const scope of scopes) if (SCOPE_MEANINGS[scope]) writer.line(level, `${bullet}${SCOPE_MEANINGS[scope]}`);
}

/** @param rule what stands below a title of four letters: a namespace's table has another than the quota's own. */
function quotaRows(writer: Writer, quota: KubeObject, level: number, rule: string): void {
  const status = (quota.status ?? {}) as { hard?: Record<string, string>; used?: Record<string, string> };
  writer.line(level, 'Resource\tUsed\tHard');
  writer.line(level, `--------\t${rule}\t${rule}`);
  for (const name of Object.keys(status.hard ?? {}).sort()) writer.line(level, `${name}\t${status.used?.[name] ?? '0'}\t${status.hard?.[name]}`);
}

function limitRows(writer: Writer, limit: KubeObject, indent: string): void {
  for (const item of (limit.spec as { limits?: Record<string, Record<string, string>>[] }).limits ?? []) {
    const names = new Set(['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].flatMap((field) => Object.keys(item[field] ?? {})));
    for (const name of [...names].sort()) {
      const cell = (field: string): string => item[field]?.[name] ?? '-';
      writer.raw(`${indent}${String(item.type)}\t${name}\t${cell('min')}\t${cell('max')}\t${cell('defaultRequest')}\t${cell('default')}\t${cell('maxLimitRequestRatio')}\n`);
    }
  }
}

export const describeResourceQuota: Describer = async (quota) => {
  const writer = new Writer();
  writer.line(0, `Name:\t${quota.metadata.name}`);
  writer.line(0, `Namespace:\t${quota.metadata.namespace}`);
  quotaScopes(writer, quota, 0, ' * ');
  quotaRows(writer, quota, 0, '----');
  return writer.toString();
};

export const describeLimitRange: Describer = async (limit) => {
  const writer = new Writer();
  writer.line(0, `Name:\t${limit.metadata.name}`);
  writer.line(0, `Namespace:\t${limit.metadata.namespace}`);
  writer.raw('Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  limitRows(writer, limit, '');
  return writer.toString();
};
