import { forbidden } from '../errors.ts';
import type { KubeObject } from '../types.ts';
import { admissionName, type AdmissionPlugin } from './types.ts';

const PODS = { group: '', plural: 'pods' };
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const EXPIRATION_SECONDS = 3607;

/** The projected volume that every pod gets; shared by all of them. */
const PROJECTED = {
  defaultMode: 420,
  sources: [
    { serviceAccountToken: { expirationSeconds: EXPIRATION_SECONDS, path: 'token' } },
    { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
    { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
  ],
};

interface Container {
  volumeMounts?: { mountPath: string; name: string; readOnly?: boolean }[];
}

function withMount(containers: Container[] | undefined, mount: { mountPath: string; name: string; readOnly: boolean }): Container[] | undefined {
  return containers?.map((container) => {
    const mounts = container.volumeMounts ?? [];
    return mounts.some((existing) => existing.mountPath === MOUNT_PATH) ? container : { ...container, volumeMounts: [...mounts, mount] };
  });
}

function mountsToken(pod: KubeObject, account: KubeObject): boolean {
  return pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

/** `plugin/pkg/admission/serviceaccount`: the pod's account, its token and its pull secrets. */
export const serviceAccount = {
  name: 'ServiceAccount',
  resources: ['pods'],
  create(draft, { store, kernel }) {
    if (draft.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) {
      if (draft.spec.serviceAccountName) throw forbidden(PODS, admissionName(draft), 'a mirror pod may not reference service accounts');
      return;
    }
    const spec = { ...draft.spec };
    const name: string = spec.serviceAccountName || 'default';
    spec.serviceAccountName = name;
    spec.serviceAccount = name;
    const namespace = draft.metadata.namespace ?? '';
    const account = store.get('serviceaccounts', `${namespace}/${name}`);
    if (!account) throw forbidden(PODS, admissionName(draft), `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
    if (mountsToken(draft, account)) {
      const wanting = [...(spec.containers ?? []), ...(spec.initContainers ?? [])] as Container[];
      if (wanting.some((container) => !container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH))) {
        const volume = `kube-api-access-${kernel.random.suffix()}`;
        const mount = { mountPath: MOUNT_PATH, name: volume, readOnly: true };
        spec.containers = withMount(spec.containers, mount);
        if (spec.initContainers) spec.initContainers = withMount(spec.initContainers, mount);
        spec.volumes = [...(spec.volumes ?? []), { name: volume, projected: PROJECTED }];
      }
    }
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) spec.imagePullSecrets = account.imagePullSecrets;
    draft.spec = spec;
  },
} satisfies AdmissionPlugin;
