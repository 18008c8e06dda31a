/** The environment of a container (`kubelet_pods.makeEnvironmentVariables`) and `$(VAR)` expansion. */
import { parseQuantity } from '../apiserver/quantity.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { podField } from './files.ts';
import { decodeValue, type ReadObject } from './volumes.ts';

interface KeySelector {
  name?: string;
  key: string;
  optional?: boolean;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    resourceFieldRef?: { containerName?: string; resource: string; divisor?: string };
    configMapKeyRef?: KeySelector;
    secretKeyRef?: KeySelector;
  };
}

export interface EnvFrom {
  prefix?: string;
  configMapRef?: { name?: string; optional?: boolean };
  secretRef?: { name?: string; optional?: boolean };
}

interface ContainerLike {
  name: string;
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
}

/** Why a container's configuration cannot be made: CreateContainerConfigError with this message. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

export interface EnvironmentSources {
  pod: KubeObject;
  read: ReadObject;
  hostIP: string;
  podIP: string;
  services: Record<string, string>;
  nodeMilliCpu: number;
  nodeMemoryBytes: number;
}

/**
 * Replaces `$(NAME)` by its value; `$$` is a dollar sign, unknown names stay as they are
 * (`k8s.io/kubernetes/third_party/forked/golang/expansion`).
 */
export function expand(text: string, value: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return value(name) ?? whole;
  });
}

/** @returns the variables of the container's spec, or undefined when it names none. @throws ContainerConfigError */
export function containerVariables(container: ContainerLike, sources: EnvironmentSources): Record<string, string> | undefined {
  if (!container.env?.length && !container.envFrom?.length) return undefined;
  const result: Record<string, string> = {};
  for (const from of container.envFrom ?? []) addAll(result, from, sources);
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom ? fromSource(variable.valueFrom, container, sources) : expand(variable.value ?? '', (name) => result[name] ?? sources.services[name]);
    if (value !== undefined) result[variable.name] = value;
  }
  return result;
}

function addAll(result: Record<string, string>, from: EnvFrom, { read }: EnvironmentSources): void {
  const [resource, reference] = from.configMapRef ? (['configmaps', from.configMapRef] as const) : (['secrets', from.secretRef ?? {}] as const);
  const name = reference.name ?? '';
  const object = read(resource, name);
  if (!object) {
    if (reference.optional) return;
    throw new ContainerConfigError(`${resource.slice(0, -1)} "${name}" not found`);
  }
  for (const key of Object.keys((object.data as object | undefined) ?? {}).sort()) result[(from.prefix ?? '') + key] = decodeValue(object, key) ?? '';
}

function fromSource(from: NonNullable<EnvVar['valueFrom']>, container: ContainerLike, sources: EnvironmentSources): string | undefined {
  if (from.fieldRef) {
    const { pod, hostIP, podIP } = sources;
    return podField(pod, from.fieldRef.fieldPath, { nodeName: (pod.spec as { nodeName: string }).nodeName, hostIP, podIP });
  }
  if (from.resourceFieldRef) return resourceField(from.resourceFieldRef, container, sources);
  const [resource, kind, selector] = from.configMapKeyRef ? (['configmaps', 'ConfigMap', from.configMapKeyRef] as const) : (['secrets', 'Secret', from.secretKeyRef as KeySelector] as const);
  const name = selector.name ?? '';
  const object = sources.read(resource, name);
  if (!object) {
    if (selector.optional) return undefined;
    throw new ContainerConfigError(`${resource.slice(0, -1)} "${name}" not found`);
  }
  const value = decodeValue(object, selector.key);
  if (value === undefined && !selector.optional) throw new ContainerConfigError(`couldn't find key ${selector.key} in ${kind} ${sources.pod.metadata.namespace}/${name}`);
  return value;
}

/** `resource.ExtractContainerResourceValue`: rounded up to the divisor; a missing limit is what the node can give. */
export function resourceField(reference: { containerName?: string; resource: string; divisor?: string }, container: ContainerLike | undefined, sources: Pick<EnvironmentSources, 'pod' | 'nodeMilliCpu' | 'nodeMemoryBytes'>): string {
  const spec = sources.pod.spec as { containers: ContainerLike[]; initContainers?: ContainerLike[] };
  const named = reference.containerName ? [...spec.containers, ...(spec.initContainers ?? [])].find((candidate) => candidate.name === reference.containerName) : container;
  const [group, resource] = reference.resource.split('.') as ['limits' | 'requests', string];
  const text = named?.resources?.[group]?.[resource];
  const divisor = reference.divisor && reference.divisor !== '0' ? parseQuantity(reference.divisor).milliValue() : 1_000;
  let milli: number;
  if (text !== undefined) milli = parseQuantity(String(text)).milliValue();
  else if (group === 'requests') milli = 0;
  else milli = resource === 'cpu' ? sources.nodeMilliCpu : resource === 'memory' ? sources.nodeMemoryBytes * 1_000 : 0;
  return String(Math.ceil(milli / divisor));
}

interface ServiceSpec {
  clusterIP?: string;
  ports?: { name?: string; port: number; protocol?: string }[];
}

/** Variables of the services that a pod of a namespace sees (`pkg/kubelet/envvars.FromServices`). */
export function serviceVariables(services: Iterable<KubeObject>, namespace: string, links: boolean): Record<string, string> {
  const result: Record<string, string> = {};
  for (const service of services) {
    const master = service.metadata.namespace === 'default' && service.metadata.name === 'kubernetes';
    if (!master && !(links && service.metadata.namespace === namespace)) continue;
    const spec = service.spec as ServiceSpec;
    if (!spec.clusterIP || spec.clusterIP === 'None') continue;
    const prefix = service.metadata.name.replaceAll('-', '_').toUpperCase();
    const ports = spec.ports ?? [];
    result[`${prefix}_SERVICE_HOST`] = spec.clusterIP;
    if (ports[0]) result[`${prefix}_SERVICE_PORT`] = String(ports[0].port);
    for (const port of ports) if (port.name) result[`${prefix}_SERVICE_PORT_${port.name.replaceAll('-', '_').toUpperCase()}`] = String(port.port);
    ports.forEach((port, index) => {
      const protocol = (port.protocol ?? 'TCP').toLowerCase();
      const url = `${protocol}://${spec.clusterIP}:${port.port}`;
      if (index === 0) result[`${prefix}_PORT`] = url;
      const portPrefix = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
      result[portPrefix] = url;
      result[`${portPrefix}_PROTO`] = protocol;
      result[`${portPrefix}_PORT`] = String(port.port);
      result[`${portPrefix}_ADDR`] = spec.clusterIP as string;
    });
  }
  return result;
}
