import { faultNamed, faults } from '../faults/registry.ts';
import { FaultError } from '../faults/types.ts';
import type { Operation } from './types.ts';
import { stringArgument } from './types.ts';

/** `quorum break FAULT [TARGET]`. */
export const breakFault = {
  name: 'fault.break',
  changes: true,
  run(cluster, args) {
    const fault = faultNamed(stringArgument(args, 'fault'));
    if (!fault) throw new FaultError(`unknown fault "${stringArgument(args, 'fault')}"`);
    const target = fault.target === 'none' ? '' : stringArgument(args, 'target', '');
    const active = cluster.state.faults;
    const key = target ? `${fault.name} ${target}` : fault.name;
    if (active.has(key)) throw new FaultError(`${key} is already active`);
    fault.inject(cluster, target);
    if (fault.lasting) active.set(key, { fault: fault.name, target, since: cluster.now });
    return { active: [...active.values()] };
  },
} satisfies Operation;

/** `quorum heal FAULT [TARGET]`. */
export const healFault = {
  name: 'fault.heal',
  changes: true,
  run(cluster, args) {
    const fault = faultNamed(stringArgument(args, 'fault'));
    if (!fault) throw new FaultError(`unknown fault "${stringArgument(args, 'fault')}"`);
    const target = fault.target === 'none' ? '' : stringArgument(args, 'target', '');
    const key = target ? `${fault.name} ${target}` : fault.name;
    if (!cluster.state.faults.has(key)) throw new FaultError(`${key} is not active`);
    fault.heal(cluster, target);
    cluster.state.faults.delete(key);
    return { active: [...cluster.state.faults.values()] };
  },
} satisfies Operation;

/** `quorum faults`: what can be broken, and what is. */
export const listFaults = {
  name: 'fault.list',
  changes: false,
  run(cluster) {
    return {
      faults: faults.map(({ name, target, lasting }) => ({ name, target, lasting })),
      active: [...cluster.state.faults.values()],
    };
  },
} satisfies Operation;
