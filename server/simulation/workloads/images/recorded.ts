/** What the conformance recorder ran in place of images: see kubelet/recorder.ts. */
import { baseFiles, tools } from '../shell/tools.ts';
import type { Image, Program } from '../types.ts';

const server: Program = {
  name: 'recorded-server',
  daemon: true,
  memoryBytes: 1_048_576,
  termination: { afterMs: 1, code: 0 },
  step() {
    // It waits to be stopped; port 80 is answered for every pod.
  },
};

export const recordedPrograms = [server];

const files = baseFiles('busybox');

/** Any repository that is not known otherwise. */
export const recorded: Image = {
  repository: 'recorded',
  hasTag: () => true,
  sizeBytes: () => 44_000_000,
  command: ['/server'],
  env: {},
  base: 'busybox',
  files: () => files,
  programs: { ...tools('busybox'), '/server': 'recorded-server' },
};
