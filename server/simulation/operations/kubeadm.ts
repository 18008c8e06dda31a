import { Hasher, hashPlain } from '../kernel/hash.ts';
import type { Operation } from './types.ts';

const CERTIFICATE_KEY_TTL_MS = 7_200_000;
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

/** `--upload-certs`: the certificates of the control plane can be fetched with this key for two hours. */
export const kubeadmCertificateKey = {
  name: 'kubeadm.certificate-key',
  changes: true,
  run(cluster) {
    const key = Array.from({ length: 64 }, () => '0123456789abcdef'[cluster.kernel.random.below(16)]).join('');
    cluster.state.certificateKey = { key, expires: cluster.now + CERTIFICATE_KEY_TTL_MS };
    return { key };
  },
} satisfies Operation;

/** Checks the key with which a joining machine asks for them. @throws Error with kubeadm's message. */
export const kubeadmDownloadCertificates = {
  name: 'kubeadm.download-certificates',
  changes: false,
  run(cluster, args) {
    const kept = cluster.state.certificateKey;
    const phase = 'error execution phase control-plane-prepare/download-certs: error downloading certs: ';
    if (!kept || kept.expires <= cluster.now) throw new Error(`${phase}error downloading the secret: Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired. Please, run \`kubeadm init phase upload-certs --upload-certs\` on a control plane to generate a new one`);
    if (args.key !== kept.key) throw new Error(`${phase}error decoding secret data with provided key: cipher: message authentication failed`);
    return null;
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
