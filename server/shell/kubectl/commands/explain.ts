import { schemaFor, type Definition } from '../../../simulation/apiserver/schema.ts';
import { definitionOf, page, type Subject } from '../explain/page.ts';
import type { KubectlCommand } from '../framework/command.ts';
import { KubectlError, PlainError, UsageError } from '../framework/errors.ts';

export const explain: KubectlCommand = {
  name: 'explain',
  summary: 'Get documentation for a resource',
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  flags: [{ name: 'recursive', type: 'bool' }, { name: 'api-version', type: 'string' }, { name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    const [argument] = kubectl.args;
    if (!argument) throw new UsageError('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n');
    if (kubectl.args.length > 1) throw new UsageError('We accept only this format: explain RESOURCE\n');
    const [type = '', ...path] = argument.split('.');
    const resources = await kubectl.client.resources();
    let resource = resources.byName(argument);
    let fields: string[] = [];
    if (!resource) {
      resource = resources.byName(type);
      fields = path;
    }
    if (!resource) throw new PlainError(`the server doesn't have a resource type "${type}"`);
    const apiVersion = kubectl.flags.string('api-version') || (resource.group ? `${resource.group}/${resource.version}` : resource.version);
    let definition: Definition | undefined = schemaFor(apiVersion, resource.kind);
    if (!definition) throw new KubectlError(`couldn't find resource for "${apiVersion}, Kind=${resource.kind}"`);
    let field: Subject['field'];
    for (const name of fields) {
      const found = definition?.fields.get(name);
      if (!definition || !found) throw new KubectlError(`field "${name}" does not exist`);
      field = { owner: definition, field: found };
      definition = definitionOf(found.type);
    }
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    kubectl.out(page({ group, version, kind: resource.kind, field, definition }, kubectl.flags.bool('recursive')));
  },
};
