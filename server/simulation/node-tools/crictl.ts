/** crictl of cri-tools 1.37: what the container runtime of a machine has, whether or not the API server knows. */
import type { Cluster } from '../cluster.ts';
import type { Container, Sandbox } from '../kubelet/container-state.ts';
import { digestOf } from '../workloads/pull.ts';
import { columns, failed, humanDuration, printed, type NodeTool } from './types.ts';

const ID_LETTERS = 13;
/** crictl's tabwriter. */
const MIN_WIDTH = 20;
const PADDING = 3;

const STATES = { running: 'Running', exited: 'Exited', created: 'Created' } as const;

function short(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, ID_LETTERS);
}

/** Sandboxes have no ids of their own here; this follows from what they are. */
function sandboxId({ podUid, attempt }: Sandbox): string {
  return digestOf(`sandbox ${podUid} ${attempt}`);
}

function ago(cluster: Cluster, at: number): string {
  return `${humanDuration(cluster.now - at)} ago`;
}

export const crictl: NodeTool = {
  name: 'crictl',
  summary: 'containers, pods and images of this machine: ps [-a], pods, images, logs ID, inspect ID',
  run(cluster, node, args) {
    const runtime = cluster.pods.runtime(node);
    if (!runtime) return failed(`time="${new Date(cluster.now).toISOString().slice(0, 19)}Z" level=fatal msg="validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///run/containerd/containerd.sock\\": connection refused"`);
    const words = args.filter((arg) => !arg.startsWith('-'));
    const all = args.includes('-a') || args.includes('--all') || args.includes('-as');
    const quiet = args.includes('-q') || args.includes('--quiet');
    const nameAt = args.findIndex((arg) => arg === '--name');
    const wanted = nameAt < 0 ? undefined : args[nameAt + 1];
    const everything = [...runtime.state.sandboxes.values()].flatMap((sandbox) => runtime.containersOf(sandbox.podUid).map((container) => ({ sandbox, container })));
    const [command, id] = words.filter((word) => word !== wanted);
    switch (command) {
      case 'ps': {
        const shown = everything
          .filter(({ container }) => (all || container.state === 'running') && (wanted === undefined || container.name.includes(wanted)))
          .sort((x, y) => y.container.createdAt - x.container.createdAt);
        if (quiet) return printed(shown.map(({ container }) => `${container.id}\n`).join(''));
        const rows = shown.map(({ sandbox, container }) => [short(container.id), short(container.imageId), ago(cluster, container.createdAt), STATES[container.state], container.name, String(container.attempt), short(sandboxId(sandbox)), sandbox.name, sandbox.namespace]);
        return printed(columns([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows], MIN_WIDTH, PADDING));
      }
      case 'pods': {
        const sandboxes = [...runtime.state.sandboxes.values()].filter((sandbox) => wanted === undefined || sandbox.name.includes(wanted));
        if (quiet) return printed(sandboxes.map((sandbox) => `${sandboxId(sandbox)}\n`).join(''));
        const rows = sandboxes.map((sandbox) => [short(sandboxId(sandbox)), ago(cluster, sandbox.createdAt), sandbox.ready ? 'Ready' : 'NotReady', sandbox.name, sandbox.namespace, String(sandbox.attempt), '(default)']);
        return printed(columns([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows], MIN_WIDTH, PADDING));
      }
      case 'images':
      case 'img': {
        const rows = [...runtime.state.images.values()].map((image) => {
          const colon = image.name.lastIndexOf(':');
          return [image.name.slice(0, colon), image.name.slice(colon + 1), short(image.id), image.sizeBytes >= 1e6 ? `${(image.sizeBytes / 1e6).toPrecision(3)}MB` : `${(image.sizeBytes / 1e3).toPrecision(3)}kB`];
        });
        return printed(columns([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...rows.sort(([x], [y]) => ((x as string) < (y as string) ? -1 : 1))], MIN_WIDTH, PADDING));
      }
      case 'logs': {
        const found = find(everything.map(({ container }) => container), id);
        return typeof found === 'string' ? failed(found) : printed(found.log.map((entry) => entry.text).join(''));
      }
      case 'version':
        return printed('Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  2.2.0\nRuntimeApiVersion:  v1\n');
      default:
        return failed(command === undefined ? 'crictl: ps, pods, images, logs ID and version are supported' : `crictl ${command} is not supported yet in Quorum`);
    }
  },
};

function find(containers: readonly Container[], id: string | undefined): Container | string {
  if (id === undefined) return 'ID cannot be empty';
  const found = containers.filter((container) => container.id.startsWith(id));
  if (found.length === 0) return `E1124 remote_runtime.go "ContainerStatus from runtime service failed" err="rpc error: code = NotFound desc = an error occurred when try to find container \\"${id}\\": not found" containerID="${id}"\nFATA[0000] rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`;
  return found[0] as Container;
}
