/** Services, ConfigMaps, Secrets, Ingresses and others. */
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from './errors.ts';
import { checkConfigKey, checkLabel, checkSubdomain, labelErrors } from './names.ts';
import { portRange } from './pods.ts';

type Json = Record<string, unknown>;

const SERVICE_TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_CONFIG_BYTES = 1024 * 1024;

export function serviceErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  const errors: FieldError[] = [];
  const ports = (spec.ports ?? []) as Json[];
  const headless = spec.clusterIP === 'None';
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  if (spec.type === 'ExternalName') {
    const name = ((spec.externalName ?? '') as string).replace(/\.$/, '');
    if (name === '') errors.push(required('spec.externalName'));
    else for (const problem of checkSubdomain(name)) errors.push(invalid('spec.externalName', name, problem));
  }
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    if (ports.length > 1 && !port.name) errors.push(required(`${at}.name`));
    else if (port.name) {
      for (const problem of checkLabel(port.name as string)) errors.push(invalid(`${at}.name`, port.name, problem));
      if (names.has(port.name as string)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name as string);
    }
    errors.push(...portRange(port.port, `${at}.port`));
    if (!port.protocol) errors.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(port.protocol as string)) errors.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS));
    if (typeof port.targetPort === 'number') errors.push(...portRange(port.targetPort, `${at}.targetPort`));
    if (port.nodePort && (spec.type === 'ClusterIP' || spec.type === 'ExternalName')) errors.push(forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
  });
  const keys = new Set<string>();
  ports.forEach((port, i) => {
    const key = `${port.protocol}/${port.port}`;
    if (keys.has(key)) errors.push(duplicate(`spec.ports[${i}]`, { port: port.port, protocol: port.protocol }));
    keys.add(key);
  });
  errors.push(...labelErrors(spec.selector as Record<string, string> | undefined, 'spec.selector'));
  if (!['ClientIP', 'None'].includes(spec.sessionAffinity as string)) errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity ?? '', ['ClientIP', 'None']));
  if (!SERVICE_TYPES.includes(spec.type as string)) errors.push(notSupported('spec.type', spec.type ?? '', SERVICE_TYPES));
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  return errors;
}

function dataErrors(object: Json, fields: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const field of fields) {
    const data = (object[field] ?? {}) as Record<string, string>;
    for (const key of Object.keys(data).sort()) {
      for (const problem of checkConfigKey(key)) errors.push(invalid(`${field}[${key}]`, key, problem));
      size += (data[key] as string).length;
    }
  }
  if (size > MAX_CONFIG_BYTES) errors.push({ type: 'TooLong', field: fields.length > 1 ? '' : 'data', value: '', detail: `may not be more than ${MAX_CONFIG_BYTES} bytes` });
  return errors;
}

export const configMapErrors = (object: Json): FieldError[] => dataErrors(object, ['data', 'binaryData']);

export function secretErrors(object: Json): FieldError[] {
  const errors = dataErrors(object, ['data']);
  const data = (object.data ?? {}) as Record<string, string>;
  const needed: Record<string, string[]> = { 'kubernetes.io/tls': ['tls.crt', 'tls.key'], 'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'], 'kubernetes.io/ssh-auth': ['ssh-privatekey'] };
  for (const key of needed[object.type as string] ?? []) if (data[key] === undefined) errors.push(required(`data[${key}]`));
  return errors;
}

/** What may not change once `immutable` is set. */
export function immutableErrors(object: Json, old: Json): FieldError[] {
  if (old.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (object.immutable !== true) errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
  for (const field of ['data', 'binaryData']) {
    if (JSON.stringify(object[field] ?? {}) !== JSON.stringify(old[field] ?? {})) errors.push(forbidden(field, 'field is immutable when `immutable` is set'));
  }
  return errors;
}

export function ingressErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  const errors: FieldError[] = [];
  const rules = (spec.rules ?? []) as Json[];
  if (rules.length === 0 && !spec.defaultBackend) errors.push(invalid('spec', rules, 'either `defaultBackend` or `rules` must be specified'));
  const backend = (value: Json | undefined, at: string): void => {
    const service = value?.service as Json | undefined;
    if (!value || (!service && !value.resource)) errors.push(required(at, 'cannot set both resource and service backends'));
    if (!service) return;
    if (!service.name) errors.push(required(`${at}.service.name`));
    const port = (service.port ?? {}) as Json;
    if (port.name && port.number) errors.push(invalid(`${at}.service.port`, port, 'cannot set both port name & port number'));
    else if (!port.name && !port.number) errors.push(required(`${at}.service.port`, 'port name or number is required'));
  };
  if (spec.defaultBackend) backend(spec.defaultBackend as Json, 'spec.defaultBackend');
  rules.forEach((rule, i) => {
    const host = rule.host as string | undefined;
    if (host) for (const problem of checkSubdomain(host.replace(/^\*\./, ''))) errors.push(invalid(`spec.rules[${i}].host`, host, problem));
    (((rule.http as Json | undefined)?.paths ?? []) as Json[]).forEach((path, j) => {
      const at = `spec.rules[${i}].http.paths[${j}]`;
      if (!path.pathType) errors.push(required(`${at}.pathType`, 'pathType must be specified'));
      else if (!['Exact', 'ImplementationSpecific', 'Prefix'].includes(path.pathType as string)) errors.push(notSupported(`${at}.pathType`, path.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
      if (path.pathType !== 'ImplementationSpecific' && !((path.path ?? '') as string).startsWith('/')) errors.push(invalid(`${at}.path`, path.path ?? '', 'must be an absolute path'));
      backend(path.backend as Json | undefined, `${at}.backend`);
    });
  });
  return errors;
}

export function nodeErrors(object: Json): FieldError[] {
  const taints = (((object.spec ?? {}) as Json).taints ?? []) as Json[];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  taints.forEach((taint, i) => {
    if (!['NoExecute', 'NoSchedule', 'PreferNoSchedule'].includes(taint.effect as string)) errors.push(notSupported(`metadata.taints[${i}].effect`, taint.effect ?? '', ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
    const key = `${taint.key}:${taint.effect}`;
    if (seen.has(key)) errors.push({ ...duplicate(`metadata.taints[${i}]`, taint), detail: 'taints must be unique by key and effect pair' });
    seen.add(key);
  });
  return errors;
}
