/** Containers as descriptions show them: image, ports, command, state, resources, probes, environment, mounts. */
import { parseQuantity } from '../../../simulation/apiserver/quantity.ts';
import { date, type Writer } from './writer.ts';

interface KeyReference {
  name?: string;
  key: string;
  optional?: boolean;
}

interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { apiVersion?: string; fieldPath: string };
    resourceFieldRef?: { containerName?: string; resource: string; divisor?: string };
    secretKeyRef?: KeyReference;
    configMapKeyRef?: KeyReference;
  };
}

interface Probe {
  exec?: { command?: string[] };
  httpGet?: { host?: string; path?: string; port: number | string; scheme?: string };
  tcpSocket?: { host?: string; port: number | string };
  grpc?: { port: number; service?: string };
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  env?: EnvVar[];
  envFrom?: { prefix?: string; configMapRef?: { name?: string; optional?: boolean }; secretRef?: { name?: string; optional?: boolean } }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[];
  volumeDevices?: { name: string; devicePath: string }[];
}

interface ContainerStateValue {
  running?: { startedAt?: string };
  waiting?: { reason?: string; message?: string };
  terminated?: { reason?: string; message?: string; exitCode: number; signal?: number; startedAt?: string; finishedAt?: string };
}

export interface ContainerStatus {
  name: string;
  containerID?: string;
  image?: string;
  imageID?: string;
  ready: boolean;
  restartCount: number;
  state?: ContainerStateValue;
  lastState?: ContainerStateValue;
}

/** A pod's own facts that field references in its environment may resolve to. */
export interface EnvironmentFacts {
  /** Value of a field path, when the description is of a real pod. */
  field?(path: string): string | undefined;
}

/** `Containers:` and every container. */
export function describeContainers(writer: Writer, title: string, containers: Container[], statuses: ContainerStatus[] | undefined, facts: EnvironmentFacts, indent: string): void {
  if (containers.length === 0) return writer.raw(`${indent}${title}: <none>\n`);
  writer.raw(`${indent}${title}:\n`);
  const nameIndent = indent === '' ? '  ' : `${indent} `;
  for (const container of containers) {
    const status = statuses?.find((candidate) => candidate.name === container.name);
    writer.raw(`${nameIndent}${container.name}:\n`);
    basics(writer, container, status);
    command(writer, container);
    if (statuses !== undefined) state(writer, status);
    resources(writer, container.resources);
    probes(writer, container);
    environmentFrom(writer, container);
    environment(writer, container, facts);
    mounts(writer, container);
  }
}

function basics(writer: Writer, container: Container, status: ContainerStatus | undefined): void {
  if (status) writer.line(2, `Container ID:\t${status.containerID ?? ''}`);
  writer.line(2, `Image:\t${container.image ?? ''}`);
  if (status) writer.line(2, `Image ID:\t${status.imageID ?? ''}`);
  const ports = container.ports ?? [];
  const named = (port: number, protocol: string | undefined, name: string | undefined): string => `${port}/${protocol ?? 'TCP'}${name ? ` (${name})` : ''}`;
  const plural = ports.length > 1 ? 's' : '';
  writer.line(2, `Port${plural}:\t${ports.map((port) => named(port.containerPort, port.protocol, port.name)).join(', ') || '<none>'}`);
  writer.line(2, `Host Port${plural}:\t${ports.map((port) => named(port.hostPort ?? 0, port.protocol, port.name)).join(', ') || '<none>'}`);
}

function command(writer: Writer, container: Container): void {
  for (const [title, words] of [['Command', container.command], ['Args', container.args]] as const) {
    if (!words?.length) continue;
    writer.line(2, `${title}:`);
    for (const word of words) for (const line of word.split('\n')) writer.line(3, line);
  }
}

function state(writer: Writer, status: ContainerStatus | undefined): void {
  if (!status) return;
  oneState(writer, 'State', status.state);
  if (status.lastState?.terminated) oneState(writer, 'Last State', status.lastState);
  writer.line(2, `Ready:\t${status.ready ? 'True' : 'False'}`);
  writer.line(2, `Restart Count:\t${status.restartCount}`);
}

function oneState(writer: Writer, title: string, value: ContainerStateValue | undefined): void {
  if (value?.running) {
    writer.line(2, `${title}:\tRunning`);
    writer.line(3, `Started:\t${date(value.running.startedAt)}`);
  } else if (value?.terminated) {
    const ended = value.terminated;
    writer.line(2, `${title}:\tTerminated`);
    if (ended.reason) writer.line(3, `Reason:\t${ended.reason}`);
    if (ended.message) writer.line(3, `Message:\t${ended.message}`);
    writer.line(3, `Exit Code:\t${ended.exitCode}`);
    if (ended.signal) writer.line(3, `Signal:\t${ended.signal}`);
    writer.line(3, `Started:\t${date(ended.startedAt)}`);
    writer.line(3, `Finished:\t${date(ended.finishedAt)}`);
  } else {
    writer.line(2, `${title}:\tWaiting`);
    if (value?.waiting?.reason) writer.line(3, `Reason:\t${value.waiting.reason}`);
  }
}

