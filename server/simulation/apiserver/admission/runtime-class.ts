import { forbidden } from '../errors.ts';
import { admissionName, type AdmissionPlugin } from './types.ts';

const CLASSES = 'runtimeclasses.node.k8s.io';

interface RuntimeClass {
  overhead?: { podFixed?: Record<string, string> };
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: object[] };
}

/** `plugin/pkg/admission/runtimeclass`: what a pod's RuntimeClass costs, and where it is to be had. */
export const runtimeClass = {
  name: 'RuntimeClass',
  resources: ['pods'],
  create(draft, { store }, { resource }) {
    const refuse = (why: string): Error => forbidden(resource, admissionName(draft), `pod rejected: ${why}`);
    const spec = draft.spec as { runtimeClassName?: string; overhead?: Record<string, string>; nodeSelector?: Record<string, string>; tolerations?: object[] };
    if (!spec.runtimeClassName) {
      if (spec.overhead && Object.keys(spec.overhead).length > 0) throw refuse('Pod Overhead set without corresponding RuntimeClass defined Overhead');
      return;
    }
    const found = store.get(CLASSES, spec.runtimeClassName) as (RuntimeClass & object) | undefined;
    if (!found) throw refuse(`RuntimeClass "${spec.runtimeClassName}" not found`);
    const overhead = found.overhead?.podFixed;
    if (spec.overhead && JSON.stringify(spec.overhead) !== JSON.stringify(overhead)) throw refuse("Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    if (overhead) spec.overhead = overhead;
    const { nodeSelector, tolerations } = found.scheduling ?? {};
    for (const key of Object.keys(nodeSelector ?? {})) {
      const own = spec.nodeSelector?.[key];
      if (own !== undefined && own !== nodeSelector?.[key]) throw refuse(`conflict: runtimeClass.Scheduling.NodeSelector[${key}] = ${nodeSelector?.[key]}; pod.Spec.NodeSelector[${key}] = ${own}`);
    }
    if (nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
    if (tolerations) spec.tolerations = [...(spec.tolerations ?? []), ...tolerations];
  },
} satisfies AdmissionPlugin;
