/** Content negotiation: in which encoding a client wants its answer. Which form of an object, the API server decides. */

export type Encoding = 'json' | 'yaml' | 'openapi-protobuf';

/** What kubectl before 1.27 asks the OpenAPI document in, to validate manifests. */
const OPENAPI_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

interface Clause {
  type: string;
  quality: number;
}

function clausesOf(accept: string): Clause[] {
  return accept
    .split(',')
    .map((clause) => {
      const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { type: type.toLowerCase(), quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
    })
    .filter(({ type, quality }) => type !== '' && quality > 0)
    .sort((x, y) => y.quality - x.quality);
}

/** The encoding for an Accept header; undefined when nothing that we have is accepted. */
export function encodingOf(accept: string | undefined, path: string): Encoding | undefined {
  const clauses = clausesOf(accept ?? '');
  if (clauses.length === 0) return 'json';
  for (const { type } of clauses) {
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
    if (type === 'application/yaml') return 'yaml';
    if (type === OPENAPI_PROTOBUF && path === '/openapi/v2') return 'openapi-protobuf';
  }
  return undefined;
}
