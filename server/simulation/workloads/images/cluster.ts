/** Images of the cluster's own programs. What those programs do is in the simulation's components; here is only how they run. */
import { flag, klogHeader, respond } from '../http.ts';
import { versions } from '../tags.ts';
import type { Image, Program } from '../types.ts';
import { ETCDCTL, etcdToolPrograms } from './etcd-tools.ts';

interface ClusterProgram {
  name: string;
  repository: string;
  path: string;
  hasTag(tag: string): boolean;
  sizeBytes: number;
  memoryBytes: number;
  milliCpu: number;
  command?: string[];
  entrypoint?: string[];
  ports(argv: readonly string[]): number[];
  log(argv: readonly string[], now: number): string;
  /** Ports that do not speak HTTP. */
  other?: number[];
}

const release = versions(/^v1\.3\d\.\d+$/, []);

const list: ClusterProgram[] = [
  {
    name: 'kube-apiserver', repository: 'registry.k8s.io/kube-apiserver', path: '/usr/local/bin/kube-apiserver', hasTag: release, sizeBytes: 27_072_388, memoryBytes: 272_629_760, milliCpu: 42,
    ports: (argv) => [Number(flag(argv, 'secure-port') ?? 6443)],
    log: (argv, now) => `${klogHeader(now)}options.go:263] external host was not specified, using ${flag(argv, 'advertise-address') ?? ''}\n${klogHeader(now)}server.go:147] Version: v1.37.2\n${klogHeader(now)}secure_serving.go:211] Serving securely on [::]:6443\n`,
  },
  {
    name: 'etcd', repository: 'registry.k8s.io/etcd', path: '/usr/local/bin/etcd', hasTag: versions(/^3\.\d\.\d+-\d+$/, []), sizeBytes: 22_871_747, memoryBytes: 47_185_920, milliCpu: 18,
    ports: () => [2379, 2381], other: [2379],
    log: (_argv, now) => `{"level":"info","ts":"${new Date(now).toISOString().slice(0, 23)}000Z","caller":"embed/serve.go:210","msg":"serving client traffic securely","traffic":"grpc+http","address":"127.0.0.1:2379"}\n`,
  },
  {
    name: 'kube-controller-manager', repository: 'registry.k8s.io/kube-controller-manager', path: '/usr/local/bin/kube-controller-manager', hasTag: release, sizeBytes: 22_819_474, memoryBytes: 56_623_104, milliCpu: 15,
    ports: () => [10_257],
    log: (_argv, now) => `${klogHeader(now)}controllermanager.go:203] "Starting" version="v1.37.2"\n${klogHeader(now)}secure_serving.go:211] Serving securely on 127.0.0.1:10257\n`,
  },
  {
    name: 'kube-scheduler', repository: 'registry.k8s.io/kube-scheduler', path: '/usr/local/bin/kube-scheduler', hasTag: release, sizeBytes: 17_382_979, memoryBytes: 25_165_824, milliCpu: 3,
    ports: () => [10_259],
    log: (_argv, now) => `${klogHeader(now)}server.go:171] "Starting Kubernetes Scheduler" version="v1.37.2"\n${klogHeader(now)}secure_serving.go:211] Serving securely on 127.0.0.1:10259\n`,
  },
  {
    name: 'kube-proxy', repository: 'registry.k8s.io/kube-proxy', path: '/usr/local/bin/kube-proxy', hasTag: release, sizeBytes: 25_963_480, memoryBytes: 20_971_520, milliCpu: 1,
    ports: () => [10_249, 10_256],
    log: (_argv, now) => `${klogHeader(now)}server_linux.go:132] "Using iptables Proxier"\n${klogHeader(now)}server.go:527] "Version info" version="v1.37.2"\n${klogHeader(now)}shared_informer.go:349] "Waiting for caches to sync" controller="service config"\n`,
  },
  {
    name: 'coredns', repository: 'registry.k8s.io/coredns/coredns', path: '/coredns', hasTag: versions(/^v1\.\d+\.\d+$/, []), sizeBytes: 22_384_805, memoryBytes: 15_728_640, milliCpu: 2, entrypoint: ['/coredns'],
    ports: () => [53, 8080, 8181, 9153], other: [53],
    log: () => `.:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.14.6\nlinux/amd64, go1.25.5\n`,
  },
  {
    name: 'kindnetd', repository: 'docker.io/kindest/kindnetd', path: '/bin/kindnetd', hasTag: versions(/^v20\d{6}-[0-9a-f]+$/, []), sizeBytes: 39_298_188, memoryBytes: 12_582_912, milliCpu: 1, command: ['/bin/kindnetd'],
    ports: () => [],
    log: (_argv, now) => `${klogHeader(now)}main.go:109] connected to apiserver: https://10.96.0.1:443\n${klogHeader(now)}main.go:139] hostIP and podIP are set, using them for the node\n`,
  },
  {
    name: 'metrics-server', repository: 'registry.k8s.io/metrics-server/metrics-server', path: '/metrics-server', hasTag: versions(/^v0\.\d\.\d$/, []), sizeBytes: 22_541_737, memoryBytes: 22_020_096, milliCpu: 4, entrypoint: ['/metrics-server'],
    ports: (argv) => [Number(flag(argv, 'secure-port') ?? 4443)],
    log: (argv, now) => `${klogHeader(now)}serving.go:380] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)\n${klogHeader(now)}secure_serving.go:211] Serving securely on [::]:${flag(argv, 'secure-port') ?? '4443'}\n`,
  },
  {
    name: 'nginx-ingress-controller', repository: 'registry.k8s.io/ingress-nginx/controller', path: '/nginx-ingress-controller', hasTag: versions(/^v1\.\d+\.\d+$/, []), sizeBytes: 119_265_112, memoryBytes: 94_371_840, milliCpu: 3, entrypoint: ['/usr/bin/dumb-init', '--'], command: ['/nginx-ingress-controller'],
    ports: () => [80, 443, 10_254],
    log: () => '-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.13.2\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n-------------------------------------------------------------------------------\n\n',
  },
  {
    name: 'storage-provisioner', repository: 'gcr.io/k8s-minikube/storage-provisioner', path: '/storage-provisioner', hasTag: versions(/^v5$/, []), sizeBytes: 9_058_936, memoryBytes: 18_874_368, milliCpu: 2,
    ports: () => [],
    log: (_argv, now) => `${klogHeader(now)}storage_provisioner.go:116] Initializing the minikube storage provisioner...\n${klogHeader(now)}storage_provisioner.go:141] Storage provisioner initialized, now starting service!\n${klogHeader(now)}leaderelection.go:253] successfully acquired lease kube-system/k8s.io-minikube-hostpath\n`,
  },
  {
    name: 'local-path-provisioner', repository: 'docker.io/rancher/local-path-provisioner', path: '/usr/bin/local-path-provisioner', hasTag: versions(/^v0\.0\.\d+$/, []), sizeBytes: 18_584_854, memoryBytes: 15_728_640, milliCpu: 1,
    ports: () => [],
    log: (_argv, now) => `${klogHeader(now)}controller.go:824] "Starting provisioner controller" component="rancher.io/local-path"\n${klogHeader(now)}controller.go:873] "Started provisioner controller" component="rancher.io/local-path"\n`,
  },
  {
    name: 'csi-block-controller', repository: 'quorum.local/csi-block-controller', path: '/csi-block-controller', hasTag: versions(/^v1\.0\.0$/, []), sizeBytes: 14_680_064, memoryBytes: 15_728_640, milliCpu: 1,
    ports: () => [],
    log: (_argv, now) => `${klogHeader(now)}controller.go:41] "Starting controller" driver="block.csi.quorum.local"\n`,
  },
  {
    name: 'csi-block-node', repository: 'quorum.local/csi-block-node', path: '/csi-block-node', hasTag: versions(/^v1\.0\.0$/, []), sizeBytes: 11_534_336, memoryBytes: 10_485_760, milliCpu: 1,
    ports: () => [],
    log: (_argv, now) => `${klogHeader(now)}node.go:35] "Listening for connections" endpoint="unix:///csi/csi.sock"\n${klogHeader(now)}registrar.go:88] "Kubelet registered the driver" driver="block.csi.quorum.local"\n`,
  },
];

