/**
 * The static pods of a kubeadm control plane: what lies in /etc/kubernetes/manifests after `kubeadm init`.
 * Source of the facts: kubeadm's control-plane manifests of 1.37 (flags, probes, requests, host paths).
 */
import { KUBERNETES_VERSION } from '../config.ts';

interface ProbeTimes {
  initialDelaySeconds?: number;
  timeoutSeconds: number;
  periodSeconds: number;
  failureThreshold: number;
}

interface StaticPod {
  name: string;
  image: string;
  command: string[];
  requests: Record<string, string>;
  /** Port that the probes ask, and whether it is the container's advertised port. */
  probePort: number;
  probeHost: string;
  scheme: 'HTTP' | 'HTTPS';
  paths: { liveness: string; readiness: string; startup: string };
  mounts: [volume: string, path: string, readOnly: boolean, type: string][];
  annotations?: Record<string, string>;
}

const LIVENESS: ProbeTimes = { initialDelaySeconds: 10, timeoutSeconds: 15, periodSeconds: 10, failureThreshold: 8 };
const READINESS: ProbeTimes = { timeoutSeconds: 15, periodSeconds: 1, failureThreshold: 3 };
const STARTUP: ProbeTimes = { initialDelaySeconds: 10, timeoutSeconds: 15, periodSeconds: 10, failureThreshold: 24 };

const CA_MOUNTS: StaticPod['mounts'] = [
  ['ca-certs', '/etc/ssl/certs', true, 'DirectoryOrCreate'],
  ['etc-ca-certificates', '/etc/ca-certificates', true, 'DirectoryOrCreate'],
  ['k8s-certs', '/etc/kubernetes/pki', true, 'DirectoryOrCreate'],
  ['usr-local-share-ca-certificates', '/usr/local/share/ca-certificates', true, 'DirectoryOrCreate'],
  ['usr-share-ca-certificates', '/usr/share/ca-certificates', true, 'DirectoryOrCreate'],
];

/** A machine of the control plane. */
export interface ControlPlaneMachine {
  name: string;
  address: string;
}

