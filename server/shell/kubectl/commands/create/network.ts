import type { Kubectl, KubectlCommand } from '../../framework/command.ts';
import { KubectlError } from '../../framework/errors.ts';
import { CREATE_FLAGS, finish, nameOf, type Json } from './common.ts';

/** `80:8080`, `80:http`, `80`. @throws KubectlError */
function portOf(text: string): Json {
  const [portText = '', targetText] = text.split(':');
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new KubectlError(`invalid port number: ${portText}`);
  const target = targetText === undefined || targetText === '' ? port : /^\d+$/.test(targetText) ? Number(targetText) : targetText;
  return { name: text.replace(':', '-'), port, protocol: 'TCP', targetPort: target };
}

function service(name: string, type: string, summary: string, title: string): KubectlCommand {
  return {
    name,
    summary,
    usage: type === 'ExternalName' ? 'NAME --external-name external.name [--dry-run=server|client|none]' : 'NAME --tcp=port:targetPort [--dry-run=server|client|none]',
    flags: [...CREATE_FLAGS, { name: 'tcp', type: 'list' }, { name: 'clusterip', type: 'string' }, { name: 'node-port', type: 'int' }, { name: 'external-name', type: 'string', ...(type === 'ExternalName' ? { required: true } : {}) }],
    run: (kubectl: Kubectl) => {
      const { flags } = kubectl;
      const objectName = nameOf(kubectl);
      const clusterIP = flags.string('clusterip');
      const ports = flags.list('tcp').map(portOf);
      if (ports.length === 0 && type !== 'ExternalName' && clusterIP !== 'None') throw new KubectlError('at least one tcp port specifier must be provided');
      const nodePort = flags.int('node-port');
      if (nodePort !== 0) for (const port of ports) port.nodePort = nodePort;
      const labels = { app: objectName };
      return finish(kubectl, {
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { labels, name: objectName },
          spec: {
            ...(clusterIP ? { clusterIP } : {}),
            ...(type === 'ExternalName' ? { externalName: flags.string('external-name') } : {}),
            ...(ports.length > 0 ? { ports } : {}),
            selector: labels,
            type,
          },
          status: { loadBalancer: {} },
        },
        failure: `failed to create ${title} service: `,
      });
    },
  };
}

export const createService: KubectlCommand = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a service using a specified subcommand',
  subcommands: [
    service('clusterip', 'ClusterIP', 'Create a ClusterIP service', 'ClusterIP'),
    service('externalname', 'ExternalName', 'Create an ExternalName service', 'ExternalName'),
    service('loadbalancer', 'LoadBalancer', 'Create a LoadBalancer service', 'LoadBalancer'),
    service('nodeport', 'NodePort', 'Create a NodePort service', 'NodePort'),
  ],
};

interface Rule {
  host: string;
  path: string;
  type: string;
  service: string;
  port: string;
  tls: string | undefined;
}

/** `foo.com/bar*=svc:8080,tls=cert`. @throws KubectlError */
function ruleOf(text: string): Rule {
  const match = /^([^/]*)(\/[^=]*)=([^:,]+):([^,]+)(?:,tls(?:=(.*))?)?$/.exec(text);
  if (!match) throw new KubectlError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = '', rawPath = '', serviceName = '', port = ''] = match;
  const prefix = rawPath.endsWith('*');
  return { host, path: prefix ? rawPath.slice(0, -1) || '/' : rawPath, type: prefix ? 'Prefix' : 'Exact', service: serviceName, port, tls: text.includes(',tls') ? (match[5] ?? '') : undefined };
}

function backend(name: string, port: string): Json {
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

export const createIngress: KubectlCommand = {
  name: 'ingress',
  aliases: ['ing'],
  summary: 'Create an ingress with the specified name',
  usage: 'NAME --rule=host/path=service:port[,tls[=secret]] ',
  flags: [...CREATE_FLAGS, { name: 'rule', type: 'array' }, { name: 'class', type: 'string' }, { name: 'default-backend', type: 'string' }, { name: 'annotation', type: 'array' }],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const { flags } = kubectl;
    const rules = flags.list('rule').map(ruleOf);
    const fallback = flags.string('default-backend');
    if (rules.length === 0 && !fallback) throw new KubectlError('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)');
    const hosts = new Map<string, Json[]>();
    const tls = new Map<string, string[]>();
    for (const rule of rules) {
      const paths = hosts.get(rule.host) ?? [];
      paths.push({ backend: backend(rule.service, rule.port), path: rule.path, pathType: rule.type });
      hosts.set(rule.host, paths);
      if (rule.tls !== undefined) tls.set(rule.tls, [...new Set([...(tls.get(rule.tls) ?? []), rule.host])]);
    }
    const annotations = Object.fromEntries(flags.list('annotation').map((text) => text.split('=') as [string, string]));
    const className = flags.string('class');
    await finish(kubectl, {
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { ...(Object.keys(annotations).length > 0 ? { annotations } : {}), name },
        spec: {
          ...(fallback ? { defaultBackend: backend(fallback.split(':')[0] as string, fallback.split(':')[1] ?? '') } : {}),
          ...(className ? { ingressClassName: className } : {}),
          ...(rules.length > 0 ? { rules: [...hosts].map(([host, paths]) => ({ ...(host ? { host } : {}), http: { paths } })) } : {}),
          ...(tls.size > 0 ? { tls: [...tls].map(([secretName, names]) => ({ hosts: names, ...(secretName ? { secretName } : {}) })) } : {}),
        },
        status: { loadBalancer: {} },
      },
      failure: 'failed to create ingress: ',
    });
  },
};
