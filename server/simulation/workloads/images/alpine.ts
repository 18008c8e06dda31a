import { baseFiles, tools } from '../shell/tools.ts';
import { versions } from '../tags.ts';
import type { Image, Program } from '../types.ts';

/** Packages come from a network that is not there. */
const apk: Program = {
  name: 'apk',
  step(process, event) {
    if (event.kind !== 'start') return;
    process.write(2, 'WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.22/main: DNS lookup error\nERROR: unable to select packages: this cluster is simulated and has no internet\n');
    process.exit(1);
  },
};

export const alpinePrograms = [apk];

const files = baseFiles('alpine');

export const alpine: Image = {
  repository: 'docker.io/library/alpine',
  hasTag: versions(/^(3(\.\d{1,2}){0,2}|20\d{6})$/, ['latest', 'edge']),
  sizeBytes: () => 3_797_210,
  command: ['/bin/sh'],
  env: {},
  base: 'alpine',
  files: () => files,
  programs: { ...tools('alpine'), '/sbin/apk': 'apk' },
};
