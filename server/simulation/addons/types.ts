import type { NewObject } from '../apiserver/client.ts';

/** An addon of minikube: manifests that `minikube addons enable` applies. */
export interface Addon {
  name: string;
  /** As the last column of `minikube addons list` names it. */
  maintainer: string;
  /** Resource key and object, in the order of application. Absent: known by name, not supported. */
  objects?(): [resource: string, object: NewObject][];
  /** Images that enabling it announces. */
  images?: string[];
}
