import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { describerFor } from '../describe/registry.ts';
import type { DescribeContext } from '../describe/types.ts';
import { FILE_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { fetchTargets, parseTargets, type Found } from '../framework/resources.ts';

/** Events about an object, oldest first. */
async function eventsOf(kubectl: Kubectl, { resource, object }: Found): Promise<KubeObject[]> {
  const fields: Record<string, string | undefined> = {
    'involvedObject.name': object.metadata.name,
    'involvedObject.namespace': object.metadata.namespace,
    'involvedObject.kind': resource.kind,
    // Events of a static pod are about the pod of the manifest, whose uid its mirror names.
    'involvedObject.uid': object.metadata.annotations?.['kubernetes.io/config.mirror'] ?? object.metadata.uid,
  };
  const fieldSelector = Object.entries(fields).flatMap(([field, value]) => (value ? [`${field}=${value}`] : [])).join(',');
  const path = resource.namespaced ? `/api/v1/namespaces/${object.metadata.namespace}/events` : '/api/v1/events';
  const list = (await kubectl.client.request({ method: 'GET', path, query: { fieldSelector } })) as { items: KubeObject[] };
  return list.items;
}

/** The description of one object as kubectl prints it. */
async function describeObject(kubectl: Kubectl, found: Found, withEvents: boolean): Promise<string> {
  const { resource, object } = found;
  const context: DescribeContext = {
    now: kubectl.now,
    get: async (path, query) => {
      try {
        return (await kubectl.client.request({ method: 'GET', path, ...(query ? { query } : {}) })) as KubeObject;
      } catch (error) {
        if (error instanceof ServerError) return undefined;
        throw error;
      }
    },
    list: async (path, query) => {
      try {
        return ((await kubectl.client.request({ method: 'GET', path, ...(query ? { query } : {}) })) as { items: KubeObject[] }).items;
      } catch (error) {
        if (error instanceof ServerError) return [];
        throw error;
      }
    },
    events: withEvents ? await eventsOf(kubectl, found) : undefined,
  };
  return describerFor(resource.kind, resource.group)(object, context);
}

/** Objects whose names begin with what was typed, as describe tries when there is no exact match. */
async function byPrefix(kubectl: Kubectl, error: unknown): Promise<Found[]> {
  if (!(error instanceof ServerError) || error.status.code !== 404) throw error;
  const { name = '', kind = '', group = '' } = error.status.details ?? {};
  const resource = (await kubectl.client.resources()).byName(group ? `${kind}.${group}` : kind);
  if (!resource) throw error;
  const list = await kubectl.client.list(resource, resource.namespaced ? kubectl.namespace : undefined);
  const found = list.items.filter((object) => object.metadata.name.startsWith(name)).map((object) => ({ resource, object }));
  if (found.length === 0) throw error;
  return found;
}

export const describe: KubectlCommand = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  long: 'Shows an object with everything that belongs to it, and the events about it.',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'show-events', type: 'bool', default: true }, { name: 'chunk-size', type: 'int', default: 500 }],
  async run(kubectl) {
    const { flags } = kubectl;
    let found: Found[] = [];
    const failures: unknown[] = [];
    if (flags.given('filename')) {
      const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
      throwAll(errors);
      for (const manifest of manifests) {
        const { resource, namespace, name } = await mapManifest(kubectl, manifest, false);
        found.push({ resource, object: await kubectl.client.get(resource, namespace, name) });
      }
    } else {
      if (kubectl.args.length === 0) throw new KubectlError('You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.');
      const selection = await parseTargets(kubectl.client, kubectl.args);
      const result = await fetchTargets(kubectl.client, selection, { namespace: kubectl.namespace, allNamespaces: flags.bool('all-namespaces'), labelSelector: flags.string('selector') });
      found = result.found;
      if (result.errors.length === 1 && found.length === 0) {
        for (const each of await byPrefix(kubectl, result.errors[0])) kubectl.out(`${await describeObject(kubectl, each, flags.given('show-events') && flags.bool('show-events'))}\n`);
        return;
      }
      failures.push(...result.errors);
    }
    if (found.length === 0 && failures.length === 0) {
      kubectl.err(flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${kubectl.namespace} namespace.\n`);
      return;
    }
    // Of several objects the events are left out, unless they are asked for.
    const withEvents = flags.given('show-events') ? flags.bool('show-events') : found.length === 1;
    for (const [i, each] of found.entries()) kubectl.out((i > 0 ? '\n\n' : '') + (await describeObject(kubectl, each, withEvents)));
    throwAll(failures);
  },
};
