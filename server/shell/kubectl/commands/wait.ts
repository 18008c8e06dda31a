import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName } from '../framework/client.ts';
import { FILE_FLAGS, SELECTOR_FLAGS, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll } from '../framework/errors.ts';
import { parseTargets, fetchTargets, NOTHING_NAMED, type Found } from '../framework/resources.ts';
import { evaluate, parseFieldPath } from '../../../simulation/json-path.ts';

interface Condition {
  /** What is said when it is met. */
  met: string;
  test(object: KubeObject | undefined): boolean;
}

/** Reads --for. @throws KubectlError */
function conditionOf(text: string): Condition {
  if (text.toLowerCase() === 'delete') return { met: 'condition met', test: (object) => object === undefined };
  if (text.toLowerCase() === 'create') return { met: 'condition met', test: (object) => object !== undefined };
  if (text.startsWith('condition=')) {
    const [name = '', value = 'true'] = text.slice(10).split('=');
    return {
      met: 'condition met',
      test: (object) => {
        const conditions = (object?.status as { conditions?: { type: string; status: string; observedGeneration?: number }[] } | undefined)?.conditions ?? [];
        const condition = conditions.find((candidate) => candidate.type.toLowerCase() === name.toLowerCase());
        if (!condition) return false;
        // What was said of an older generation does not count.
        const observed = condition.observedGeneration ?? (object?.status as { observedGeneration?: number }).observedGeneration;
        if (observed !== undefined && observed < (object?.metadata.generation ?? 0)) return false;
        return condition.status.toLowerCase() === value.toLowerCase();
      },
    };
  }
  if (text.startsWith('jsonpath=')) {
    const match = /^\{?([^}=]+)\}?(?:=(.*))?$/s.exec(text.slice(9).replace(/^'|'$/g, ''));
    if (!match) throw new KubectlError('jsonpath wait format must be --for=jsonpath=\'{.status.readyReplicas}\'=3 or --for=jsonpath=\'{.status.readyReplicas}\'');
    const path = parseFieldPath(match[1] as string);
    const wanted = match[2];
    return {
      met: 'condition met',
      test: (object) => {
        const values = object ? evaluate(path, object, object, { allowMissing: true }) : [];
        return values.length > 0 && (wanted === undefined ? values[0] !== undefined && values[0] !== null : String(values[0]) === wanted);
      },
    };
  }
  throw new KubectlError(`unrecognized condition: ${JSON.stringify(text)}`);
}

/** How often an object is looked at again. */
const POLL_MS = 250;

export const wait: KubectlCommand = {
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  usage: '([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath=\'{}\'[=value]]',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, { name: 'all', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'for', type: 'string' }, { name: 'timeout', type: 'duration', default: '30s' }, { name: 'field-selector', type: 'string' }, { name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    const { flags } = kubectl;
    if (!flags.given('for')) throw new KubectlError('unrecognized condition: []');
    const condition = conditionOf(flags.string('for'));
    const deadline = kubectl.now + flags.duration('timeout');
    const creating = flags.string('for').toLowerCase() === 'create';
    if (kubectl.args.length === 0 && !flags.given('filename')) throw new KubectlError(NOTHING_NAMED);
    const selection = await parseTargets(kubectl.client, kubectl.args);
    let targets: Found[] = [];
    if (creating && selection.named) {
      targets = selection.targets.map(({ resource, name }) => ({ resource, object: { apiVersion: '', kind: resource.kind, metadata: { name: name as string, namespace: kubectl.namespace, uid: '', resourceVersion: '', creationTimestamp: '' } } }));
    } else {
      const { found, errors } = await fetchTargets(kubectl.client, selection, { namespace: kubectl.namespace, allNamespaces: flags.bool('all-namespaces'), all: flags.bool('all'), labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector'), requireName: true });
      const deleting = flags.string('for').toLowerCase() === 'delete';
      throwAll(deleting ? errors.filter((error) => !(error instanceof ServerError && error.status.code === 404)) : errors);
      targets = found;
      if (found.length === 0 && !deleting) throw new KubectlError('no matching resources found');
    }
    const failures: unknown[] = [];
    await Promise.all(
      targets.map(async ({ resource, object }) => {
        const { namespace, name, uid } = object.metadata;
        for (;;) {
          const present = await kubectl.client.find(resource, resource.namespaced ? namespace : undefined, name);
          const same = present && (uid === '' || present.metadata.uid === uid) ? present : undefined;
          if (condition.test(same)) return kubectl.out(`${shownName(resource, name)} ${condition.met}\n`);
          if (kubectl.now >= deadline) {
            failures.push(new KubectlError(creating ? 'timed out waiting for the condition' : `timed out waiting for the condition on ${resource.plural}/${name}`));
            return;
          }
          await kubectl.sleep(Math.min(POLL_MS, Math.max(1, deadline - kubectl.now)));
        }
      }),
    );
    throwAll(failures);
  },
};
