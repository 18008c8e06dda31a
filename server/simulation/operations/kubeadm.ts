import { Hasher, hashPlain } from '../kernel/hash.ts';
import type { Operation } from './types.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A bootstrap token drawn from the cluster's own randomness. */
export const kubeadmToken = {
  name: 'kubeadm.token',
  changes: true,
  run(cluster) {
    const draw = (length: number): string => Array.from({ length }, () => ALPHABET[cluster.kernel.random.below(ALPHABET.length)]).join('');
    return { token: `${draw(6)}.${draw(16)}` };
  },
} satisfies Operation;

/** The hash by which joining machines recognise the cluster's certificate authority: 64 hexadecimal digits. */
export const kubeadmAuthority = {
  name: 'kubeadm.authority',
  changes: false,
  run(cluster) {
    const digests = [0, 1, 2, 3].map((part) => {
      const hasher = new Hasher();
      hashPlain(hasher, ['certificate authority', part, cluster.config.seed, cluster.config.startTime]);
      return hasher.digest();
    });
    return { hash: digests.join('') };
  },
} satisfies Operation;