export const clusterPrograms: Program[] = [
  ...etcdToolPrograms,
  ...list.map(
    (own): Program => ({
      name: own.name,
      clusterProgram: own.name,
      daemon: true,
      memoryBytes: own.memoryBytes,
      milliCpu: own.milliCpu,
      termination: { afterMs: own.name === 'coredns' ? 5_000 : 50, code: 0 },
      ports: (argv) => own.ports(argv),
      step(process, event) {
        if (event.kind === 'start') process.write(2, own.log(process.argv, process.now));
      },
      serve(request, context) {
        if (own.other?.includes(request.port) && request.method !== ETCDCTL) return undefined;
        const special = context.fromCluster();
        if (special !== undefined) return typeof special === 'string' ? undefined : special;
        if (!/^\/(livez|readyz|healthz|health|ready)(\/|$|\?)/.test(request.path)) return respond(404, '404 page not found\n');
        return context.healthy() ? respond(200, own.name === 'coredns' ? 'OK' : 'ok') : respond(500, `[-]${own.name} failed: reason withheld\nhealthz check failed\n`);
      },
    }),
  ),
  {
    name: 'dumb-init',
    step(process, event) {
      if (event.kind !== 'start') return;
      const command = process.argv.slice(1).filter((argument, index) => index > 0 || argument !== '--');
      if (process.exec(command)) process.exit(2);
    },
  },
];

export const clusterImages: Image[] = [
  ...list.map(
    (own): Image => ({
      repository: own.repository,
      hasTag: (tag) => own.hasTag(tag),
      sizeBytes: () => own.sizeBytes,
      ...(own.entrypoint ? { entrypoint: own.entrypoint } : {}),
      command: own.command ?? (own.entrypoint ? [] : [own.path]),
      env: {},
      base: 'none',
      files: () => ({}),
      programs: { [own.path]: own.name, ...(own.name === 'etcd' ? { '/usr/local/bin/etcdctl': 'etcdctl', '/usr/local/bin/etcdutl': 'etcdutl' } : {}), ...(own.entrypoint?.[0] === '/usr/bin/dumb-init' ? { '/usr/bin/dumb-init': 'dumb-init' } : {}) },
    }),
  ),
];
