/** systemctl for the services that matter on a machine: kubelet and containerd. */
import type { Cluster } from '../cluster.ts';
import { failed, printed, type NodeTool, type ToolResult } from './types.ts';

const UNITS: Record<string, { description: string; dropIn?: string; documentation: string; path: string }> = {
  kubelet: { description: 'kubelet: The Kubernetes Node Agent', dropIn: '10-kubeadm.conf', documentation: 'https://kubernetes.io/docs/', path: '/usr/lib/systemd/system/kubelet.service' },
  containerd: { description: 'containerd container runtime', documentation: 'https://containerd.io', path: '/usr/lib/systemd/system/containerd.service' },
};

const CHANGES = new Set(['start', 'stop', 'restart']);

function isActive(cluster: Cluster, node: string, unit: string): boolean {
  return unit === 'kubelet' ? cluster.environment.kubeletIsUp(node) : true;
}

function status(cluster: Cluster, node: string, unit: string): ToolResult {
  const { description, dropIn, documentation, path } = UNITS[unit] as (typeof UNITS)[string];
  const active = isActive(cluster, node, unit);
  const since = unit === 'kubelet' ? cluster.kubeletSince(node) : cluster.config.startTime;
  const when = since === undefined ? '' : ` since ${new Date(since).toUTCString().slice(0, 3)} ${new Date(since).toISOString().slice(0, 19).replace('T', ' ')} UTC; ${shortDuration(cluster.now - since)} ago`;
  const text = [
    `${active ? '●' : '○'} ${unit}.service - ${description}`,
    `     Loaded: loaded (${path}; enabled; preset: enabled)`,
    ...(dropIn ? [`    Drop-In: ${path}.d`, `             └─${dropIn}`] : []),
    `     Active: ${active ? 'active (running)' : 'inactive (dead)'}${when}`,
    `       Docs: ${documentation}`,
    '',
  ].join('\n');
  return { stdout: text, stderr: '', code: active ? 0 : 3 };
}

/** `5min 3s`, as systemd words it. */
function shortDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}h ${minutes}min` : minutes > 0 ? `${minutes}min ${seconds % 60}s` : `${seconds}s`;
}

export const systemctl: NodeTool = {
  name: 'systemctl',
  summary: 'status, start, stop, restart, is-active of kubelet and containerd',
  changes: (args) => args.some((arg) => CHANGES.has(arg)),
  run(cluster, node, args) {
    const [verb, unitText] = args.filter((arg) => !arg.startsWith('-'));
    if (verb === 'daemon-reload' || ((verb === 'enable' || verb === 'disable') && unitText)) return printed('');
    if (unitText === undefined) return failed('systemctl: status, start, stop, restart and is-active of kubelet and containerd are supported');
    const unit = unitText.replace(/\.service$/, '');
    if (!UNITS[unit]) return failed(verb === 'status' ? `Unit ${unit}.service could not be found.` : `Failed to ${verb} ${unit}.service: Unit ${unit}.service not found.`, verb === 'status' ? 4 : 5);
    if (verb === 'status') return status(cluster, node, unit);
    if (verb === 'is-active') return { stdout: `${isActive(cluster, node, unit) ? 'active' : 'inactive'}\n`, stderr: '', code: isActive(cluster, node, unit) ? 0 : 3 };
    if (!CHANGES.has(verb as string)) return failed(`Unknown command verb '${verb}'.`);
    if (unit !== 'kubelet') return failed(`systemctl ${verb} ${unit} is not supported yet in Quorum`);
    if (verb !== 'start' && isActive(cluster, node, unit)) cluster.stopKubelet(node);
    if (verb !== 'stop' && !isActive(cluster, node, unit)) cluster.startKubelet(node);
    return printed('');
  },
};
