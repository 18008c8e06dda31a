import { extended } from '../../extended.ts';
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

const hasMount = (container: Container): boolean => container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH) ?? false;

function withMount(containers: Container[], mount: { mountPath: string; name: string; readOnly: boolean }): Container[] {
  return containers.map((container) => (hasMount(container) ? container : extended(container, { volumeMounts: container.volumeMounts ? [...container.volumeMounts, mount] : [mount] })));
}

function mountToken(spec: KubeObject['spec'], suffix: () => string): void {
  const containers: Container[] = spec.containers ?? [];
  const initContainers: Container[] | undefined = spec.initContainers;
  if (containers.every(hasMount) && (initContainers ?? []).every(hasMount)) return;
  const volume = `kube-api-access-${suffix()}`;
  const mount = { mountPath: MOUNT_PATH, name: volume, readOnly: true };
  spec.containers = withMount(containers, mount);
  if (initContainers) spec.initContainers = withMount(initContainers, mount);
  const own = { name: volume, projected: PROJECTED };
  spec.volumes = spec.volumes ? [...spec.volumes, own] : [own];
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
    const spec = draft.spec;
    const name: string = spec.serviceAccountName || 'default';
    spec.serviceAccountName = name;
    spec.serviceAccount = name;
    const namespace = draft.metadata.namespace ?? '';
    const account = store.get('serviceaccounts', `${namespace}/${name}`);
    if (!account) throw forbidden(PODS, admissionName(draft), `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
    if (mountsToken(draft, account)) mountToken(spec, () => kernel.random.suffix());
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) spec.imagePullSecrets = account.imagePullSecrets;
  },
} satisfies AdmissionPlugin;
