/**
 * Objects in the API server's internal (unversioned) form, where an error message or a difference shows them: Go's field
 * names, in the order of pkg/apis/core/types.go, with everything that is absent.
 */
import type { LabelSelector } from '../selectors.ts';

type Json = Record<string, unknown>;

/** A Go struct: its fields in order, each with the name in the versioned API and what it holds. */
export type Struct = readonly (readonly [goName: string, jsonName: string, shape?: Shape])[];
/**
 * `null`: a pointer or list of simple values, null when absent. `map`: the same with its keys sorted. `selector`: a LabelSelector, which
 * keeps its own names. A struct is always there; a list
 * or a pointer is null when absent.
 */
type Shape = 'null' | 'map' | 'selector' | '""' | '"0"' | 'false' | '0' | Struct | { list: Struct } | { pointer: Struct };

const NAMED: Struct = [['Name', 'name', '""']];
const KEY_TO_PATH: Struct = [['Key', 'key', '""'], ['Path', 'path', '""'], ['Mode', 'mode'], ['User', 'user']];
const FIELD_REFERENCE: Struct = [['APIVersion', 'apiVersion', '""'], ['FieldPath', 'fieldPath', '""']];
const RESOURCE_FIELD: Struct = [['ContainerName', 'containerName', '""'], ['Resource', 'resource', '""'], ['Divisor', 'divisor', '"0"']];
const DOWNWARD_FILE: Struct = [
  ['Path', 'path', '""'], ['FieldRef', 'fieldRef', { pointer: FIELD_REFERENCE }], ['ResourceFieldRef', 'resourceFieldRef', { pointer: RESOURCE_FIELD }], ['Mode', 'mode'], ['User', 'user'],
];
const NAMED_ITEMS: Struct = [['Name', 'name', '""'], ['Items', 'items', { list: KEY_TO_PATH }], ['Optional', 'optional']];
const PROJECTION: Struct = [
  ['Secret', 'secret', { pointer: NAMED_ITEMS }],
  ['DownwardAPI', 'downwardAPI', { pointer: [['Items', 'items', { list: DOWNWARD_FILE }]] }],
  ['ConfigMap', 'configMap', { pointer: NAMED_ITEMS }],
  ['ServiceAccountToken', 'serviceAccountToken', { pointer: [['Audience', 'audience', '""'], ['ExpirationSeconds', 'expirationSeconds', '0'], ['Path', 'path', '""'], ['User', 'user']] }],
  ['ClusterTrustBundle', 'clusterTrustBundle'],
  ['PodCertificate', 'podCertificate'],
];
const VOLUME: Struct = [
  ['Name', 'name', '""'],
  ['HostPath', 'hostPath', { pointer: [['Path', 'path', '""'], ['Type', 'type']] }],
  ['EmptyDir', 'emptyDir', { pointer: [['Medium', 'medium', '""'], ['SizeLimit', 'sizeLimit']] }],
  ['GCEPersistentDisk', 'gcePersistentDisk'], ['AWSElasticBlockStore', 'awsElasticBlockStore'], ['GitRepo', 'gitRepo'],
  ['Secret', 'secret', { pointer: [['SecretName', 'secretName', '""'], ['Items', 'items', { list: KEY_TO_PATH }], ['DefaultMode', 'defaultMode'], ['Optional', 'optional']] }],
  ['NFS', 'nfs', { pointer: [['Server', 'server', '""'], ['Path', 'path', '""'], ['ReadOnly', 'readOnly', 'false']] }],
  ['ISCSI', 'iscsi'], ['Glusterfs', 'glusterfs'],
  ['PersistentVolumeClaim', 'persistentVolumeClaim', { pointer: [['ClaimName', 'claimName', '""'], ['ReadOnly', 'readOnly', 'false']] }],
  ['RBD', 'rbd'], ['Quobyte', 'quobyte'], ['FlexVolume', 'flexVolume'], ['Cinder', 'cinder'], ['CephFS', 'cephfs'], ['Flocker', 'flocker'],
  ['DownwardAPI', 'downwardAPI', { pointer: [['Items', 'items', { list: DOWNWARD_FILE }], ['DefaultMode', 'defaultMode']] }],
  ['FC', 'fc'], ['AzureFile', 'azureFile'],
  ['ConfigMap', 'configMap', { pointer: [['Name', 'name', '""'], ['Items', 'items', { list: KEY_TO_PATH }], ['DefaultMode', 'defaultMode'], ['Optional', 'optional']] }],
  ['VsphereVolume', 'vsphereVolume'], ['AzureDisk', 'azureDisk'], ['PhotonPersistentDisk', 'photonPersistentDisk'],
  ['Projected', 'projected', { pointer: [['Sources', 'sources', { list: PROJECTION }], ['DefaultMode', 'defaultMode'], ['DefaultUser', 'defaultUser']] }],
  ['PortworxVolume', 'portworxVolume'], ['ScaleIO', 'scaleIO'], ['StorageOS', 'storageos'], ['CSI', 'csi'], ['Ephemeral', 'ephemeral'],
  ['Image', 'image', { pointer: [['Reference', 'reference', '""'], ['PullPolicy', 'pullPolicy', '""']] }],
];
const EXEC: Struct = [['Command', 'command']];
const HTTP_GET: Struct = [
  ['Path', 'path', '""'], ['Port', 'port', '0'], ['Host', 'host', '""'], ['Scheme', 'scheme', '""'], ['HTTPHeaders', 'httpHeaders', { list: [['Name', 'name', '""'], ['Value', 'value', '""']] }],
];
const TCP_SOCKET: Struct = [['Port', 'port', '0'], ['Host', 'host', '""']];
const PROBE: Struct = [
  ['Exec', 'exec', { pointer: EXEC }], ['HTTPGet', 'httpGet', { pointer: HTTP_GET }], ['TCPSocket', 'tcpSocket', { pointer: TCP_SOCKET }],
  ['GRPC', 'grpc', { pointer: [['Port', 'port', '0'], ['Service', 'service']] }],
  ['InitialDelaySeconds', 'initialDelaySeconds', '0'], ['TimeoutSeconds', 'timeoutSeconds', '0'], ['PeriodSeconds', 'periodSeconds', '0'], ['SuccessThreshold', 'successThreshold', '0'],
  ['FailureThreshold', 'failureThreshold', '0'], ['TerminationGracePeriodSeconds', 'terminationGracePeriodSeconds'],
];
const HANDLER: Struct = [
  ['Exec', 'exec', { pointer: EXEC }], ['HTTPGet', 'httpGet', { pointer: HTTP_GET }], ['TCPSocket', 'tcpSocket', { pointer: TCP_SOCKET }], ['Sleep', 'sleep', { pointer: [['Seconds', 'seconds', '0']] }],
];
const SELINUX: Struct = [['User', 'user', '""'], ['Role', 'role', '""'], ['Type', 'type', '""'], ['Level', 'level', '""']];
const PROFILE: Struct = [['Type', 'type', '""'], ['LocalhostProfile', 'localhostProfile']];
const SECURITY_CONTEXT: Struct = [
  ['Capabilities', 'capabilities', { pointer: [['Add', 'add'], ['Drop', 'drop']] }], ['Privileged', 'privileged'], ['SELinuxOptions', 'seLinuxOptions', { pointer: SELINUX }],
  ['WindowsOptions', 'windowsOptions'], ['RunAsUser', 'runAsUser'], ['RunAsGroup', 'runAsGroup'], ['RunAsNonRoot', 'runAsNonRoot'], ['ReadOnlyRootFilesystem', 'readOnlyRootFilesystem'],
  ['AllowPrivilegeEscalation', 'allowPrivilegeEscalation'], ['ProcMount', 'procMount'], ['SeccompProfile', 'seccompProfile', { pointer: PROFILE }], ['AppArmorProfile', 'appArmorProfile', { pointer: PROFILE }],
];
const ENV_SOURCE: Struct = [
  ['FieldRef', 'fieldRef', { pointer: FIELD_REFERENCE }], ['ResourceFieldRef', 'resourceFieldRef', { pointer: RESOURCE_FIELD }],
  ['ConfigMapKeyRef', 'configMapKeyRef', { pointer: [['Name', 'name', '""'], ['Key', 'key', '""'], ['Optional', 'optional']] }],
  ['SecretKeyRef', 'secretKeyRef', { pointer: [['Name', 'name', '""'], ['Key', 'key', '""'], ['Optional', 'optional']] }],
  ['FileKeyRef', 'fileKeyRef', { pointer: [['VolumeName', 'volumeName', '""'], ['Path', 'path', '""'], ['Key', 'key', '""'], ['Optional', 'optional']] }],
];
const RESOURCES: Struct = [['Limits', 'limits', 'map'], ['Requests', 'requests', 'map'], ['Claims', 'claims', { list: [['Name', 'name', '""'], ['Request', 'request', '""']] }]];
const CONTAINER: Struct = [
  ['Name', 'name', '""'], ['Image', 'image', '""'], ['Command', 'command'], ['Args', 'args'], ['WorkingDir', 'workingDir', '""'],
  ['Ports', 'ports', { list: [['Name', 'name', '""'], ['HostPort', 'hostPort', '0'], ['ContainerPort', 'containerPort', '0'], ['Protocol', 'protocol', '""'], ['HostIP', 'hostIP', '""']] }],
  ['EnvFrom', 'envFrom', { list: [['Prefix', 'prefix', '""'], ['ConfigMapRef', 'configMapRef', { pointer: [['Name', 'name', '""'], ['Optional', 'optional']] }], ['SecretRef', 'secretRef', { pointer: [['Name', 'name', '""'], ['Optional', 'optional']] }]] }],
  ['Env', 'env', { list: [['Name', 'name', '""'], ['Value', 'value', '""'], ['ValueFrom', 'valueFrom', { pointer: ENV_SOURCE }]] }],
  ['Resources', 'resources', RESOURCES],
  ['ResizePolicy', 'resizePolicy', { list: [['ResourceName', 'resourceName', '""'], ['RestartPolicy', 'restartPolicy', '""']] }], ['RestartPolicy', 'restartPolicy'], ['RestartPolicyRules', 'restartPolicyRules'],
  ['VolumeMounts', 'volumeMounts', {
    list: [
      ['Name', 'name', '""'], ['ReadOnly', 'readOnly', 'false'], ['RecursiveReadOnly', 'recursiveReadOnly'], ['MountPath', 'mountPath', '""'], ['SubPath', 'subPath', '""'],
      ['MountPropagation', 'mountPropagation'], ['SubPathExpr', 'subPathExpr', '""'], ['BindMountOptions', 'bindMountOptions'],
    ],
  }],
  ['VolumeDevices', 'volumeDevices', { list: [['Name', 'name', '""'], ['DevicePath', 'devicePath', '""']] }],
  ['LivenessProbe', 'livenessProbe', { pointer: PROBE }], ['ReadinessProbe', 'readinessProbe', { pointer: PROBE }], ['StartupProbe', 'startupProbe', { pointer: PROBE }],
  ['Lifecycle', 'lifecycle', { pointer: [['PostStart', 'postStart', { pointer: HANDLER }], ['PreStop', 'preStop', { pointer: HANDLER }], ['StopSignal', 'stopSignal']] }],
  ['TerminationMessagePath', 'terminationMessagePath', '""'], ['TerminationMessagePolicy', 'terminationMessagePolicy', '""'],
  ['ImagePullPolicy', 'imagePullPolicy', '""'], ['SecurityContext', 'securityContext', { pointer: SECURITY_CONTEXT }], ['Stdin', 'stdin', 'false'], ['StdinOnce', 'stdinOnce', 'false'], ['TTY', 'tty', 'false'],
];
const TOLERATION: Struct = [['Key', 'key', '""'], ['Operator', 'operator', '""'], ['Value', 'value', '""'], ['Effect', 'effect', '""'], ['TolerationSeconds', 'tolerationSeconds']];
const NODE_REQUIREMENT: Struct = [['Key', 'key', '""'], ['Operator', 'operator', '""'], ['Values', 'values']];
const NODE_TERM: Struct = [['MatchExpressions', 'matchExpressions', { list: NODE_REQUIREMENT }], ['MatchFields', 'matchFields', { list: NODE_REQUIREMENT }]];
const REQUIRED = 'RequiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'PreferredDuringSchedulingIgnoredDuringExecution';
const POD_TERM: Struct = [
  ['LabelSelector', 'labelSelector', 'selector'], ['Namespaces', 'namespaces'], ['TopologyKey', 'topologyKey', '""'], ['NamespaceSelector', 'namespaceSelector', 'selector'],
  ['MatchLabelKeys', 'matchLabelKeys'], ['MismatchLabelKeys', 'mismatchLabelKeys'],
];
const POD_AFFINITY: Struct = [
  [REQUIRED, 'requiredDuringSchedulingIgnoredDuringExecution', { list: POD_TERM }],
  [PREFERRED, 'preferredDuringSchedulingIgnoredDuringExecution', { list: [['Weight', 'weight', '0'], ['PodAffinityTerm', 'podAffinityTerm', POD_TERM]] }],
];
const AFFINITY: Struct = [
  ['NodeAffinity', 'nodeAffinity', {
    pointer: [
      [REQUIRED, 'requiredDuringSchedulingIgnoredDuringExecution', { pointer: [['NodeSelectorTerms', 'nodeSelectorTerms', { list: NODE_TERM }]] }],
      [PREFERRED, 'preferredDuringSchedulingIgnoredDuringExecution', { list: [['Weight', 'weight', '0'], ['Preference', 'preference', NODE_TERM]] }],
    ],
  }],
  ['PodAffinity', 'podAffinity', { pointer: POD_AFFINITY }], ['PodAntiAffinity', 'podAntiAffinity', { pointer: POD_AFFINITY }],
];
const SPREAD: Struct = [
  ['MaxSkew', 'maxSkew', '0'], ['TopologyKey', 'topologyKey', '""'], ['WhenUnsatisfiable', 'whenUnsatisfiable', '""'], ['LabelSelector', 'labelSelector', 'selector'],
  ['MinDomains', 'minDomains'], ['NodeAffinityPolicy', 'nodeAffinityPolicy'], ['NodeTaintsPolicy', 'nodeTaintsPolicy'], ['MatchLabelKeys', 'matchLabelKeys'],
];
export const POD_SPEC: Struct = [
  ['Volumes', 'volumes', { list: VOLUME }], ['InitContainers', 'initContainers', { list: CONTAINER }], ['Containers', 'containers', { list: CONTAINER }],
  ['EphemeralContainers', 'ephemeralContainers', { list: [...CONTAINER, ['TargetContainerName', 'targetContainerName', '""']] }],
  ['RestartPolicy', 'restartPolicy', '""'], ['TerminationGracePeriodSeconds', 'terminationGracePeriodSeconds'],
  ['ActiveDeadlineSeconds', 'activeDeadlineSeconds'], ['DNSPolicy', 'dnsPolicy', '""'], ['NodeSelector', 'nodeSelector', 'map'], ['ServiceAccountName', 'serviceAccountName', '""'],
  ['DeprecatedServiceAccount', 'serviceAccount', '""'], ['AutomountServiceAccountToken', 'automountServiceAccountToken'], ['NodeName', 'nodeName', '""'],
  ['HostNetwork', 'hostNetwork', 'false'], ['HostPID', 'hostPID', 'false'], ['HostIPC', 'hostIPC', 'false'], ['ShareProcessNamespace', 'shareProcessNamespace'], ['HostUsers', 'hostUsers'],
  ['SecurityContext', 'securityContext', {
    pointer: [
      ['SELinuxOptions', 'seLinuxOptions', { pointer: SELINUX }], ['WindowsOptions', 'windowsOptions'], ['RunAsUser', 'runAsUser'], ['RunAsGroup', 'runAsGroup'], ['RunAsNonRoot', 'runAsNonRoot'],
      ['SupplementalGroups', 'supplementalGroups'], ['SupplementalGroupsPolicy', 'supplementalGroupsPolicy'], ['FSGroup', 'fsGroup'], ['FSGroupChangePolicy', 'fsGroupChangePolicy'],
      ['Sysctls', 'sysctls', { list: [['Name', 'name', '""'], ['Value', 'value', '""']] }], ['SeccompProfile', 'seccompProfile', { pointer: PROFILE }],
      ['AppArmorProfile', 'appArmorProfile', { pointer: PROFILE }], ['SELinuxChangePolicy', 'seLinuxChangePolicy'],
    ],
  }],
  ['ImagePullSecrets', 'imagePullSecrets', { list: NAMED }], ['Hostname', 'hostname', '""'], ['Subdomain', 'subdomain', '""'], ['SetHostnameAsFQDN', 'setHostnameAsFQDN'],
  ['Affinity', 'affinity', { pointer: AFFINITY }], ['SchedulerName', 'schedulerName', '""'], ['Tolerations', 'tolerations', { list: TOLERATION }],
  ['HostAliases', 'hostAliases', { list: [['IP', 'ip', '""'], ['Hostnames', 'hostnames']] }], ['PriorityClassName', 'priorityClassName', '""'],
  ['Priority', 'priority'], ['PreemptionPolicy', 'preemptionPolicy'],
  ['DNSConfig', 'dnsConfig', { pointer: [['Nameservers', 'nameservers'], ['Searches', 'searches'], ['Options', 'options', { list: [['Name', 'name', '""'], ['Value', 'value']] }]] }],
  ['ReadinessGates', 'readinessGates', { list: [['ConditionType', 'conditionType', '""']] }], ['RuntimeClassName', 'runtimeClassName'],
  ['Overhead', 'overhead', 'map'], ['EnableServiceLinks', 'enableServiceLinks'], ['TopologySpreadConstraints', 'topologySpreadConstraints', { list: SPREAD }],
  ['OS', 'os', { pointer: NAMED }], ['SchedulingGates', 'schedulingGates', { list: NAMED }], ['ResourceClaims', 'resourceClaims'], ['Resources', 'resources', { pointer: RESOURCES }], ['HostnameOverride', 'hostnameOverride'],
  ['SchedulingGroup', 'schedulingGroup'], ['EvictionResponders', 'evictionResponders'],
];
/** ObjectMeta has names of its own in Go's JSON, and leaves out what is absent. */
const METADATA = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'labels', 'annotations', 'ownerReferences', 'finalizers'];
const SERVICE_PORT: Struct = [['Name', 'name', '""'], ['Protocol', 'protocol', '""'], ['AppProtocol', 'appProtocol'], ['Port', 'port', '0'], ['TargetPort', 'targetPort', '0'], ['NodePort', 'nodePort', '0']];
const SERVICE_BACKEND_PORT: Struct = [['Name', 'name', '""'], ['Number', 'number', '0']];
const TAINT: Struct = [['Key', 'key', '""'], ['Value', 'value', '""'], ['Effect', 'effect', '""'], ['TimeAdded', 'timeAdded']];

