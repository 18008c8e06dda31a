/** Which tools the base of an image has, and where. */
import { TOOLS } from './programs.ts';
import type { Image } from '../types.ts';

/** Applets of busybox that debian's small images have not. */
const NOT_IN_DEBIAN = new Set(['wget', 'ps', 'nslookup', 'nc', 'vi', 'ping', 'top', 'free', 'watch', 'telnet', 'curl', 'stress', 'killall', 'usleep']);
const NOT_IN_BUSYBOX = new Set(['curl', 'stress']);
const maps = new Map<Image['base'], Record<string, string>>();

/** Executables of a base: path → program. */
export function tools(base: Image['base'], extra: string[] = []): Record<string, string> {
  if (base === 'none') return {};
  let map = maps.get(base);
  if (!map) {
    map = {};
    for (const name of TOOLS) {
      if (base === 'debian' ? NOT_IN_DEBIAN.has(name) : NOT_IN_BUSYBOX.has(name)) continue;
      map[`/bin/${name}`] = name;
      if (name === 'sh') map[base === 'debian' ? '/bin/bash' : '/bin/ash'] = 'sh';
      if (base === 'debian') map[`/usr/bin/${name}`] = name;
    }
    maps.set(base, map);
  }
  const result = { ...map };
  for (const name of extra) result[`/usr/bin/${name}`] = name;
  return result;
}

/** Files that every base has. */
export function baseFiles(base: Image['base']): Record<string, string> {
  const users = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n';
  switch (base) {
    case 'none':
      return {};
    case 'busybox':
      return { '/etc/passwd': users, '/etc/group': 'root:x:0:\n' };
    case 'alpine':
      return { '/etc/passwd': users, '/etc/group': 'root:x:0:root\n', '/etc/alpine-release': '3.22.2\n', '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\nHOME_URL="https://alpinelinux.org/"\n' };
    case 'debian':
      return { '/etc/passwd': users, '/etc/group': 'root:x:0:\n', '/etc/debian_version': '12.12\n', '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nID=debian\n' };
  }
}
