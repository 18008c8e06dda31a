import type { KubeObject } from '../../../simulation/apiserver/types.ts';

/** An event as `kubectl describe` lists it. */
export type EventObject = KubeObject;

/** What a describer may ask for while it writes. */
export interface DescribeContext {
  /** Virtual time, ms. */
  now: number;
  /** The object at a path, or undefined when there is none. */
  get(path: string, query?: Record<string, string>): Promise<KubeObject | undefined>;
  /** Items of a list; empty when the list cannot be had. */
  list(path: string, query?: Record<string, string>): Promise<KubeObject[]>;
  /** Events about the object, or undefined when they are not wanted. */
  events: EventObject[] | undefined;
}

/** Writes the description of one object. */
export type Describer = (object: KubeObject, context: DescribeContext) => Promise<string>;
