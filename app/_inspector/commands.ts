/** The kubectl command lines that are worth having at hand for an object. */
import type { ObjectRef } from '../../server/rooms/service.ts';
import { kubectlTarget, kubectlWord, namespaceFlag, split } from './kinds.ts';

export type CommandName =
  | 'get' | 'describe' | 'logs' | 'shell' | 'scale' | 'status' | 'restart' | 'history' | 'undo' | 'expose' | 'endpoints' | 'cordon' | 'uncordon' | 'drain' | 'podsOf' | 'edit' | 'delete';

export interface KubectlCommand {
  name: CommandName;
  line: string;
  /** False where somebody should look at the line, or finish it, before it runs. */
  enter: boolean;
  danger?: boolean;
}

const ROLLOUTS = new Set(['deployments.apps', 'statefulsets.apps', 'daemonsets.apps']);
const SCALED = new Set(['deployments.apps', 'statefulsets.apps', 'replicasets.apps']);

/** @param details what the row knows. */
export function commandsFor(ref: ObjectRef, details: { cordoned?: boolean; containers?: readonly string[] } = {}): KubectlCommand[] {
  const { namespace, name } = split(ref.key);
  const flag = namespaceFlag(namespace);
  const target = kubectlTarget(ref);
  const slashed = `${kubectlWord(ref.resource)}/${name}${flag}`;
  const commands: KubectlCommand[] = [
    { name: 'get', line: `kubectl get ${target} -o wide`, enter: true },
    { name: 'describe', line: `kubectl describe ${target}`, enter: true },
  ];
  if (ref.resource === 'pods') {
    const container = (details.containers?.length ?? 0) > 1 ? ` -c ${details.containers?.[0] as string}` : '';
    commands.push({ name: 'logs', line: `kubectl logs -f ${name}${flag}${container}`, enter: true }, { name: 'shell', line: `kubectl exec -it ${name}${flag}${container} -- sh`, enter: true });
  }
  if (SCALED.has(ref.resource)) commands.push({ name: 'scale', line: `kubectl scale ${slashed} --replicas=`, enter: false });
  if (ROLLOUTS.has(ref.resource)) {
    commands.push(
      { name: 'status', line: `kubectl rollout status ${slashed}`, enter: true },
      { name: 'history', line: `kubectl rollout history ${slashed}`, enter: true },
      { name: 'restart', line: `kubectl rollout restart ${slashed}`, enter: true },
      { name: 'undo', line: `kubectl rollout undo ${slashed}`, enter: false },
    );
  }
  if (ref.resource === 'services') commands.push({ name: 'endpoints', line: `kubectl get endpointslices -l kubernetes.io/service-name=${name}${flag}`, enter: true });
  if (ref.resource === 'nodes') {
    commands.push({ name: 'podsOf', line: `kubectl get pods -A -o wide --field-selector spec.nodeName=${name}`, enter: true });
    commands.push(details.cordoned ? { name: 'uncordon', line: `kubectl uncordon ${name}`, enter: true } : { name: 'cordon', line: `kubectl cordon ${name}`, enter: true });
    commands.push({ name: 'drain', line: `kubectl drain ${name} --ignore-daemonsets`, enter: false, danger: true });
  }
  commands.push({ name: 'edit', line: `kubectl edit ${target}`, enter: true }, { name: 'delete', line: `kubectl delete ${target}`, enter: false, danger: true });
  return commands;
}
