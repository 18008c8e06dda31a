/** Volume drivers: the programs outside Kubernetes that make volumes for claims, as sig-storage's libraries and CSI shape them. */
import type { FileLayer } from '../kubelet/container-state.ts';
import type { KubeObject } from '../apiserver/types.ts';

/** Why a driver refuses, in its own words. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
}

/** What drivers can reach of the world: disks of machines, and the disks that hang on no machine. */
export interface StorageWorld {
  /** Files of a machine; undefined when there is no such machine or it is off. */
  machineFiles(node: string): FileLayer | undefined;
  disks: Disks;
}

/** Disks on the network; every machine can be given one. */
export interface Disks {
  /** Makes a disk unless it is there. */
  create(handle: string): void;
  delete(handle: string): void;
  /** @throws DriverError when another machine has it, or there is no such disk. */
  attach(handle: string, node: string, shared: boolean): void;
  detach(handle: string, node: string): void;
  /** What a disk holds, for a machine that has it. */
  files(handle: string, node: string): FileLayer | undefined;
}

export interface ProvisionRequest {
  claim: KubeObject;
  storageClass: KubeObject;
  /** Name that the volume will have. */
  name: string;
  /** Machine that the scheduler has chosen; undefined for classes that bind at once. */
  node: string | undefined;
  /** Machine that the driver's controller runs on. */
  home: string;
  /** The controller's own identity. */
  identity: string;
  /** Virtual time, ms. */
  now: number;
}

/** The parts of a PersistentVolume that only the driver knows. */
export interface Provisioned {
  annotations?: Record<string, string>;
  finalizers?: string[];
  /** Volume source, node affinity and what else belongs into the spec. */
  spec: Record<string, unknown>;
}

export interface VolumeDriver {
  /** As StorageClasses and CSI volumes name it. */
  name: string;
  /** Program that is its controller. */
  controller: string;
  /** Image of that program: who looks for the pod that it runs in. */
  image: string;
  /** Program that serves volumes of this CSI driver on a machine; absent: the kubelet mounts them by itself. */
  nodePlugin?: string;
  /** @throws DriverError */
  provision(request: ProvisionRequest, world: StorageWorld): Provisioned;
  /** Removes what provision() made. @returns false when another instance must do it. @throws DriverError */
  delete(volume: KubeObject, controller: { home: string; identity: string }, world: StorageWorld): boolean;
  /** Volumes of CSI drivers are attached to machines first. Takes so long, ms. */
  attachMs?: number;
  /** Whether volumes can grow. */
  expands?: boolean;
}
