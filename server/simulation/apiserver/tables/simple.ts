/** Printers of kinds whose row only picks fields. A kind with rules of its own has a file of its own. */
import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE, UNSET, bindingSubjects, containersAndImages, formatLabels, formatLabelSelector } from './format.ts';
import type { Cell, Printer } from './types.ts';

/** A column: a path into the object, `age`, or a function. */
type Pick = 'age' | ((object: KubeObject) => Cell);

function simple(group: string, kind: string, ...picks: Pick[]): Printer {
  return {
    kind,
    group,
    cells: (object, now) => [object.metadata.name, ...picks.map((pick) => (pick === 'age' ? age(object.metadata.creationTimestamp, now) : pick(object)))],
  };
}

const size = (value: object | undefined): number => (value ? Object.keys(value).length : 0);

function paramKind(o: KubeObject): string {
  const kind: { apiVersion?: string; kind?: string } | undefined = o.spec?.paramKind;
  return kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : UNSET;
}

function paramRef(o: KubeObject): string {
  const reference: { name?: string; namespace?: string; selector?: object } | undefined = o.spec?.paramRef;
  if (!reference) return UNSET;
  if (!reference.name) return reference.selector ? formatLabelSelector(reference.selector) : UNSET;
  return reference.namespace ? `${reference.namespace}/${reference.name}` : reference.name;
}

function parentRef(o: KubeObject): string {
  const parent: { group?: string; resource?: string; namespace?: string; name?: string } | undefined = o.spec?.parentRef;
  if (!parent) return NONE;
  const resource = `${parent.resource ?? ''}${parent.group ? `.${parent.group}` : ''}`;
  return [resource, ...(parent.namespace ? [parent.namespace] : []), parent.name ?? ''].join('/');
}

const roleRef: Pick = (o) => `${o.roleRef?.kind ?? ''}/${o.roleRef?.name ?? ''}`;
const subjects: Pick[] = [0, 1, 2].map((index) => (o: KubeObject): Cell => bindingSubjects(o)[index] ?? '');

function conditionStatus(o: KubeObject, type: string): { status: string; reason?: string; message?: string; error?: string } | undefined {
  return ((o.conditions ?? o.status?.conditions ?? []) as { type: string; status: string; message?: string; error?: string }[]).find((condition) => condition.type === type);
}

export const simplePrinters: readonly Printer[] = [
  simple('', 'ComponentStatus',
    (o) => ({ True: 'Healthy', False: 'Unhealthy' })[conditionStatus(o, 'Healthy')?.status ?? ''] ?? 'Unknown',
    (o) => conditionStatus(o, 'Healthy')?.message ?? '',
    (o) => conditionStatus(o, 'Healthy')?.error ?? ''),
  simple('', 'ConfigMap', (o) => size(o.data) + size(o.binaryData), 'age'),
  simple('', 'Namespace', (o) => o.status?.phase ?? '', 'age'),
  simple('', 'PodTemplate', (o) => containersAndImages(o.template?.spec)[0], (o) => containersAndImages(o.template?.spec)[1], (o) => formatLabels(o.template?.metadata?.labels)),
  simple('', 'Secret', (o) => o.type ?? '', (o) => size(o.data), 'age'),
  simple('', 'ServiceAccount', 'age'),
  simple('certificates.k8s.io', 'ClusterTrustBundle', (o) => o.spec?.signerName ?? ''),
  simple('certificates.k8s.io', 'PodCertificateRequest',
    (o) => o.spec?.podName ?? '', (o) => o.spec?.serviceAccountName ?? '', (o) => o.spec?.nodeName ?? '', (o) => o.spec?.signerName ?? '',
    (o) => ['Denied', 'Failed', 'Issued'].find((type) => conditionStatus(o, type)?.status === 'True') ?? 'Pending',
    (o) => formatLabels(o.spec?.unverifiedUserAnnotations)),
  simple('networking.k8s.io', 'IPAddress', parentRef),
  simple('networking.k8s.io', 'NetworkPolicy', (o) => formatLabelSelector(o.spec?.podSelector), 'age'),
  simple('networking.k8s.io', 'ServiceCIDR', (o) => (o.spec?.cidrs ?? []).join(','), 'age'),
  simple('policy', 'PodDisruptionBudget',
    (o) => String(o.spec?.minAvailable ?? 'N/A'), (o) => String(o.spec?.maxUnavailable ?? 'N/A'), (o) => o.status?.disruptionsAllowed ?? 0, 'age'),
  simple('rbac.authorization.k8s.io', 'ClusterRoleBinding', roleRef, 'age', ...subjects),
  simple('rbac.authorization.k8s.io', 'RoleBinding', roleRef, 'age', ...subjects),
  simple('storage.k8s.io', 'CSINode', (o) => (o.spec?.drivers ?? []).length, 'age'),
  simple('storage.k8s.io', 'VolumeAttachment',
    (o) => o.spec?.attacher ?? '', (o) => o.spec?.source?.persistentVolumeName ?? '', (o) => o.spec?.nodeName ?? '', (o) => o.status?.attached ?? false, 'age'),
  simple('storage.k8s.io', 'VolumeAttributesClass', (o) => o.driverName ?? '', 'age'),
  simple('admissionregistration.k8s.io', 'MutatingAdmissionPolicy', (o) => (o.spec?.mutations ?? []).length, paramKind, 'age'),
  simple('admissionregistration.k8s.io', 'MutatingAdmissionPolicyBinding', (o) => o.spec?.policyName ?? '', paramRef, 'age'),
  simple('admissionregistration.k8s.io', 'MutatingWebhookConfiguration', (o) => (o.webhooks ?? []).length, 'age'),
  simple('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', (o) => (o.spec?.validations ?? []).length, paramKind, 'age'),
  simple('admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', (o) => o.spec?.policyName ?? '', paramRef, 'age'),
  simple('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', (o) => (o.webhooks ?? []).length, 'age'),
  simple('scheduling.k8s.io', 'PriorityClass', (o) => o.value ?? 0, (o) => o.globalDefault ?? false, 'age', (o) => o.preemptionPolicy ?? ''),
  simple('coordination.k8s.io', 'Lease', (o) => o.spec?.holderIdentity ?? '', 'age'),
  simple('node.k8s.io', 'RuntimeClass', (o) => o.handler ?? '', 'age'),
  simple('resource.k8s.io', 'DeviceClass', 'age'),
  simple('resource.k8s.io', 'DeviceTaintRule',
    (o) => o.spec?.taint?.key ?? '', (o) => o.spec?.taint?.value ?? '', (o) => o.spec?.taint?.effect ?? '', (o) => o.spec?.taint?.timeAdded ?? '', 'age'),
  simple('resource.k8s.io', 'ResourceClaimTemplate', 'age'),
  simple('resource.k8s.io', 'ResourceSlice', (o) => o.spec?.nodeName ?? UNSET, (o) => o.spec?.driver ?? '', (o) => o.spec?.pool?.name ?? '', 'age'),
  simple('storagemigration.k8s.io', 'StorageVersionMigration',
    (o) => `${o.spec?.resource?.resource ?? ''}${o.spec?.resource?.group ? `.${o.spec.resource.group}` : ''}`,
    (o) => ['Succeeded', 'Failed', 'Running'].find((type) => conditionStatus(o, type)?.status === 'True') ?? ''),
];
