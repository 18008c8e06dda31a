/** What the API server warns of in a pod or pod template (`pkg/api/pod/warnings.go`). */
import { parseQuantity } from '../quantity.ts';

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
  ports?: { name?: string; containerPort: number; protocol?: string; hostPort?: number; hostIP?: string }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
}

interface PodSpec {
  nodeSelector?: Record<string, string>;
  containers?: Container[];
  initContainers?: Container[];
  terminationGracePeriodSeconds?: number;
  hostAliases?: { ip?: string }[];
  imagePullSecrets?: { name?: string }[];
  overhead?: Record<string, string>;
}

/** Node labels that have a newer name. */
const RENAMED_LABELS: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};
const BYTES = ['memory', 'ephemeral-storage'];

function environment(container: Container, path: string): string[] {
  const first = new Map<string, string | undefined>();
  const found: string[] = [];
  (container.env ?? []).forEach((variable, index) => {
    if (!first.has(variable.name)) {
      first.set(variable.name, variable.value);
      return;
    }
    // A later definition that builds on the earlier one is meant.
    if (!variable.value?.includes(`$(${variable.name})`)) found.push(`${path}.env[${index}]: hides previous definition of "${variable.name}", which may be dropped when using apply`);
  });
  return found;
}

function ports(container: Container, path: string): string[] {
  const found: string[] = [];
  const seen = new Map<string, number>();
  (container.ports ?? []).forEach((port, index) => {
    const key = `${port.protocol ?? 'TCP'}/${port.containerPort}/${port.hostIP ?? ''}/${port.hostPort ?? 0}`;
    const other = seen.get(key);
    if (other !== undefined) found.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${other}]`);
    else seen.set(key, index);
  });
  return found;
}

function fractions(container: Container, path: string): string[] {
  const found: string[] = [];
  for (const kind of ['limits', 'requests'] as const) {
    const list = container.resources?.[kind] ?? {};
    for (const name of BYTES) {
      const text = list[name];
      if (text !== undefined && parseQuantity(text).nanos % 1_000_000_000n !== 0n) {
        found.push(`${path}.resources.${kind}[${name}]: fractional byte value "${text}" is invalid, must be an integer`);
      }
    }
  }
  return found;
}

/** @param path of the pod spec, such as `spec` or `spec.template.spec`. */
export function podSpecWarnings(spec: PodSpec | undefined, path: string): string[] {
  if (!spec) return [];
  const found: string[] = [];
  for (const [label, problem] of Object.entries(RENAMED_LABELS)) {
    if (spec.nodeSelector && label in spec.nodeSelector) found.push(`${path}.nodeSelector[${label}]: ${problem}`);
  }
  (spec.imagePullSecrets ?? []).forEach((secret, index) => {
    if (!secret.name) found.push(`${path}.imagePullSecrets[${index}].name: invalid empty name "${secret.name ?? ''}"`);
  });
  for (const list of ['initContainers', 'containers'] as const) {
    (spec[list] ?? []).forEach((container, index) => {
      const place = `${path}.${list}[${index}]`;
      found.push(...fractions(container, place), ...environment(container, place), ...ports(container, place));
    });
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) found.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  return found;
}
