/** Environment variables of containers as `kubectl set env` changes and lists them. */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { parseQuantity } from '../../../simulation/apiserver/quantity.ts';
import type { Kubectl } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';

interface KeyReference {
  name?: string;
  key: string;
}

export interface VariableSource {
  configMapKeyRef?: KeyReference;
  secretKeyRef?: KeyReference;
  fieldRef?: { fieldPath: string };
  resourceFieldRef?: { containerName?: string; resource: string; divisor?: string };
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: VariableSource;
}

/** Variables that are set anew stay in their place; further ones follow. */
export function updatedEnvironment(present: readonly EnvVar[], set: readonly EnvVar[], remove: readonly string[]): EnvVar[] {
  const newest = new Map(set.map((variable) => [variable.name, variable]));
  const result: EnvVar[] = [];
  for (const variable of [...present, ...set]) {
    if (remove.includes(variable.name) || result.some(({ name }) => name === variable.name)) continue;
    result.push(newest.get(variable.name) ?? variable);
  }
  return result;
}

/** Where a value comes from, in words. */
export function variableSource({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: VariableSource): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name ?? ''}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `secret ${secretKeyRef.name ?? ''}, key ${secretKeyRef.key}`;
  if (fieldRef) return `field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef) return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : ''}${resourceFieldRef.resource}`;
  return 'invalid valueFrom';
}

/** The value itself, asked of the server or read from the object. @throws KubectlError, ServerError */
export async function variableValue(kubectl: Kubectl, source: VariableSource, object: KubeObject, container: { resources?: { limits?: Record<string, string>; requests?: Record<string, string> } }): Promise<string> {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = source;
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference) {
    const resource = await kubectl.client.resource(configMapKeyRef ? 'configmaps' : 'secrets');
    const data = ((await kubectl.client.get(resource, kubectl.namespace, reference.name ?? '')).data ?? {}) as Record<string, string>;
    const value = data[reference.key];
    if (value === undefined) throw new KubectlError(`key ${reference.key} not found in ${configMapKeyRef ? 'config map' : 'secret'} ${reference.name ?? ''}`);
    return configMapKeyRef ? value : atob(value);
  }
  if (fieldRef) {
    const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldRef.fieldPath);
    if (keyed) return object.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] as string] ?? '';
    const plain = /^metadata\.(name|namespace|uid)$/.exec(fieldRef.fieldPath);
    if (!plain) throw new KubectlError(`unsupported fieldPath: ${fieldRef.fieldPath}`);
    return object.metadata[plain[1] as 'name' | 'uid'];
  }
  const [list, name] = (resourceFieldRef?.resource ?? '').split('.') as ['limits' | 'requests', string];
  if (!resourceFieldRef || !name) throw new KubectlError('invalid valueFrom');
  const divisor = resourceFieldRef.divisor && resourceFieldRef.divisor !== '0' ? parseQuantity(resourceFieldRef.divisor).milliValue() : 1_000;
  return String(Math.ceil(parseQuantity(container.resources?.[list]?.[name] ?? '0').milliValue() / divisor));
}
