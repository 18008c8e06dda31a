/** Pods and pod templates (`pkg/apis/core/validation`). */
import { QuantityError, parseQuantity } from '../quantity.ts';
import { duplicate, forbidden, invalid, notFound, notSupported, required, type FieldError } from './errors.ts';
import { checkConfigKey, checkEnvName, checkLabel, checkPortName, checkQualifiedName, checkSubdomain } from './names.ts';

type Json = Record<string, unknown>;

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const EFFECTS = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

export function portRange(port: unknown, field: string): FieldError[] {
  return typeof port === 'number' && port >= 1 && port <= 65_535 ? [] : [invalid(field, port ?? 0, 'must be between 1 and 65535, inclusive')];
}

function portReference(port: unknown, field: string): FieldError[] {
  return typeof port === 'string' ? checkPortName(port).map((problem) => invalid(field, port, problem)) : portRange(port, field);
}

/** `requests` and `limits`. */
export function resourceErrors(resources: Json | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ['limits', 'requests']) {
    const amounts = (resources?.[kind] ?? {}) as Record<string, string>;
    for (const name of Object.keys(amounts).sort()) {
      const at = `${field}.${kind}[${name}]`;
      if (!name.includes('/') && !['cpu', 'memory', 'ephemeral-storage', 'storage'].includes(name) && !name.startsWith('hugepages-')) {
        errors.push(invalid(at, name, 'must be a standard resource type or fully qualified'), invalid(at, name, 'must be a standard resource for containers'));
      }
      try {
        const quantity = parseQuantity(amounts[name] as string);
        if (quantity.nanos < 0n) errors.push(invalid(at, amounts[name], 'must be greater than or equal to 0'));
      } catch (error) {
        if (!(error instanceof QuantityError)) throw error;
        errors.push(invalid(at, amounts[name], error.message));
      }
    }
  }
  if (errors.length === 0) {
    const limits = (resources?.limits ?? {}) as Record<string, string>;
    const requests = (resources?.requests ?? {}) as Record<string, string>;
    for (const name of Object.keys(requests).sort()) {
      const limit = limits[name];
      if (limit !== undefined && parseQuantity(requests[name] as string).compare(parseQuantity(limit)) > 0) errors.push(invalid(`${field}.requests`, requests[name], `must be less than or equal to ${name} limit of ${limit}`));
    }
  }
  return errors;
}

