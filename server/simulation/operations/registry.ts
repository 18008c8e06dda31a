/** All operations. One line an operation. */
import { breakFault, healFault, listFaults } from './faults.ts';
import { joinNode, listMachines } from './nodes.ts';
import type { Operation } from './types.ts';

export const operations: readonly Operation[] = [breakFault, healFault, listFaults, joinNode, listMachines];

export function operationNamed(name: string): Operation | undefined {
  return operations.find((operation) => operation.name === name);
}
