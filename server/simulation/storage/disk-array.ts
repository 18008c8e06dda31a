/** The disks of the network: what they hold and which machine has them. Survives everything but being deleted. */
import type { Kernel, Part } from '../kernel/kernel.ts';
import type { FileLayer } from '../kubelet/container-state.ts';
import { DriverError, type Disks } from './types.ts';

/** A cluster has at most so many. */
const MAX_DISKS = 1_000;

interface Disk {
  files: FileLayer;
  /** Machines that it is attached to. */
  nodes: string[];
}

export class DiskArray implements Part, Disks {
  readonly name = 'disks';
  state: { disks: Map<string, Disk> } = { disks: new Map() };

  constructor(kernel: Kernel) {
    kernel.register(this);
  }

  create(handle: string): void {
    if (this.state.disks.has(handle)) return;
    if (this.state.disks.size >= MAX_DISKS) throw new DriverError(`rpc error: code = ResourceExhausted desc = the array has ${MAX_DISKS} disks already`);
    this.state.disks.set(handle, { files: new Map([['/lost+found', { directory: true, modified: 0 }]]), nodes: [] });
  }

  delete(handle: string): void {
    this.state.disks.delete(handle);
  }

  attach(handle: string, node: string, shared: boolean): void {
    const disk = this.state.disks.get(handle);
    if (!disk) throw new DriverError(`rpc error: code = NotFound desc = volume ${handle} not found`);
    if (disk.nodes.includes(node)) return;
    if (!shared && disk.nodes.length > 0) throw new DriverError(`rpc error: code = FailedPrecondition desc = volume ${handle} is attached to node ${disk.nodes.join(', ')}`);
    disk.nodes.push(node);
  }

  detach(handle: string, node: string): void {
    const disk = this.state.disks.get(handle);
    if (disk) disk.nodes = disk.nodes.filter((other) => other !== node);
  }

  files(handle: string, node: string): FileLayer | undefined {
    const disk = this.state.disks.get(handle);
    return disk?.nodes.includes(node) ? disk.files : undefined;
  }

  /** Everything is erased. */
  wipe(): void {
    this.state.disks.clear();
  }
}
