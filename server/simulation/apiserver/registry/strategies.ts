/** All strategies. A kind with nothing special has a line in `plain`; another one a file and a line in `special`. */
import { customResourceStrategy } from '../custom-resources/strategy.ts';
import type { ServedResource } from '../discovery.ts';
import { apiServiceStrategy } from './api-service.ts';
import { certificateSigningRequestStrategy } from './certificate-signing-request.ts';
import { customResourceDefinitionStrategy } from './custom-resource-definition.ts';
import { daemonSetStrategy } from './daemon-set.ts';
import { deploymentStrategy } from './deployment.ts';
import { jobStrategy } from './job.ts';
import { namespaceStrategy } from './namespace.ts';
import { nodeStrategy } from './node.ts';
import { persistentVolumeClaimStrategy, persistentVolumeStrategy } from './persistent-volume.ts';
import { podStrategy } from './pod.ts';
import { serviceStrategy } from './service.ts';
import type { Strategy } from './types.ts';

const special: Strategy[] = [
  apiServiceStrategy,
  certificateSigningRequestStrategy,
  customResourceDefinitionStrategy,
  daemonSetStrategy,
  deploymentStrategy,
  jobStrategy,
  namespaceStrategy,
  nodeStrategy,
  persistentVolumeClaimStrategy,
  persistentVolumeStrategy,
  podStrategy,
  serviceStrategy,
];

const plain: Strategy[] = [
  { resource: 'replicationcontrollers', generation: 'spec' },
  { resource: 'podtemplates', generation: 'content' },
  { resource: 'endpoints', createOnUpdate: true },
  { resource: 'events', createOnUpdate: true },
  { resource: 'limitranges', createOnUpdate: true },
  { resource: 'serviceaccounts', unconditionalUpdate: false },
  { resource: 'replicasets.apps', generation: 'spec' },
  { resource: 'statefulsets.apps', generation: 'spec' },
  { resource: 'cronjobs.batch', generation: 'spec' },
  { resource: 'endpointslices.discovery.k8s.io', generation: 'content' },
  { resource: 'ingresses.networking.k8s.io', generation: 'spec' },
  { resource: 'ingressclasses.networking.k8s.io', generation: 'spec' },
  { resource: 'networkpolicies.networking.k8s.io', generation: 'spec' },
  { resource: 'poddisruptionbudgets.policy', generation: 'spec', unconditionalUpdate: false },
  { resource: 'priorityclasses.scheduling.k8s.io', generation: 'content' },
  { resource: 'leases.coordination.k8s.io', createOnUpdate: true, unconditionalUpdate: false },
  { resource: 'roles.rbac.authorization.k8s.io', createOnUpdate: true },
  { resource: 'clusterroles.rbac.authorization.k8s.io', createOnUpdate: true },
  { resource: 'rolebindings.rbac.authorization.k8s.io', createOnUpdate: true },
  { resource: 'clusterrolebindings.rbac.authorization.k8s.io', createOnUpdate: true },
  { resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io', generation: 'content', unconditionalUpdate: false },
  { resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io', generation: 'content', unconditionalUpdate: false },
  { resource: 'validatingadmissionpolicies.admissionregistration.k8s.io', generation: 'spec', unconditionalUpdate: false },
  { resource: 'validatingadmissionpolicybindings.admissionregistration.k8s.io', generation: 'spec', unconditionalUpdate: false },
  { resource: 'mutatingadmissionpolicies.admissionregistration.k8s.io', generation: 'spec', unconditionalUpdate: false },
  { resource: 'mutatingadmissionpolicybindings.admissionregistration.k8s.io', generation: 'spec', unconditionalUpdate: false },
  { resource: 'flowschemas.flowcontrol.apiserver.k8s.io', generation: 'spec' },
  { resource: 'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io', generation: 'spec' },
  { resource: 'runtimeclasses.node.k8s.io', unconditionalUpdate: false },
  { resource: 'csinodes.storage.k8s.io', unconditionalUpdate: false },
  { resource: 'csidrivers.storage.k8s.io', unconditionalUpdate: false },
  { resource: 'volumeattachments.storage.k8s.io', unconditionalUpdate: false },
];

const strategies = new Map<string, Strategy>([...special, ...plain].map((strategy) => [strategy.resource, strategy]));
const none: Strategy = { resource: '' };

/** The strategy of a resource. */
export function strategyOf(resource: ServedResource): Strategy {
  return strategies.get(resource.key) ?? (resource.definedBy ? customResourceStrategy(resource, resource.definedBy) : none);
}
