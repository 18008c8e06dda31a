/** Warnings about what a client writes (`WarningsOnCreate`, `WarningsOnUpdate`). Adding one: a line here. */
import { unrecognizedFormats } from '../custom-resources/formats.ts';
import { specOf } from '../custom-resources/types.ts';
import type { KubeObject } from '../types.ts';
import { podSpecWarnings } from './pod-template.ts';

type Warn = (object: KubeObject) => string[];

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MAX_LABEL_LENGTH = 63;

const ofTemplate: Warn = ({ spec }) => podSpecWarnings(spec?.template?.spec, 'spec.template.spec');

/** Names that become host names should be DNS labels. */
function hostName({ metadata: { name } }: KubeObject): string[] {
  if (!name || (DNS_LABEL.test(name) && name.length <= MAX_LABEL_LENGTH)) return [];
  const problems = [...(name.length > MAX_LABEL_LENGTH ? [`must be no more than ${MAX_LABEL_LENGTH} bytes`] : []), ...(name.includes('.') ? ['must not contain dots'] : [])];
  return [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`];
}

const warnings: Record<string, Warn> = {
  pods: (pod) => [
    ...hostName(pod).map((text) => text.replace('used in Pod names and hostnames', "used in the Pod's hostname")),
    ...podSpecWarnings(pod.spec, 'spec'),
  ],
  replicationcontrollers: ofTemplate,
  podtemplates: ({ template }) => podSpecWarnings(template?.spec, 'template.spec'),
  'deployments.apps': (object) => [...hostName(object), ...ofTemplate(object)],
  'replicasets.apps': (object) => [...hostName(object), ...ofTemplate(object)],
  'statefulsets.apps': (object) => [...hostName(object), ...ofTemplate(object)],
  'daemonsets.apps': ofTemplate,
  'jobs.batch': (object) => [...hostName(object), ...ofTemplate(object)],
  'cronjobs.batch': (object) => [...hostName(object), ...podSpecWarnings(object.spec?.jobTemplate?.spec?.template?.spec, 'spec.jobTemplate.spec.template.spec')],
  'customresourcedefinitions.apiextensions.k8s.io': (definition) => (specOf(definition)?.versions ?? []).flatMap(({ schema }) => unrecognizedFormats(schema?.openAPIV3Schema)).map((format) => `unrecognized format "${format}"`),
  'ingresses.networking.k8s.io': ({ metadata }) =>
    metadata.annotations?.['kubernetes.io/ingress.class'] === undefined ? [] : ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead'],
};

/** Finalizers without a path may be anybody's. */
function finalizers({ metadata }: KubeObject): string[] {
  return (metadata.finalizers ?? [])
    .filter((finalizer) => !finalizer.includes('/') && finalizer !== 'orphan' && finalizer !== 'foregroundDeletion' && finalizer !== 'kubernetes')
    .map((finalizer) => `metadata.finalizers: "${finalizer}": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`);
}

/** What the server warns of in an object. @param resource key. */
export function warningsFor(resource: string, object: KubeObject): string[] {
  return [...(warnings[resource]?.(object) ?? []), ...finalizers(object)];
}