function probeErrors(probe: Json | undefined, field: string, kind: 'liveness' | 'readiness' | 'startup'): FieldError[] {
  if (!probe) return [];
  const errors: FieldError[] = [];
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((name) => probe[name]);
  handlers.slice(1).forEach((name) => errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 handler type')));
  const exec = probe.exec as Json | undefined;
  if (exec && list(exec.command).length === 0) errors.push(required(`${field}.exec.command`));
  const http = probe.httpGet as Json | undefined;
  if (http) {
    if (!http.path) errors.push(required(`${field}.httpGet.path`));
    errors.push(...portReference(http.port, `${field}.httpGet.port`));
    if (!['HTTP', 'HTTPS'].includes(http.scheme as string)) errors.push(notSupported(`${field}.httpGet.scheme`, http.scheme, ['HTTP', 'HTTPS']));
  }
  const tcp = probe.tcpSocket as Json | undefined;
  if (tcp) errors.push(...portReference(tcp.port, `${field}.tcpSocket.port`));
  const grpc = probe.grpc as Json | undefined;
  if (grpc) errors.push(...portRange(grpc.port, `${field}.grpc.port`));
  if (handlers.length === 0) errors.push(required(field, 'must specify a handler type'));
  for (const name of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) {
    const value = probe[name];
    if (typeof value === 'number' && value < 0) errors.push(invalid(`${field}.${name}`, value, 'must be greater than or equal to 0'));
  }
  if (kind !== 'readiness' && probe.successThreshold !== undefined && probe.successThreshold !== 1) errors.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  return errors;
}

function envErrors(container: Json, field: string): FieldError[] {
  const errors: FieldError[] = [];
  list(container.env).forEach((variable, i) => {
    const at = `${field}.env[${i}]`;
    if (!variable.name) errors.push(required(`${at}.name`));
    else for (const problem of checkEnvName(variable.name as string)) errors.push(invalid(`${at}.name`, variable.name, problem));
    const source = variable.valueFrom as Json | undefined;
    if (!source) return;
    const kinds = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'].filter((kind) => source[kind]);
    if (variable.value) errors.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    if (kinds.length === 0) errors.push(invalid(`${at}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
    if (kinds.length > 1) errors.push(invalid(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'));
    for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
      const reference = source[kind] as Json | undefined;
      if (!reference) continue;
      if (!reference.name) errors.push(required(`${at}.valueFrom.${kind}.name`));
      if (!reference.key) errors.push(required(`${at}.valueFrom.${kind}.key`));
      else for (const problem of checkConfigKey(reference.key as string)) errors.push(invalid(`${at}.valueFrom.${kind}.key`, reference.key, problem));
    }
  });
  list(container.envFrom).forEach((source, i) => {
    for (const kind of ['configMapRef', 'secretRef']) {
      const reference = source[kind] as Json | undefined;
      if (reference && !reference.name) errors.push(required(`${field}.envFrom[${i}].${kind}.name`));
    }
  });
  return errors;
}

function containerErrors(container: Json, field: string, volumes: ReadonlySet<string>, kind: 'container' | 'init'): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(required(`${field}.name`));
  else for (const problem of checkLabel(container.name as string)) errors.push(invalid(`${field}.name`, container.name, problem));
  if (!container.image) errors.push(required(`${field}.image`));
  else if ((container.image as string) !== (container.image as string).trim()) errors.push(invalid(`${field}.image`, container.image, 'must not have leading or trailing whitespace'));
  const names = new Set<string>();
  list(container.ports).forEach((port, i) => {
    const at = `${field}.ports[${i}]`;
    if (port.name) {
      const problems = checkPortName(port.name as string);
      for (const problem of problems) errors.push(invalid(`${at}.name`, port.name, problem));
      if (problems.length === 0 && names.has(port.name as string)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name as string);
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`));
    else errors.push(...portRange(port.containerPort, `${at}.containerPort`));
    if (port.hostPort) errors.push(...portRange(port.hostPort, `${at}.hostPort`));
    if (!port.protocol) errors.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(port.protocol as string)) errors.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS));
  });
  errors.push(...envErrors(container, field));
  const paths = new Set<string>();
  list(container.volumeMounts).forEach((mount, i) => {
    const at = `${field}.volumeMounts[${i}]`;
    if (!mount.name) errors.push(required(`${at}.name`));
    else if (!volumes.has(mount.name as string)) errors.push(notFound(`${at}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
    else if (paths.has(mount.mountPath as string)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath as string);
  });
  if (container.imagePullPolicy && !PULL_POLICIES.includes(container.imagePullPolicy as string)) errors.push(notSupported(`${field}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES));
  errors.push(...resourceErrors(container.resources as Json | undefined, `${field}.resources`));
  if (kind === 'init' && container.restartPolicy !== 'Always') {
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) if (container[probe]) errors.push(forbidden(`${field}.${probe}`, 'must not be set for init containers without restartPolicy=Always'));
  } else {
    errors.push(...probeErrors(container.livenessProbe as Json | undefined, `${field}.livenessProbe`, 'liveness'));
    errors.push(...probeErrors(container.readinessProbe as Json | undefined, `${field}.readinessProbe`, 'readiness'));
    errors.push(...probeErrors(container.startupProbe as Json | undefined, `${field}.startupProbe`, 'startup'));
  }
  return errors;
}

