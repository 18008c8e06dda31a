/**
 * The difference of two pod specs as the API server appends it to the refusal of a change: a unified diff of the internal
 * (unversioned) PodSpec, printed as JSON with Go's field names. The order of fields is that of pkg/apis/core/types.go.
 */
import { structuredPatch } from 'diff';

type Json = Record<string, unknown>;

/** A Go struct: its fields in order, each with the name in the versioned API and what it holds. */
type Struct = [goName: string, jsonName: string, shape?: Shape][];
/** `null`: a pointer, list or map that is null when absent. A struct is always there; a list holds a shape. */
type Shape = 'null' | '""' | 'false' | '0' | Struct | { list: Struct } | { pointer: Struct };

const KEY_TO_PATH: Struct = [['Key', 'key', '""'], ['Path', 'path', '""'], ['Mode', 'mode'], ['User', 'user']];
const DOWNWARD_FILE: Struct = [
  ['Path', 'path', '""'],
  ['FieldRef', 'fieldRef', { pointer: [['APIVersion', 'apiVersion', '""'], ['FieldPath', 'fieldPath', '""']] }],
  ['ResourceFieldRef', 'resourceFieldRef', { pointer: [['ContainerName', 'containerName', '""'], ['Resource', 'resource', '""'], ['Divisor', 'divisor', '"0"' as never]] }],
  ['Mode', 'mode'],
  ['User', 'user'],
];
const CONFIG_MAP: Struct = [['Name', 'name', '""'], ['Items', 'items', { list: KEY_TO_PATH }], ['Optional', 'optional']];
const PROJECTION: Struct = [
  ['Secret', 'secret', { pointer: CONFIG_MAP }],
  ['DownwardAPI', 'downwardAPI', { pointer: [['Items', 'items', { list: DOWNWARD_FILE }]] }],
  ['ConfigMap', 'configMap', { pointer: CONFIG_MAP }],
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
  ['NFS', 'nfs'], ['ISCSI', 'iscsi'], ['Glusterfs', 'glusterfs'],
  ['PersistentVolumeClaim', 'persistentVolumeClaim', { pointer: [['ClaimName', 'claimName', '""'], ['ReadOnly', 'readOnly', 'false']] }],
  ['RBD', 'rbd'], ['Quobyte', 'quobyte'], ['FlexVolume', 'flexVolume'], ['Cinder', 'cinder'], ['CephFS', 'cephfs'], ['Flocker', 'flocker'],
  ['DownwardAPI', 'downwardAPI', { pointer: [['Items', 'items', { list: DOWNWARD_FILE }], ['DefaultMode', 'defaultMode']] }],
  ['FC', 'fc'], ['AzureFile', 'azureFile'],
  ['ConfigMap', 'configMap', { pointer: [['Name', 'name', '""'], ['Items', 'items', { list: KEY_TO_PATH }], ['DefaultMode', 'defaultMode'], ['Optional', 'optional']] }],
  ['VsphereVolume', 'vsphereVolume'], ['AzureDisk', 'azureDisk'], ['PhotonPersistentDisk', 'photonPersistentDisk'],
  ['Projected', 'projected', { pointer: [['Sources', 'sources', { list: PROJECTION }], ['DefaultMode', 'defaultMode'], ['DefaultUser', 'defaultUser']] }],
  ['PortworxVolume', 'portworxVolume'], ['ScaleIO', 'scaleIO'], ['StorageOS', 'storageos'], ['CSI', 'csi'], ['Ephemeral', 'ephemeral'], ['Image', 'image'],
];
const PROBE: Struct = [
  ['Exec', 'exec', { pointer: [['Command', 'command']] }],
  ['HTTPGet', 'httpGet', { pointer: [['Path', 'path', '""'], ['Port', 'port', '0'], ['Host', 'host', '""'], ['Scheme', 'scheme', '""'], ['HTTPHeaders', 'httpHeaders']] }],
  ['TCPSocket', 'tcpSocket', { pointer: [['Port', 'port', '0'], ['Host', 'host', '""']] }],
  ['GRPC', 'grpc'],
  ['InitialDelaySeconds', 'initialDelaySeconds', '0'], ['TimeoutSeconds', 'timeoutSeconds', '0'], ['PeriodSeconds', 'periodSeconds', '0'], ['SuccessThreshold', 'successThreshold', '0'],
  ['FailureThreshold', 'failureThreshold', '0'], ['TerminationGracePeriodSeconds', 'terminationGracePeriodSeconds'],
];
const CONTAINER: Struct = [
  ['Name', 'name', '""'], ['Image', 'image', '""'], ['Command', 'command'], ['Args', 'args'], ['WorkingDir', 'workingDir', '""'],
  ['Ports', 'ports', { list: [['Name', 'name', '""'], ['HostPort', 'hostPort', '0'], ['ContainerPort', 'containerPort', '0'], ['Protocol', 'protocol', '""'], ['HostIP', 'hostIP', '""']] }],
  ['EnvFrom', 'envFrom'],
  ['Env', 'env', { list: [['Name', 'name', '""'], ['Value', 'value', '""'], ['ValueFrom', 'valueFrom']] }],
  ['Resources', 'resources', [['Limits', 'limits'], ['Requests', 'requests'], ['Claims', 'claims']]],
  ['ResizePolicy', 'resizePolicy'], ['RestartPolicy', 'restartPolicy'], ['RestartPolicyRules', 'restartPolicyRules'],
  ['VolumeMounts', 'volumeMounts', {
    list: [
      ['Name', 'name', '""'], ['ReadOnly', 'readOnly', 'false'], ['RecursiveReadOnly', 'recursiveReadOnly'], ['MountPath', 'mountPath', '""'], ['SubPath', 'subPath', '""'],
      ['MountPropagation', 'mountPropagation'], ['SubPathExpr', 'subPathExpr', '""'], ['BindMountOptions', 'bindMountOptions'],
    ],
  }],
  ['VolumeDevices', 'volumeDevices'],
  ['LivenessProbe', 'livenessProbe', { pointer: PROBE }], ['ReadinessProbe', 'readinessProbe', { pointer: PROBE }], ['StartupProbe', 'startupProbe', { pointer: PROBE }],
  ['Lifecycle', 'lifecycle'], ['TerminationMessagePath', 'terminationMessagePath', '""'], ['TerminationMessagePolicy', 'terminationMessagePolicy', '""'],
  ['ImagePullPolicy', 'imagePullPolicy', '""'], ['SecurityContext', 'securityContext'], ['Stdin', 'stdin', 'false'], ['StdinOnce', 'stdinOnce', 'false'], ['TTY', 'tty', 'false'],
];
const TOLERATION: Struct = [['Key', 'key', '""'], ['Operator', 'operator', '""'], ['Value', 'value', '""'], ['Effect', 'effect', '""'], ['TolerationSeconds', 'tolerationSeconds']];
const POD_SPEC: Struct = [
  ['Volumes', 'volumes', { list: VOLUME }], ['InitContainers', 'initContainers', { list: CONTAINER }], ['Containers', 'containers', { list: CONTAINER }],
  ['EphemeralContainers', 'ephemeralContainers'], ['RestartPolicy', 'restartPolicy', '""'], ['TerminationGracePeriodSeconds', 'terminationGracePeriodSeconds'],
  ['ActiveDeadlineSeconds', 'activeDeadlineSeconds'], ['DNSPolicy', 'dnsPolicy', '""'], ['NodeSelector', 'nodeSelector'], ['ServiceAccountName', 'serviceAccountName', '""'],
  ['DeprecatedServiceAccount', 'serviceAccount', '""'], ['AutomountServiceAccountToken', 'automountServiceAccountToken'], ['NodeName', 'nodeName', '""'],
  ['HostNetwork', 'hostNetwork', 'false'], ['HostPID', 'hostPID', 'false'], ['HostIPC', 'hostIPC', 'false'], ['ShareProcessNamespace', 'shareProcessNamespace'], ['HostUsers', 'hostUsers'],
  ['SecurityContext', 'securityContext', {
    pointer: [
      ['SELinuxOptions', 'seLinuxOptions'], ['WindowsOptions', 'windowsOptions'], ['RunAsUser', 'runAsUser'], ['RunAsGroup', 'runAsGroup'], ['RunAsNonRoot', 'runAsNonRoot'],
      ['SupplementalGroups', 'supplementalGroups'], ['SupplementalGroupsPolicy', 'supplementalGroupsPolicy'], ['FSGroup', 'fsGroup'], ['FSGroupChangePolicy', 'fsGroupChangePolicy'],
      ['Sysctls', 'sysctls'], ['SeccompProfile', 'seccompProfile'], ['AppArmorProfile', 'appArmorProfile'], ['SELinuxChangePolicy', 'seLinuxChangePolicy'],
    ],
  }],
  ['ImagePullSecrets', 'imagePullSecrets'], ['Hostname', 'hostname', '""'], ['Subdomain', 'subdomain', '""'], ['SetHostnameAsFQDN', 'setHostnameAsFQDN'], ['Affinity', 'affinity'],
  ['SchedulerName', 'schedulerName', '""'], ['Tolerations', 'tolerations', { list: TOLERATION }], ['HostAliases', 'hostAliases'], ['PriorityClassName', 'priorityClassName', '""'],
  ['Priority', 'priority'], ['PreemptionPolicy', 'preemptionPolicy'], ['DNSConfig', 'dnsConfig'], ['ReadinessGates', 'readinessGates'], ['RuntimeClassName', 'runtimeClassName'],
  ['Overhead', 'overhead'], ['EnableServiceLinks', 'enableServiceLinks'], ['TopologySpreadConstraints', 'topologySpreadConstraints'], ['OS', 'os'], ['SchedulingGates', 'schedulingGates'],
  ['ResourceClaims', 'resourceClaims'], ['Resources', 'resources'], ['HostnameOverride', 'hostnameOverride'],
];

function internal(struct: Struct, value: Json): Json {
  return Object.fromEntries(struct.map(([goName, jsonName, shape = 'null']) => [goName, shaped(shape, value[jsonName])]));
}

function shaped(shape: Shape, value: unknown): unknown {
  if (Array.isArray(shape)) return internal(shape, (value ?? {}) as Json);
  if (typeof shape === 'object') {
    if (value === undefined || value === null) return null;
    return 'list' in shape ? (value as Json[]).map((item) => internal(shape.list, item)) : internal(shape.pointer, value as Json);
  }
  if (value !== undefined) return value;
  return shape === 'null' ? null : shape === '""' ? '' : shape === 'false' ? false : 0;
}

/** The unified diff of two pod specs, three lines of context, without file names. */
export function podSpecDifference(before: Json, after: Json): string {
  const text = (spec: Json): string => JSON.stringify(internal(POD_SPEC, spec), null, 1);
  const { hunks } = structuredPatch('', '', text(before), text(after), '', '', { context: 3 });
  return hunks.map((hunk) => `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${hunk.lines.map((line) => `${line}\n`).join('')}`).join('');
}