/** A map with its keys in order, as Go writes maps. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sortedKeys((value as Json)[key])]));
}

/** A LabelSelector in the order of its Go struct, without what is empty. */
export function orderedSelector({ matchLabels, matchExpressions }: LabelSelector): Json {
  return {
    ...(Object.keys(matchLabels ?? {}).length > 0 ? { matchLabels: sortedKeys(matchLabels) } : {}),
    ...(matchExpressions?.length ? { matchExpressions: matchExpressions.map(({ key, operator, values }) => ({ key, operator, ...(values?.length ? { values } : {}) })) } : {}),
  };
}

function internal(struct: Struct, value: Json): Json {
  return Object.fromEntries(struct.map(([goName, jsonName, shape = 'null']) => [goName, shaped(shape, value[jsonName])]));
}

function shaped(shape: Shape, value: unknown): unknown {
  if (Array.isArray(shape)) return internal(shape as Struct, (value ?? {}) as Json);
  if (typeof shape === 'object') {
    if (value === undefined || value === null) return null;
    return 'list' in shape ? (value as Json[]).map((item) => internal(shape.list, item)) : internal((shape as { pointer: Struct }).pointer, value as Json);
  }
  if (value !== undefined && value !== null) return shape === 'map' ? sortedKeys(value) : shape === 'selector' ? orderedSelector(value as LabelSelector) : value;
  switch (shape) {
    case '""':
      return '';
    case '"0"':
      return '0';
    case 'false':
      return false;
    case '0':
      return 0;
    default:
      return null;
  }
}

export const internalPodSpec = (spec: Json): Json => internal(POD_SPEC, spec);
export const internalToleration = (toleration: Json): Json => internal(TOLERATION, toleration);
export const internalServicePort = (port: Json): Json => internal(SERVICE_PORT, port);
export const internalServiceBackendPort = (port: Json): Json => internal(SERVICE_BACKEND_PORT, port);
export const internalTaint = (taint: Json): Json => internal(TAINT, taint);

/** `core.PodTemplateSpec`: its metadata is embedded, so the fields of both stand side by side. */
export function internalPodTemplate(template: Json): Json {
  const metadata = (template.metadata ?? {}) as Json;
  const present = METADATA.filter((key) => metadata[key] !== undefined).map((key) => [key, sortedKeys(metadata[key])]);
  return { ...Object.fromEntries(present), Spec: internalPodSpec((template.spec ?? {}) as Json) };
}

/** JSON as Go writes it: `<`, `>` and `&` escaped. */
export function goJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, null, indent) ?? 'null').replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
