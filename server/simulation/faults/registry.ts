/** All faults. One line a fault. */
import { containerCrash } from './container-crash.ts';
import { apiServerDown, controllerManagerDown, etcdDown, schedulerDown } from './control-plane.ts';
import { crashLoop } from './crash-loop.ts';
import { dnsDown } from './dns-down.ts';
import { kubeletStop } from './kubelet-stop.ts';
import { nodeCrash } from './node-crash.ts';
import { nodePartition } from './node-partition.ts';
import { registryDown } from './registry-down.ts';
import type { Fault } from './types.ts';

export const faults: readonly Fault[] = [
  nodeCrash,
  nodePartition,
  kubeletStop,
  containerCrash,
  crashLoop,
  registryDown,
  schedulerDown,
  controllerManagerDown,
  apiServerDown,
  etcdDown,
  dnsDown,
];

export function faultNamed(name: string): Fault | undefined {
  return faults.find((fault) => fault.name === name);
}
