import { baseFiles, tools } from '../shell/tools.ts';
import { versions } from '../tags.ts';
import type { Image } from '../types.ts';

const files = baseFiles('alpine');

/** The curl project's own image. */
export const curl: Image = {
  repository: 'docker.io/curlimages/curl',
  hasTag: versions(/^[78]\.\d{1,2}\.\d{1,2}$/, ['latest']),
  sizeBytes: () => 9_612_117,
  entrypoint: ['/entrypoint.sh'],
  command: ['curl'],
  env: {},
  workingDirectory: '/home/curl_user',
  user: { name: 'curl_user', id: 100 },
  base: 'alpine',
  files: () => files,
  programs: { ...tools('alpine', ['curl']), '/entrypoint.sh': 'curl-entrypoint' },
};
