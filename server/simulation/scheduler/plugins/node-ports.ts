import { rejection, type FilterPlugin } from '../framework.ts';

/** A host port can be taken once a node (`nodeports`). */
export const nodePorts = {
  name: 'NodePorts',
  preFilter: (pending) => (pending.ports.length > 0 ? true : null),
  filter(pending, info) {
    return pending.ports.some((port) => info.ports.has(port)) ? rejection("node(s) didn't have free ports for the requested pod ports") : undefined;
  },
} satisfies FilterPlugin<boolean>;
