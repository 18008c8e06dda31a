/** A user's own namespace: the one that carries the user's name as a label. `quorum namespaces` makes them. */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';

export const HOME_LABEL = 'quorum/user';

/** The namespace that a user's kubectl works in unless told otherwise; undefined when it is nobody's. */
export function homeNamespace(namespaces: Iterable<KubeObject>, username: string): string | undefined {
  let home: string | undefined;
  for (const { metadata } of namespaces) {
    if (metadata.labels?.[HOME_LABEL] === username && !metadata.deletionTimestamp && (home === undefined || metadata.name < home)) home = metadata.name;
  }
  return home;
}