/** @param joined the machine's predecessors and itself, in order of joining. */
function staticPods(joined: readonly ControlPlaneMachine[]): StaticPod[] {
  const pki = '/etc/kubernetes/pki';
  const { name, address } = joined.at(-1) as ControlPlaneMachine;
  return [
    {
      name: 'etcd',
      image: 'registry.k8s.io/etcd:3.6.8-0',
      command: [
        'etcd',
        `--advertise-client-urls=https://${address}:2379`,
        `--cert-file=${pki}/etcd/server.crt`,
        '--client-cert-auth=true',
        '--data-dir=/var/lib/etcd',
        '--feature-gates=InitialCorruptCheck=true',
        `--initial-advertise-peer-urls=https://${address}:2380`,
        `--initial-cluster=${joined.map((member) => `${member.name}=https://${member.address}:2380`).join(',')}`,
        ...(joined.length > 1 ? ['--initial-cluster-state=existing'] : []),
        `--key-file=${pki}/etcd/server.key`,
        `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
        '--listen-metrics-urls=http://127.0.0.1:2381',
        `--listen-peer-urls=https://${address}:2380`,
        `--name=${name}`,
        `--peer-cert-file=${pki}/etcd/peer.crt`,
        '--peer-client-cert-auth=true',
        `--peer-key-file=${pki}/etcd/peer.key`,
        `--peer-trusted-ca-file=${pki}/etcd/ca.crt`,
        '--snapshot-count=10000',
        `--trusted-ca-file=${pki}/etcd/ca.crt`,
        '--watch-progress-notify-interval=5s',
      ],
      requests: { cpu: '100m', memory: '100Mi' },
      probePort: 2381,
      probeHost: '127.0.0.1',
      scheme: 'HTTP',
      paths: { liveness: '/livez', readiness: '/readyz', startup: '/readyz' },
      mounts: [
        ['etcd-data', '/var/lib/etcd', false, 'DirectoryOrCreate'],
        ['etcd-certs', `${pki}/etcd`, false, 'DirectoryOrCreate'],
      ],
      annotations: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${address}:2379` },
    },
    {
      name: 'kube-apiserver',
      image: `registry.k8s.io/kube-apiserver:${KUBERNETES_VERSION}`,
      command: [
        'kube-apiserver',
        `--advertise-address=${address}`,
        '--allow-privileged=true',
        '--authorization-mode=Node,RBAC',
        `--client-ca-file=${pki}/ca.crt`,
        '--enable-admission-plugins=NodeRestriction',
        '--enable-bootstrap-token-auth=true',
        `--etcd-cafile=${pki}/etcd/ca.crt`,
        `--etcd-certfile=${pki}/apiserver-etcd-client.crt`,
        `--etcd-keyfile=${pki}/apiserver-etcd-client.key`,
        '--etcd-servers=https://127.0.0.1:2379',
        `--kubelet-client-certificate=${pki}/apiserver-kubelet-client.crt`,
        `--kubelet-client-key=${pki}/apiserver-kubelet-client.key`,
        '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
        `--proxy-client-cert-file=${pki}/front-proxy-client.crt`,
        `--proxy-client-key-file=${pki}/front-proxy-client.key`,
        '--requestheader-allowed-names=front-proxy-client',
        `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-username-headers=X-Remote-User',
        '--secure-port=6443',
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${pki}/sa.pub`,
        `--service-account-signing-key-file=${pki}/sa.key`,
        '--service-cluster-ip-range=10.96.0.0/12',
        `--tls-cert-file=${pki}/apiserver.crt`,
        `--tls-private-key-file=${pki}/apiserver.key`,
      ],
      requests: { cpu: '250m' },
      probePort: 6443,
      probeHost: address,
      scheme: 'HTTPS',
      paths: { liveness: '/livez', readiness: '/readyz', startup: '/livez' },
      mounts: CA_MOUNTS,
      annotations: { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${address}:6443` },
    },
    {
      name: 'kube-controller-manager',
      image: `registry.k8s.io/kube-controller-manager:${KUBERNETES_VERSION}`,
      command: [
        'kube-controller-manager',
        '--allocate-node-cidrs=true',
        '--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf',
        '--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf',
        '--bind-address=127.0.0.1',
        `--client-ca-file=${pki}/ca.crt`,
        '--cluster-cidr=10.244.0.0/16',
        '--cluster-name=quorum',
        `--cluster-signing-cert-file=${pki}/ca.crt`,
        `--cluster-signing-key-file=${pki}/ca.key`,
        '--controllers=*,bootstrapsigner,tokencleaner',
        '--kubeconfig=/etc/kubernetes/controller-manager.conf',
        '--leader-elect=true',
        `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
        `--root-ca-file=${pki}/ca.crt`,
        `--service-account-private-key-file=${pki}/sa.key`,
        '--service-cluster-ip-range=10.96.0.0/12',
        '--use-service-account-credentials=true',
      ],
      requests: { cpu: '200m' },
      probePort: 10257,
      probeHost: '127.0.0.1',
      scheme: 'HTTPS',
      paths: { liveness: '/healthz', readiness: '/readyz', startup: '/healthz' },
      mounts: [
        ...CA_MOUNTS.slice(0, 2),
        ['flexvolume-dir', '/usr/libexec/kubernetes/kubelet-plugins/volume/exec', false, 'DirectoryOrCreate'],
        ...CA_MOUNTS.slice(2, 3),
        ['kubeconfig', '/etc/kubernetes/controller-manager.conf', true, 'FileOrCreate'],
        ...CA_MOUNTS.slice(3),
      ],
    },
    {
      name: 'kube-scheduler',
      image: `registry.k8s.io/kube-scheduler:${KUBERNETES_VERSION}`,
      command: [
        'kube-scheduler',
        '--authentication-kubeconfig=/etc/kubernetes/scheduler.conf',
        '--authorization-kubeconfig=/etc/kubernetes/scheduler.conf',
        '--bind-address=127.0.0.1',
        '--kubeconfig=/etc/kubernetes/scheduler.conf',
        '--leader-elect=true',
      ],
      requests: { cpu: '100m' },
      probePort: 10259,
      probeHost: '127.0.0.1',
      scheme: 'HTTPS',
      paths: { liveness: '/livez', readiness: '/readyz', startup: '/livez' },
      mounts: [['kubeconfig', '/etc/kubernetes/scheduler.conf', true, 'FileOrCreate']],
    },
  ];
}

/**
 * Pod manifests by file name (without `.yaml`), as the kubelet of a control-plane node reads them.
 * @param joined the control-plane machines up to that one, in order of joining.
 */
export function staticPodManifests(joined: readonly ControlPlaneMachine[]): { name: string; pod: Record<string, unknown> }[] {
  return staticPods(joined).map((part) => ({ name: part.name, pod: manifest(part) }));
}

function manifest(part: StaticPod): Record<string, unknown> {
  const probe = (path: string, times: ProbeTimes): Record<string, unknown> => ({
    failureThreshold: times.failureThreshold,
    httpGet: { host: part.probeHost, path, port: 'probe-port', scheme: part.scheme },
    ...(times.initialDelaySeconds === undefined ? {} : { initialDelaySeconds: times.initialDelaySeconds }),
    periodSeconds: times.periodSeconds,
    timeoutSeconds: times.timeoutSeconds,
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: part.name,
      namespace: 'kube-system',
      labels: { component: part.name, tier: 'control-plane' },
      ...(part.annotations ? { annotations: part.annotations } : {}),
    },
    spec: {
      containers: [
        {
          command: part.command,
          image: part.image,
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: probe(part.paths.liveness, LIVENESS),
          name: part.name,
          ports: [{ containerPort: part.probePort, hostPort: part.probePort, name: 'probe-port', protocol: 'TCP' }],
          readinessProbe: probe(part.paths.readiness, READINESS),
          resources: { requests: part.requests },
          startupProbe: probe(part.paths.startup, STARTUP),
          volumeMounts: part.mounts.map(([name, mountPath, readOnly]) => (readOnly ? { mountPath, name, readOnly } : { mountPath, name })),
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: part.mounts.map(([name, path, , type]) => ({ hostPath: { path, type }, name })),
    },
  };
}
