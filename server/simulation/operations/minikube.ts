/** What `minikube` does to the machines and the addons of the cluster. */
import { addonNamed, addons, DEFAULT_ADDONS } from '../addons/registry.ts';
import { VIRTUAL_ADDRESS } from '../config.ts';
import type { Operation } from './types.ts';
import { stringArgument } from './types.ts';

/** Machines, kubelets and API server as `minikube status` reports them. */
export const minikubeStatus = {
  name: 'minikube.status',
  changes: false,
  run(cluster) {
    const { environment } = cluster;
    return {
      exists: !cluster.state.deleted,
      apiServer: environment.programRuns('kube-apiserver'),
      endpoint: environment.apiServerAddress,
      /** Whether control-plane machines can join. */
      highlyAvailable: environment.state.controlPlaneEndpoint !== undefined,
      nodes: cluster.nodeNames().map((name) => ({
        name,
        controlPlane: environment.isControlPlane(name),
        apiServer: environment.programRuns('kube-apiserver', name),
        host: environment.nodeIsUp(name),
        kubelet: environment.kubeletIsUp(name),
        address: cluster.addressOf(name),
      })),
    };
  },
} satisfies Operation;

/** Switches every machine off, in order. */
export const minikubeStop = {
  name: 'minikube.stop',
  changes: true,
  run(cluster) {
    const names = cluster.nodeNames().filter((name) => cluster.environment.nodeIsUp(name));
    for (const name of names) cluster.powerOff(name);
    cluster.state.tunnel = false;
    return names;
  },
} satisfies Operation;

/** Switches machines on; builds the cluster anew when it was deleted. */
export const minikubeStart = {
  name: 'minikube.start',
  changes: true,
  run(cluster, args) {
    if (cluster.state.deleted) {
      cluster.rebuild();
      if (args.ha === true) cluster.setControlPlaneEndpoint(VIRTUAL_ADDRESS);
      return { created: true, started: cluster.nodeNames() };
    }
    const broken = new Set([...cluster.state.faults.values()].filter((entry) => entry.fault === 'node-crash').map((entry) => entry.target));
    const names = cluster.nodeNames().filter((name) => !cluster.environment.nodeIsUp(name) && !broken.has(name));
    for (const name of names) cluster.powerOn(name);
    return { created: false, started: names };
  },
} satisfies Operation;

/** Deletes the machines with all that was on them. */
export const minikubeDelete = {
  name: 'minikube.delete',
  changes: true,
  run(cluster) {
    if (cluster.state.deleted) return { deleted: false };
    cluster.deleteEverything();
    return { deleted: true };
  },
} satisfies Operation;

/** Load balancers get addresses while a tunnel runs. */
export const minikubeTunnel = {
  name: 'minikube.tunnel',
  changes: true,
  run(cluster, args) {
    cluster.setTunnel(stringArgument(args, 'state') === 'on');
    return null;
  },
} satisfies Operation;

export const minikubeAddons = {
  name: 'minikube.addons',
  changes: false,
  run: (cluster) => addons.map((addon) => ({ name: addon.name, maintainer: addon.maintainer, supported: Boolean(addon.objects), enabled: cluster.state.addons.has(addon.name), byDefault: DEFAULT_ADDONS.includes(addon.name) })),
} satisfies Operation;

/** Applies or removes an addon's manifests. */
export const minikubeAddon = {
  name: 'minikube.addon',
  changes: true,
  run(cluster, args) {
    const name = stringArgument(args, 'name');
    const on = stringArgument(args, 'state') === 'on';
    const addon = addonNamed(name);
    if (!addon) throw new Error(`addon '${name}' is not a valid addon packaged with minikube.\nTo see the list of available addons run:\nminikube addons list`);
    if (!addon.objects) throw new Error(`the addon ${name} is not supported yet in Quorum`);
    const objects = addon.objects();
    if (on) {
      for (const [resource, object] of objects) cluster.applyAddonObject(resource, object);
      cluster.state.addons.add(name);
    } else {
      for (const [resource, object] of [...objects].reverse()) cluster.deleteAddonObject(resource, object);
      cluster.state.addons.delete(name);
    }
    return { images: addon.images ?? [] };
  },
} satisfies Operation;
