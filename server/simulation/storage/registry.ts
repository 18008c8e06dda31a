/** The volume drivers that are known. One line a driver. */
import { block } from './drivers/block.ts';
import { localPath } from './drivers/local-path.ts';
import { minikubeHostpath } from './drivers/minikube-hostpath.ts';
import type { VolumeDriver } from './types.ts';

export const volumeDrivers: readonly VolumeDriver[] = [minikubeHostpath, localPath, block];

export function driverNamed(name: string): VolumeDriver | undefined {
  return volumeDrivers.find((driver) => driver.name === name);
}
