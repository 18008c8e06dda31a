import { boxTable, fail, flags, machines, say, type Subcommand } from './common.ts';

interface ServiceObject {
  metadata: { name: string; namespace: string };
  spec: { type?: string; ports?: { name?: string; port: number; targetPort?: number | string; nodePort?: number }[] };
}

export const service: Subcommand = async (context, args) => {
  const { positional, flags: given } = flags(args, ['n', 'namespace', 'p', 'profile', 'format', 'wait', 'interval']);
  const namespace = given.get('n') ?? given.get('namespace') ?? 'default';
  const name = positional[0];
  if (name === 'list' || (!name && given.get('all') !== 'true')) return list(context, name === 'list' ? given.get('n') ?? given.get('namespace') : undefined, name);
  const response = await context.host.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/services/${name}` });
  if (response.status !== 200) {
    return fail(context, '❌', `Exiting due to SVC_NOT_FOUND: Service '${name}' was not found in '${namespace}' namespace.\nYou may select another namespace by using 'minikube service ${name} -n <namespace>'. Or list out all the services using 'minikube service list'`, 115);
  }
  const object = response.body as ServiceObject;
  const address = (await machines(context)).nodes.find((node) => node.controlPlane)?.address ?? '';
  const ports = (object.spec.ports ?? []).filter((port) => port.nodePort);
  const urls = ports.map((port) => `http://${address}:${port.nodePort}`);
  if (given.get('url') === 'true') {
    if (urls.length === 0) return fail(context, '😿', `service ${namespace}/${name} has no node port`, 1);
    context.stdout.write(urls.map((url) => `${url}\n`).join(''));
    return 0;
  }
  const target = ports.length > 0 ? ports.map((port) => `${port.name ? `${port.name}/` : ''}${port.port}`).join('\n') : 'No node port';
  const rows = ports.length > 0 ? ports.map((port, i) => [i === 0 ? namespace : '', i === 0 ? (name as string) : '', `${port.name ? `${port.name}/` : ''}${port.port}`, urls[i] as string]) : [[namespace, name as string, target, '']];
  context.stdout.write(boxTable(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], rows));
  if (urls.length === 0) return fail(context, '😿', `service ${namespace}/${name} has no node port`, 1);
  for (const url of urls) {
    say(context, '🎉', `Opening service ${namespace}/${name} in default browser...`);
    context.host.open({ kind: 'url', url });
  }
  return 0;
};

async function list(context: Parameters<Subcommand>[0], namespace: string | undefined, name: string | undefined): Promise<number> {
  if (name === undefined) return fail(context, '❌', 'Exiting due to MK_USAGE: You must specify service name(s) or --all', 14);
  const path = namespace ? `/api/v1/namespaces/${namespace}/services` : '/api/v1/services';
  const response = await context.host.request({ method: 'GET', path });
  const address = (await machines(context)).nodes.find((node) => node.controlPlane)?.address ?? '';
  const rows = ((response.body as { items?: ServiceObject[] }).items ?? []).flatMap((object) =>
    (object.spec.ports ?? []).map((port) => [
      object.metadata.namespace,
      object.metadata.name,
      port.nodePort ? `${port.name ? `${port.name}/` : ''}${port.port}` : 'No node port',
      port.nodePort ? `http://${address}:${port.nodePort}` : '',
    ]),
  );
  context.stdout.write(boxTable(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], rows));
  return 0;
}
