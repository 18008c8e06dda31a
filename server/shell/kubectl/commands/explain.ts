import { groupVersion } from '../../../simulation/apiserver/discovery.ts';
import { schemaFor } from '../../../simulation/apiserver/schema.ts';
import { explainedDefinition } from '../explain/built-in.ts';
import { explainedKind, type OpenApiDocument } from '../explain/custom.ts';
import { head, page } from '../explain/page.ts';
import type { Explained, ExplainedField } from '../explain/types.ts';
import type { Kubectl, KubectlCommand } from '../framework/command.ts';
import { KubectlError, PlainError, ServerError } from '../framework/errors.ts';

/** What is known of a kind: from the schema of the built-in ones, or from the API server's OpenAPI document. */
async function explained(kubectl: Kubectl, group: string, version: string, kind: string): Promise<Explained | undefined> {
  const definition = schemaFor(groupVersion(group, version), kind);
  if (definition) return explainedDefinition(definition);
  try {
    return explainedKind((await kubectl.client.request({ method: 'GET', path: `/openapi/v3/${group ? `apis/${group}` : 'api'}/${version}` })) as OpenApiDocument, group, version, kind);
  } catch (error) {
    if (error instanceof ServerError && error.status.code === 404) return undefined;
    throw error;
  }
}

export const explain: KubectlCommand = {
  name: 'explain',
  summary: 'Get documentation for a resource',
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  flags: [{ name: 'recursive', type: 'bool' }, { name: 'api-version', type: 'string' }, { name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    const [argument] = kubectl.args;
    if (!argument) throw new KubectlError('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n');
    if (kubectl.args.length > 1) throw new KubectlError('We accept only this format: explain RESOURCE\n');
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
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    let inside = await explained(kubectl, group, version, resource.kind);
    if (!inside) throw new KubectlError(`couldn't find resource for "${group}/${version}, Resource=${resource.plural}"`);
    let field: ExplainedField | undefined;
    for (const name of fields) {
      const found: ExplainedField | undefined = inside?.fields().find((candidate) => candidate.name === name);
      if (!found) {
        // The page has begun before its last field is looked for.
        kubectl.out(head({ group, version, kind: resource.kind }));
        throw new KubectlError(`field "${fields[fields.length - 1] as string}" does not exist`);
      }
      field = found;
      inside = found.inside;
    }
    kubectl.out(page({ group, version, kind: resource.kind, field, inside }, kubectl.flags.bool('recursive')));
  },
};
