import { baseFiles, tools } from '../shell/tools.ts';
import { versions } from '../tags.ts';
import type { Image } from '../types.ts';

const files = baseFiles('busybox');

export const busybox: Image = {
  repository: 'docker.io/library/busybox',
  hasTag: versions(/^1(\.\d{1,2}){0,2}(-(glibc|musl|uclibc))?$/, ['latest', 'stable', 'unstable', 'glibc', 'musl', 'uclibc']),
  sizeBytes: () => 2_223_686,
  command: ['sh'],
  env: {},
  base: 'busybox',
  files: () => files,
  programs: tools('busybox'),
};
