/** The scale of custom resources: replicas and selector at the places that their definition names (`customresource/etcd.go: ScaleREST`). */
import type { KubeObject } from '../types.ts';
import { simplePath, valueAt, withValueAt, type ScalePaths } from './types.ts';

export interface CustomScale {
  /** Undefined when the object does not say. */
  specReplicas: number | undefined;
  statusReplicas: number;
  /** As text, e.g. `app=web`. */
  selector: string;
}

function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

export function customScaleOf({ specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths, object: KubeObject): CustomScale {
  const selector = labelSelectorPath ? valueAt(object, simplePath(labelSelectorPath)) : undefined;
  return { specReplicas: whole(valueAt(object, simplePath(specReplicasPath))), statusReplicas: whole(valueAt(object, simplePath(statusReplicasPath))) ?? 0, selector: typeof selector === 'string' ? selector : '' };
}

export function withReplicas({ specReplicasPath }: ScalePaths, object: KubeObject, replicas: number): KubeObject {
  return withValueAt(object, simplePath(specReplicasPath), replicas) as KubeObject;
}
