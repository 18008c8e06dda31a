import { forbidden } from '../errors.ts';
import type { RegistryContext } from '../registry/types.ts';
import type { KubeObject } from '../types.ts';
import { admissionName, type AdmissionPlugin } from './types.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';
const PODS = { group: '', plural: 'pods' };

/** The class marked as global default; of several the one with the lowest value. */
function defaultClass({ store }: RegistryContext): KubeObject | undefined {
  let found: KubeObject | undefined;
  for (const candidate of store.values(CLASSES)) {
    if (candidate.globalDefault && (!found || candidate.value < found.value)) found = candidate;
  }
  return found;
}

/** `plugin/pkg/admission/priority`: the number behind a priority class name. */
export const priority = {
  name: 'Priority',
  resources: ['pods'],
  create(draft, registry) {
    const name: string = draft.spec.priorityClassName ?? '';
    const found = name === '' ? defaultClass(registry) : registry.store.get(CLASSES, name);
    if (name !== '' && !found) throw forbidden(PODS, admissionName(draft), `no PriorityClass with name ${name} was found`);
    const value: number = found?.value ?? 0;
    const preemption: string = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    if (draft.spec.priority !== undefined && draft.spec.priority !== null && draft.spec.priority !== value) {
      throw forbidden(PODS, admissionName(draft), `the integer value of priority (${draft.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
    }
    if (draft.spec.preemptionPolicy && draft.spec.preemptionPolicy !== preemption) {
      throw forbidden(PODS, admissionName(draft), `the string value of PreemptionPolicy (${draft.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemption} from the given PriorityClass name`);
    }
    if (found) draft.spec.priorityClassName = found.metadata.name;
    draft.spec.priority = value;
    draft.spec.preemptionPolicy = preemption;
  },
} satisfies AdmissionPlugin;