function resources(writer: Writer, given: Container['resources']): void {
  for (const [title, list] of [['Limits', given?.limits], ['Requests', given?.requests]] as const) {
    const names = Object.keys(list ?? {}).sort();
    if (names.length === 0) continue;
    writer.line(2, `${title}:`);
    for (const name of names) writer.line(3, `${name}:\t${(list as Record<string, string>)[name]}`);
  }
}

function probes(writer: Writer, container: Container): void {
  for (const [title, probe] of [['Liveness', container.livenessProbe], ['Readiness', container.readinessProbe], ['Startup', container.startupProbe]] as const) {
    if (probe) writer.line(2, `${title}:\t${describeProbe(probe)}`);
  }
}

/** `http-get http://:80/ delay=0s timeout=1s period=5s successThreshold=1 failureThreshold=3`. */
function describeProbe(probe: Probe): string {
  const times = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s successThreshold=${probe.successThreshold ?? 0} failureThreshold=${probe.failureThreshold ?? 0}`;
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${times}`;
  if (probe.httpGet) {
    const { host = '', path = '', port, scheme = 'HTTP' } = probe.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') || path === '' ? path : `/${path}`} ${times}`;
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${times}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${times}`;
  return `unknown ${times}`;
}

function environmentFrom(writer: Writer, container: Container): void {
  if (!container.envFrom?.length) return;
  writer.line(2, 'Environment Variables from:');
  for (const source of container.envFrom) {
    const kind = source.configMapRef ? 'ConfigMap' : 'Secret';
    const reference = source.configMapRef ?? source.secretRef;
    const prefix = source.prefix ? ` with prefix '${source.prefix}'` : '';
    writer.line(3, `${reference?.name ?? ''}\t${kind}${prefix}\tOptional: ${reference?.optional ?? false}`);
  }
}

function environment(writer: Writer, container: Container, facts: EnvironmentFacts): void {
  if (!container.env?.length) return writer.line(2, 'Environment:\t<none>');
  writer.line(2, 'Environment:');
  for (const { name, value, valueFrom } of container.env) {
    if (!valueFrom) {
      (value ?? '').split('\n').forEach((line, i) => (i === 0 ? writer.line(3, `${name}:\t${line}`) : writer.line(3, `\t${line}`)));
      continue;
    }
    if (valueFrom.fieldRef) writer.line(3, `${name}:\t${facts.field?.(valueFrom.fieldRef.fieldPath) ?? ''} (${valueFrom.fieldRef.apiVersion ?? 'v1'}:${valueFrom.fieldRef.fieldPath})`);
    else if (valueFrom.resourceFieldRef) {
      const { resource, divisor } = valueFrom.resourceFieldRef;
      const [list, unit] = resource.split('.') as [string, string];
      const amount = (list === 'limits' ? container.resources?.limits : container.resources?.requests)?.[unit] ?? '0';
      const part = divisor && divisor !== '0' ? parseQuantity(divisor).milliValue() : 1_000;
      const parts = Math.ceil(parseQuantity(amount).milliValue() / part);
      writer.line(3, `${name}:\t${parts === 0 && /^limits\.(cpu|memory)$/.test(resource) ? 'node allocatable' : parts} (${resource})`);
    } else if (valueFrom.secretKeyRef) {
      const { key, name: secret, optional } = valueFrom.secretKeyRef;
      writer.line(3, `${name}:\t<set to the key '${key}' in secret '${secret ?? ''}'>\tOptional: ${optional ?? false}`);
    } else if (valueFrom.configMapKeyRef) {
      const { key, name: map, optional } = valueFrom.configMapKeyRef;
      writer.line(3, `${name}:\t<set to the key '${key}' of config map '${map ?? ''}'>\tOptional: ${optional ?? false}`);
    }
  }
}

function mounts(writer: Writer, container: Container): void {
  const list = [...(container.volumeMounts ?? [])].sort((x, y) => (x.mountPath < y.mountPath ? -1 : 1));
  if (list.length === 0) writer.line(2, 'Mounts:\t<none>');
  else {
    writer.line(2, 'Mounts:');
    for (const mount of list) {
      const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path="${mount.subPath}"`] : [])];
      writer.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`);
    }
  }
  if (container.volumeDevices?.length) {
    writer.line(2, 'Devices:');
    for (const device of container.volumeDevices) writer.line(3, `${device.devicePath} from ${device.name}`);
  }
}
