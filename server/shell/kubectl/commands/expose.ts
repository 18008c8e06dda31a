import { DRY_RUN_FLAGS, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, throwAll } from '../framework/errors.ts';
import { NOTHING_NAMED } from '../framework/resources.ts';
import { chosen } from './change.ts';
import { finish, type Json } from './create/common.ts';

interface Exposable {
  spec?: {
    selector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] } & Record<string, unknown>;
    template?: { spec?: { containers?: { ports?: { containerPort: number; protocol?: string; name?: string }[] }[] } };
    containers?: { ports?: { containerPort: number; protocol?: string; name?: string }[] }[];
    ports?: { name?: string; port: number; protocol?: string }[];
  };
}

export const expose: KubectlCommand = {
  name: 'expose',
  summary: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  usage: '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  flags: [
    ...FILE_FLAGS, ...SELECTOR_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS,
    { name: 'cluster-ip', type: 'string' },
    { name: 'external-ip', type: 'string' },
    { name: 'field-manager', type: 'string', default: 'kubectl-expose' },
    { name: 'labels', type: 'string' },
    { name: 'load-balancer-ip', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'port', type: 'string' },
    { name: 'protocol', type: 'string' },
    { name: 'session-affinity', type: 'string' },
    { name: 'target-port', type: 'string' },
    { name: 'type', type: 'string' },
    { name: 'save-config', type: 'bool' },
  ],
  async run(kubectl) {
    if (kubectl.args.length === 0 && !kubectl.flags.given('filename')) {
      throw new KubectlError(NOTHING_NAMED);
    }
    const { flags } = kubectl;
    const selectorText = flags.string('selector');
    // Here -l is the new service's selector, not a way of choosing objects.
    const { found, errors } = await chosen(kubectl, kubectl.args, true, '');
    throwAll(errors);
    for (const { resource, object } of found) {
      const subject = object as unknown as Exposable;
      if (!['Deployment', 'ReplicaSet', 'ReplicationController', 'Service', 'Pod'].includes(resource.kind)) throw new KubectlError(`cannot expose a ${resource.kind}${resource.group ? `.${resource.group}` : ''}`);
      const name = flags.string('name') || object.metadata.name;
      const ports = portsOf(resource.kind, subject);
      const wanted = flags.string('port');
      if (!wanted && ports.length === 0) throw new KubectlError("couldn't find port via --port flag or introspection");
      const target = flags.string('target-port');
      const given = wanted ? wanted.split(',').map((text) => ({ port: Number(text), protocol: undefined as string | undefined })) : ports;
      const servicePorts = given.map(({ port, protocol }, i): Json => {
        if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new KubectlError(`invalid port: ${wanted}`);
        return {
          ...(given.length > 1 ? { name: `port-${i + 1}` } : {}),
          port,
          protocol: flags.string('protocol') || protocol || 'TCP',
          targetPort: target ? (/^\d+$/.test(target) ? Number(target) : target) : port,
        };
      });
      const labels = flags.string('labels') ? Object.fromEntries(flags.string('labels').split(',').map((part) => part.split('=') as [string, string])) : object.metadata.labels;
      const selector = selectorText ? Object.fromEntries(selectorText.split(',').map((part) => part.split('=') as [string, string])) : selectorOf(resource.kind, subject, object.metadata.labels);
      await finish(kubectl, {
        verb: 'exposed',
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { ...(labels && Object.keys(labels).length > 0 ? { labels } : {}), name },
          spec: {
            ...(flags.string('cluster-ip') ? { clusterIP: flags.string('cluster-ip') } : {}),
            ...(flags.string('external-ip') ? { externalIPs: [flags.string('external-ip')] } : {}),
            ...(flags.string('load-balancer-ip') ? { loadBalancerIP: flags.string('load-balancer-ip') } : {}),
            ports: servicePorts,
            selector,
            ...(flags.string('session-affinity') ? { sessionAffinity: flags.string('session-affinity') } : {}),
            ...(flags.string('type') ? { type: flags.string('type') } : {}),
          },
          status: { loadBalancer: {} },
        },
      });
    }
  },
};

function portsOf(kind: string, { spec }: Exposable): { port: number; protocol: string | undefined }[] {
  if (kind === 'Service') return (spec?.ports ?? []).map(({ port, protocol }) => ({ port, protocol }));
  const containers = (kind === 'Pod' ? spec?.containers : spec?.template?.spec?.containers) ?? [];
  return containers.flatMap((container) => (container.ports ?? []).map(({ containerPort, protocol }) => ({ port: containerPort, protocol })));
}

function selectorOf(kind: string, { spec }: Exposable, labels: Record<string, string> | undefined): Record<string, string> {
  if (kind === 'Pod') {
    if (!labels || Object.keys(labels).length === 0) throw new KubectlError("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed");
    return labels;
  }
  if (kind === 'Service') {
    const selector = spec?.selector as Record<string, string> | undefined;
    if (!selector || Object.keys(selector).length === 0) throw new KubectlError("couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set");
    return selector;
  }
  if (spec?.selector?.matchExpressions?.length) throw new KubectlError("couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions to map-based selector format");
  return (spec?.selector?.matchLabels ?? (spec?.selector as Record<string, string> | undefined)) ?? {};
}
