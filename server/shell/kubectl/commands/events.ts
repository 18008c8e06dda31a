import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { since, type EventFields } from '../describe/events.ts';
import { layOut } from '../describe/tabwriter.ts';
import type { KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { printerFor } from '../printers/output.ts';
import { TABLE_TABS } from '../printers/table.ts';

function lastSeen(object: KubeObject): number {
  const event = object as unknown as EventFields;
  return Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? object.metadata.creationTimestamp);
}

function interval(object: KubeObject, now: number): string {
  const event = object as unknown as EventFields;
  const first = event.firstTimestamp ?? event.eventTime;
  if (event.series) return `${since(event.series.lastObservedTime, now)} (x${event.series.count} over ${since(first, now)})`;
  if ((event.count ?? 0) > 1) return `${since(event.lastTimestamp, now)} (x${event.count} over ${since(first, now)})`;
  return since(first, now);
}

function cells(object: KubeObject, now: number, withNamespace: boolean): string {
  const event = object as unknown as EventFields;
  return `${withNamespace ? `${object.metadata.namespace}\t` : ''}${interval(object, now)}\t${event.type}\t${event.reason}\t${event.involvedObject?.kind}/${event.involvedObject?.name}\t${(event.message ?? '').trim()}\n`;
}

export const events: KubectlCommand = {
  name: 'events',
  summary: 'List events',
  usage: '[(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'for', type: 'string' }, { name: 'watch', short: 'w', type: 'bool' }, { name: 'types', type: 'list' }, { name: 'no-headers', type: 'bool' },
    { name: 'output', short: 'o', type: 'string' }, { name: 'template', type: 'string' }, { name: 'chunk-size', type: 'int', default: 500 }, { name: 'show-managed-fields', type: 'bool' }, { name: 'allow-missing-template-keys', type: 'bool', default: true },
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    const all = flags.bool('all-namespaces');
    const resource = await kubectl.client.resource('events');
    const about = flags.string('for');
    let fieldSelector = '';
    if (about) {
      const [type, name] = about.split('/');
      if (!name) throw new KubectlError('--for must be in resource/name form');
      const target = await kubectl.client.resource(type as string);
      fieldSelector = `involvedObject.kind=${target.kind},involvedObject.name=${name}`;
    }
    const types = flags.list('types').map((type) => type.toLowerCase());
    if (types.some((type) => type !== 'normal' && type !== 'warning')) throw new KubectlError('valid --types are Normal or Warning');
    const namespace = all ? undefined : kubectl.namespace;
    const list = await kubectl.client.list(resource, namespace, fieldSelector ? { fieldSelector } : {});
    const wanted = (object: KubeObject): boolean => types.length === 0 || types.includes(String(object.type).toLowerCase());
    const found = list.items.filter(wanted).sort((x, y) => lastSeen(x) - lastSeen(y));
    const printer = printerFor(kubectl);
    if (printer) return kubectl.out(printer.list(found.map((object) => ({ resource, object })), { apiVersion: 'v1', kind: 'List', metadata: {} }));
    const header = flags.bool('no-headers') ? '' : `${all ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`;
    if (found.length === 0 && !flags.bool('watch')) {
      kubectl.err(all ? 'No events found.\n' : `No events found in ${kubectl.namespace} namespace.\n`);
      return;
    }
    kubectl.out(layOut(header + found.map((object) => cells(object, kubectl.now, all)).join(''), TABLE_TABS));
    if (!flags.bool('watch')) return;
    await kubectl.client.watch(kubectl.client.path(resource, namespace), { ...(fieldSelector ? { fieldSelector } : {}), resourceVersion: list.metadata.resourceVersion ?? '0' }, false, (event) => {
      const object = event.object as KubeObject;
      if ((event.type === 'ADDED' || event.type === 'MODIFIED') && wanted(object)) kubectl.out(layOut(cells(object, kubectl.now, all), TABLE_TABS));
    });
  },
};
