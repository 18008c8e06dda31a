/** The subresources that the API server serves itself. Adding one: a file and a line here. */
import { approval } from './approval.ts';
import { binding } from './binding.ts';
import { ephemeralContainers } from './ephemeral-containers.ts';
import { eviction } from './eviction.ts';
import { finalize } from './finalize.ts';
import { log } from './log.ts';
import { proxy } from './proxy.ts';
import { resize } from './resize.ts';
import { scale } from './scale.ts';
import { status } from './status.ts';
import { token } from './token.ts';
import type { Subresource } from './types.ts';

const all: readonly Subresource[] = [approval, binding, ephemeralContainers, eviction, finalize, log, proxy, resize, scale, status, token];

/** The subresource of a resource, when the server has one of that name for it. */
export function subresourceOf(resource: { key: string; subresources: string[] }, name: string): Subresource | undefined {
  if (!resource.subresources.includes(name)) return undefined;
  return all.find((candidate) => candidate.name === name && (!candidate.resources || candidate.resources.includes(resource.key)));
}
