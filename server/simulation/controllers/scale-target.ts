/** What can be scaled: workloads, and custom resources whose definition has a scale subresource (`k8s.io/client-go/scale`). */
import type { Client } from '../apiserver/client.ts';
import { customScaleOf, withReplicas } from '../apiserver/custom-resources/scale.ts';
import { DEFINITIONS, isTrueOf, specOf, type DefinitionStatus } from '../apiserver/custom-resources/types.ts';
import { parseLabelSelector, SelectorError, type LabelSelector, type LabelSelectorRequirement, type Requirement } from '../apiserver/selectors.ts';
import type { KubeObject } from '../apiserver/types.ts';

/** Workloads: kind and group → resource. */
const WORKLOADS: Record<string, string> = {
  'Deployment.apps': 'deployments.apps',
  'ReplicaSet.apps': 'replicasets.apps',
  'StatefulSet.apps': 'statefulsets.apps',
  'ReplicationController.': 'replicationcontrollers',
};

export interface TargetReference {
  apiVersion?: string;
  kind: string;
  name: string;
}

/** One thing that can be scaled, as its scale shows it. */
export interface ScaleTarget {
  object: KubeObject;
  replicas: number;
  /** Undefined when it selects nothing. */
  selector: LabelSelector | undefined;
  /** @throws ApiError */
  scaleTo(replicas: number): void;
}

/** A kind that can be scaled. */
interface Scalable {
  resource: string;
  replicasOf(object: KubeObject): number;
  selectorOf(object: KubeObject): LabelSelector | undefined;
  scaled(object: KubeObject, replicas: number): KubeObject;
}

/** The target of a reference, or why it cannot be had. */
export function scaleTarget(client: Client, namespace: string | undefined, reference: TargetReference): ScaleTarget | { problem: string } {
  const group = reference.apiVersion?.includes('/') ? (reference.apiVersion.split('/')[0] as string) : '';
  const scalable = workload(reference.kind, group) ?? custom(client, reference, group);
  if ('problem' in scalable) return scalable;
  const { resource } = scalable;
  const object = client.get(resource, namespace, reference.name);
  if (!object) return { problem: `${resource.replace(/\.|$/, '/scale$&')} "${reference.name}" not found` };
  return {
    object,
    replicas: scalable.replicasOf(object),
    selector: scalable.selectorOf(object),
    scaleTo: (replicas) => void client.patch(resource, object.metadata.namespace, object.metadata.name, (current) => scalable.scaled(current, replicas)),
  };
}

function workload(kind: string, group: string): Scalable | undefined {
  const resource = WORKLOADS[`${kind}.${group}`];
  if (resource === undefined) return undefined;
  return {
    resource,
    replicasOf: (object) => (object.spec as { replicas?: number }).replicas ?? 0,
    selectorOf(object) {
      const { selector } = object.spec as { selector?: LabelSelector | Record<string, string> };
      if (!selector || Object.keys(selector).length === 0) return undefined;
      return object.kind === 'ReplicationController' ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector);
    },
    scaled: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  };
}

function custom(client: Client, { kind, apiVersion = '' }: TargetReference, group: string): Scalable | { problem: string } {
  const definition = client.list(DEFINITIONS).find((candidate) => specOf(candidate).group === group && (candidate.status as DefinitionStatus).acceptedNames.kind === kind && isTrueOf(candidate, 'Established'));
  if (!definition) return { problem: `no matches for kind "${kind}" in group "${group}"` };
  const scale = specOf(definition).versions.find(({ name, served }) => served && name === apiVersion.split('/')[1])?.subresources?.scale;
  if (!scale) return { problem: 'the server could not find the requested resource' };
  return {
    resource: definition.metadata.name,
    replicasOf: (object) => customScaleOf(scale, object).specReplicas ?? 0,
    selectorOf: (object) => fromText(customScaleOf(scale, object).selector),
    scaled: (object, replicas) => withReplicas(scale, object, replicas),
  };
}

/** A selector that is kept as text. Comparisons of numbers, which a LabelSelector has not, select nothing. */
function fromText(text: string): LabelSelector | undefined {
  if (text === '') return undefined;
  try {
    const requirements = parseLabelSelector(text);
    const operators = requirements.map(({ operator }) => OPERATORS[operator]);
    if (operators.includes(undefined)) return undefined;
    return {
      matchLabels: Object.fromEntries(requirements.filter(isEquality).map(({ key, values }) => [key, values[0] as string])),
      matchExpressions: requirements.filter((requirement) => !isEquality(requirement)).map(({ key, operator, values }) => ({ key, operator: OPERATORS[operator] as LabelSelectorRequirement['operator'], values })),
    };
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return undefined;
  }
}

const OPERATORS: Partial<Record<Requirement['operator'], LabelSelectorRequirement['operator']>> = { '=': 'In', '==': 'In', '!=': 'NotIn', in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' };

const isEquality = ({ operator }: Requirement): boolean => operator === '=' || operator === '==';
