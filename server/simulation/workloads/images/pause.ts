import { exactly } from '../tags.ts';
import type { Image, Program } from '../types.ts';

const pauseProgram: Program = {
  name: 'pause',
  daemon: true,
  memoryBytes: 266_240,
  termination: { afterMs: 1, code: 0 },
  step() {
    // It sleeps until a signal comes.
  },
};

export const pausePrograms = [pauseProgram];

/** The sandbox image, also used as a container that does nothing. */
export const pause: Image = {
  repository: 'registry.k8s.io/pause',
  hasTag: exactly('latest', '3.1', '3.2', '3.3', '3.4.1', '3.5', '3.6', '3.7', '3.8', '3.9', '3.10', '3.10.1'),
  sizeBytes: () => 320_448,
  entrypoint: ['/pause'],
  env: {},
  base: 'none',
  files: () => ({}),
  programs: { '/pause': 'pause' },
};
