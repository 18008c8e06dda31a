import { boxTable, fail, say, type Subcommand } from './common.ts';

interface AddonInfo {
  name: string;
  maintainer: string;
  supported: boolean;
  enabled: boolean;
}

export const addons: Subcommand = async (context, [verb, name]) => {
  const { host } = context;
  if (verb === 'list') {
    const list = (await host.operation({ name: 'minikube.addons', args: {} })) as AddonInfo[];
    context.stdout.write(boxTable(['ADDON NAME', 'PROFILE', 'STATUS', 'MAINTAINER'], list.map((addon) => [addon.name, 'quorum', addon.enabled ? 'enabled ✅' : 'disabled', addon.maintainer])));
    return 0;
  }
  if ((verb !== 'enable' && verb !== 'disable') || !name) {
    context.stderr.write('Usage:\n  minikube addons list\n  minikube addons enable ADDON_NAME\n  minikube addons disable ADDON_NAME\n');
    return 2;
  }
  const info = ((await host.operation({ name: 'minikube.addons', args: {} })) as AddonInfo[]).find((addon) => addon.name === name);
  try {
    const { images } = (await host.operation({ name: 'minikube.addon', args: { name, state: verb === 'enable' ? 'on' : 'off' } })) as { images: string[] };
    if (verb === 'disable') {
      say(context, '🌑', `"The '${name}' addon is disabled`);
      return 0;
    }
    say(context, '💡', `${name} is an addon maintained by ${info?.maintainer ?? 'minikube'}. For any concerns contact minikube on GitHub.\nYou can view the list of minikube maintainers at: https://github.com/kubernetes/minikube/blob/master/OWNERS`);
    for (const image of images) context.stdout.write(`    ▪ Using image ${image}\n`);
    say(context, '🌟', `The '${name}' addon is enabled`);
    return 0;
  } catch (error) {
    return fail(context, '❌', `Exiting due to MK_ADDON_${verb.toUpperCase()}: ${error instanceof Error ? error.message : String(error)}`, 11);
  }
};