function volumeErrors(spec: Json, field: string): { errors: FieldError[]; names: Set<string> } {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  list(spec.volumes).forEach((volume, i) => {
    const at = `${field}.volumes[${i}]`;
    const sources = Object.keys(volume).filter((key) => key !== 'name' && volume[key] !== undefined);
    sources.slice(1).forEach((source) => errors.push(forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')));
    if (sources.length === 0) errors.push(required(at, 'must specify a volume type'));
    const name = (volume.name ?? '') as string;
    if (!name) errors.push(required(`${at}.name`));
    else {
      for (const problem of checkLabel(name)) errors.push(invalid(`${at}.name`, name, problem));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    }
    names.add(name);
    if ((volume.secret as Json | undefined) && !(volume.secret as Json).secretName) errors.push(required(`${at}.secret.secretName`));
    if ((volume.configMap as Json | undefined) && !(volume.configMap as Json).name) errors.push(required(`${at}.configMap.name`));
    if ((volume.hostPath as Json | undefined) && !(volume.hostPath as Json).path) errors.push(required(`${at}.hostPath.path`));
    if ((volume.persistentVolumeClaim as Json | undefined) && !(volume.persistentVolumeClaim as Json).claimName) errors.push(required(`${at}.persistentVolumeClaim.claimName`));
  });
  return { errors, names };
}

export function tolerationErrors(tolerations: unknown, field: string): FieldError[] {
  const errors: FieldError[] = [];
  list(tolerations).forEach((toleration, i) => {
    const at = `${field}[${i}]`;
    if (toleration.key) for (const problem of checkQualifiedName(toleration.key as string)) errors.push(invalid(`${at}.key`, toleration.key, problem));
    if (!toleration.key && toleration.operator !== 'Exists') errors.push(invalid(`${at}.operator`, toleration.operator ?? '', "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
    if (toleration.operator && !['Exists', 'Equal'].includes(toleration.operator as string)) errors.push(notSupported(`${at}.operator`, toleration.operator, ['Equal', 'Exists']));
    if (toleration.operator === 'Exists' && toleration.value) errors.push(invalid(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
    if (toleration.tolerationSeconds !== undefined && toleration.effect !== 'NoExecute') errors.push(invalid(`${at}.effect`, toleration.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (toleration.effect && !EFFECTS.includes(toleration.effect as string)) errors.push(notSupported(`${at}.effect`, toleration.effect, EFFECTS));
  });
  return errors;
}

/** Errors of a pod's spec. @param field `spec`, or `spec.template.spec`. */
export function podSpecErrors(spec: Json | undefined, field: string): FieldError[] {
  const value = spec ?? {};
  const { errors, names: volumes } = volumeErrors(value, field);
  const containers = list(value.containers);
  if (containers.length === 0) errors.push(required(`${field}.containers`));
  const names = new Set<string>();
  const check = (container: Json, at: string, kind: 'container' | 'init'): void => {
    errors.push(...containerErrors(container, at, volumes, kind));
    if (container.name && names.has(container.name as string)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name as string);
  };
  containers.forEach((container, i) => check(container, `${field}.containers[${i}]`, 'container'));
  list(value.initContainers).forEach((container, i) => check(container, `${field}.initContainers[${i}]`, 'init'));
  if (value.restartPolicy && !RESTART_POLICIES.includes(value.restartPolicy as string)) errors.push(notSupported(`${field}.restartPolicy`, value.restartPolicy, RESTART_POLICIES));
  if (value.dnsPolicy && !DNS_POLICIES.includes(value.dnsPolicy as string)) errors.push(notSupported(`${field}.dnsPolicy`, value.dnsPolicy, DNS_POLICIES));
  if (value.serviceAccountName) for (const problem of checkSubdomain(value.serviceAccountName as string)) errors.push(invalid(`${field}.serviceAccountName`, value.serviceAccountName, problem));
  if (value.nodeName) for (const problem of checkSubdomain(value.nodeName as string)) errors.push(invalid(`${field}.nodeName`, value.nodeName, problem));
  if (typeof value.activeDeadlineSeconds === 'number' && (value.activeDeadlineSeconds < 1 || value.activeDeadlineSeconds > 2_147_483_647)) errors.push(invalid(`${field}.activeDeadlineSeconds`, value.activeDeadlineSeconds, 'must be between 1 and 2147483647, inclusive'));
  if (value.hostname) for (const problem of checkLabel(value.hostname as string)) errors.push(invalid(`${field}.hostname`, value.hostname, problem));
  errors.push(...tolerationErrors(value.tolerations, `${field}.tolerations`));
  return errors;
}
