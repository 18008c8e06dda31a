import { shownName } from '../../framework/client.ts';
import { dryRunOf, dryRunSuffix, FILE_FLAGS, SELECTOR_FLAGS, type KubectlCommand } from '../../framework/command.ts';
import { KubectlError, ServerError, throwAll, UsageError } from '../../framework/errors.ts';
import { mapManifest, readManifests, withoutSchema } from '../../framework/manifests.ts';
import { printerFor } from '../../printers/output.ts';
import { CREATE_FLAGS, validation, withLastApplied, type Json } from './common.ts';
import { createConfigMap, createNamespace, createPodDisruptionBudget, createPriorityClass, createQuota, createSecret, createServiceAccount, createToken } from './config.ts';
import { createIngress, createService } from './network.ts';
import { createClusterRole, createClusterRoleBinding, createRole, createRoleBinding } from './rbac.ts';
import { createCronJob, createDeployment, createJob } from './workloads.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';

export const create: KubectlCommand = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  usage: '-f FILENAME',
  long: 'Creates objects from a file, or of a common kind from a few flags.',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, ...CREATE_FLAGS, { name: 'raw', type: 'string' }, { name: 'edit', type: 'bool' }],
  subcommands: [
    createClusterRole, createClusterRoleBinding, createConfigMap, createCronJob, createDeployment, createIngress, createJob, createNamespace, createPodDisruptionBudget,
    createPriorityClass, createQuota, createRole, createRoleBinding, createSecret, createService, createServiceAccount, createToken,
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    if (kubectl.args.length > 0) throw new UsageError(`Unexpected args: [${kubectl.args.join(' ')}]`);
    if (!flags.given('filename')) throw new KubectlError('must specify one of -f and -k');
    const dryRun = dryRunOf(kubectl);
    const printer = printerFor(kubectl);
    const mode = validation(kubectl);
    const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    if (errors.length > 0 && manifests.length === 0) throwAll(errors);
    if (manifests.length === 0) throw new KubectlError('no objects passed to create');
    for (const manifest of manifests) {
      try {
        const { resource, namespace, object, source, name } = await mapManifest(kubectl, manifest, mode !== 'Ignore');
        const body = flags.bool('save-config') ? withLastApplied(object as Json) : object;
        let result = body as unknown as KubeObject;
        if (dryRun !== 'client') {
          try {
            result = await kubectl.client.create(resource, namespace, body, { dryRun: dryRun === 'server', fieldManager: flags.string('field-manager'), fieldValidation: mode });
          } catch (error) {
            throw error instanceof ServerError ? error.with(error.status.reason === 'Invalid' && manifests.length === 1 ? '' : `error when creating "${source}": `) : error;
          }
        }
        if (printer) kubectl.out(printer.one({ resource, object: result }));
        else kubectl.out(`${shownName(resource, result.metadata.name ?? name)} created${dryRunSuffix(dryRun)}\n`);
      } catch (error) {
        if (!(error instanceof ServerError) && !(error instanceof KubectlError)) throw withoutSchema(error, manifest.source, mode);
        errors.push(error);
      }
    }
    throwAll(errors);
  },
};
