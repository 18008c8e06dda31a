import { KubectlError } from '../../framework/errors.ts';
import type { KubectlCommand } from '../../framework/command.ts';
import { CREATE_FLAGS, finish, nameOf, type Json } from './common.ts';

/** A container's name out of its image: the last part without tag and digest. Whether it is a name, the server says. */
function containerName(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1).replace(/@.*$/, '').replace(/:.*$/, '');
}

export const createDeployment: KubectlCommand = {
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  usage: 'NAME --image=image -- [COMMAND] [args...]',
  flags: [...CREATE_FLAGS, { name: 'image', type: 'list', required: true }, { name: 'port', type: 'int', default: -1 }, { name: 'replicas', short: 'r', type: 'int', default: 1 }],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const images = kubectl.flags.list('image');
    const command = kubectl.dash ?? [];
    if (images.length > 1 && command.length > 0) throw new KubectlError('cannot specify multiple --image options and command');
    const port = kubectl.flags.int('port');
    const labels = { app: name };
    const containers = images.map((image, i): Json => ({
      ...(command.length > 0 ? { command } : {}),
      image,
      name: containerName(image),
      ...(port >= 0 && i === images.length - 1 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }));
    if (port > 65_535 || (kubectl.flags.given('port') && port < 1)) throw new KubectlError(`invalid port number: ${port}`);
    await finish(kubectl, {
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { labels, name },
        spec: { replicas: kubectl.flags.int('replicas'), selector: { matchLabels: labels }, strategy: {}, template: { metadata: { labels }, spec: { containers } } },
        status: {},
      },
      failure: 'failed to create deployment: ',
    });
  },
};

export const createJob: KubectlCommand = {
  name: 'job',
  summary: 'Create a job with the specified name',
  usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  flags: [...CREATE_FLAGS, { name: 'image', type: 'string' }, { name: 'from', type: 'string' }],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const from = kubectl.flags.string('from');
    const image = kubectl.flags.string('image');
    if (!from && !image) throw new KubectlError('either --image or --from must be specified');
    if (from && image) throw new KubectlError('either --image or --from must be specified');
    if (from) {
      const [type, cron] = from.split('/');
      if (!cron || !['cronjob', 'cj', 'cronjobs', 'cronjob.batch', 'cronjobs.batch'].includes(type ?? '')) throw new KubectlError(`from must be an existing cronjob`);
      const source = await kubectl.client.get(await kubectl.client.resource('cronjobs.batch'), kubectl.namespace, cron);
      const template = (source.spec as { jobTemplate: { metadata?: Json; spec: Json } }).jobTemplate;
      await finish(kubectl, {
        object: {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: {
            annotations: { ...(template.metadata?.annotations as Json | undefined), 'cronjob.kubernetes.io/instantiate': 'manual' },
            ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
            name,
            ownerReferences: [{ apiVersion: 'batch/v1', controller: true, kind: 'CronJob', name: cron, uid: source.metadata.uid }],
          },
          spec: template.spec,
          status: {},
        },
        failure: 'failed to create job: ',
      });
      return;
    }
    const command = kubectl.dash ?? [];
    await finish(kubectl, {
      object: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name },
        spec: { template: { metadata: {}, spec: { containers: [{ ...(command.length > 0 ? { command } : {}), image, name, resources: {} }], restartPolicy: 'Never' } } },
        status: {},
      },
      failure: 'failed to create job: ',
    });
  },
};

export const createCronJob: KubectlCommand = {
  name: 'cronjob',
  aliases: ['cj'],
  summary: 'Create a cron job with the specified name',
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  flags: [...CREATE_FLAGS, { name: 'image', type: 'string', required: true }, { name: 'schedule', type: 'string', required: true }, { name: 'restart', type: 'string' }],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const command = kubectl.dash ?? [];
    const containers = [{ ...(command.length > 0 ? { command } : {}), image: kubectl.flags.string('image'), name, resources: {} }];
    await finish(kubectl, {
      object: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name },
        spec: { jobTemplate: { metadata: { name }, spec: { template: { metadata: {}, spec: { containers, restartPolicy: kubectl.flags.string('restart') || 'OnFailure' } } } }, schedule: kubectl.flags.string('schedule') },
        status: {},
      },
      failure: 'failed to create cronjob: ',
    });
  },
};
