/**
 * Operations: what people do to a cluster otherwise than through the Kubernetes API (faults, machines joining, minikube).
 * Each is an input of the room: logged, then applied, deterministic.
 */
import type { UserInfo } from '../apiserver/types.ts';
import type { Cluster } from '../cluster.ts';

export interface Operation {
  name: string;
  /** Whether it changes the simulation; those that only look are not logged. */
  changes: boolean;
  /** It gets its user as the argument `user`, who is asked for by its room and may do it only if RBAC lets it. */
  asUser?: true;
  /** @param args as sent by a client: check them. @throws Error with a message for the person. */
  run(cluster: Cluster, args: Record<string, unknown>): unknown;
}

/** The user that the room has put among the arguments; undefined when there is none, as in recordings of earlier versions. */
export function userArgument(args: Record<string, unknown>): UserInfo | undefined {
  return args.user as UserInfo | undefined;
}

/** Reads a string argument. @throws Error when it is missing or too long. */
export function stringArgument(args: Record<string, unknown>, name: string, fallback?: string): string {
  const value = args[name] ?? fallback;
  if (typeof value !== 'string') throw new Error(`operation argument "${name}" must be a text`);
  if (value.length > 1_000) throw new Error(`operation argument "${name}" is longer than 1,000 characters`);
  return value;
}
