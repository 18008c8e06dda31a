/** Image references, normalised as `distribution/reference` does. */

export interface ImageReference {
  /** Registry host: `docker.io`, `registry.k8s.io`. */
  registry: string;
  /** Path in the registry: `library/nginx`. */
  path: string;
  tag: string;
  digest?: string;
  /** `docker.io/library/nginx:1.27`, as containerd names it. */
  name: string;
  /** `docker.io/library/nginx`. */
  repository: string;
}

const REFERENCE = /^((?:[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|localhost)(?::\d+)?\/|[a-zA-Z0-9-]+:\d+\/)?([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

const known = new Map<string, ImageReference | null>();
/** The cache of parsed references is dropped when it grows beyond this. */
const KNOWN_LIMIT = 1_000;

/** @returns undefined when the text is no valid reference. */
export function parseReference(image: string): ImageReference | undefined {
  let result = known.get(image);
  if (result === undefined) {
    result = parse(image);
    if (known.size >= KNOWN_LIMIT) known.clear();
    known.set(image, result);
  }
  return result ?? undefined;
}

function parse(image: string): ImageReference | null {
  const match = REFERENCE.exec(image);
  if (!match) return null;
  let registry = match[1] ? match[1].slice(0, -1) : 'docker.io';
  if (registry === 'index.docker.io') registry = 'docker.io';
  let path = match[2] as string;
  if (registry === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  const digest = match[4];
  const tag = match[3] ?? (digest ? '' : 'latest');
  const repository = `${registry}/${path}`;
  const name = repository + (tag ? `:${tag}` : '') + (digest ? `@${digest}` : '');
  return { registry, path, tag, repository, name, ...(digest ? { digest } : {}) };
}
