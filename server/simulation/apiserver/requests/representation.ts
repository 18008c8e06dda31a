/** How objects are written in a response: as they are, as rows of a Table, or as metadata only. */
import { groupVersion, type ServedResource } from '../discovery.ts';
import { fromStorageVersion, isStorageVersion } from '../registry/conversion.ts';
import { partialMetadata, toTable, type IncludeObject, type Table, type TableSubject } from '../tables/table.ts';
import type { ApiRequest, KubeObject } from '../types.ts';

export type Form = 'object' | 'table' | 'metadata' | 'discovery';

const FORMS: Record<string, Form> = {
  'Table;v1;meta.k8s.io': 'table',
  'PartialObjectMetadata;v1;meta.k8s.io': 'metadata',
  'PartialObjectMetadataList;v1;meta.k8s.io': 'metadata',
  'APIGroupDiscoveryList;v2;apidiscovery.k8s.io': 'discovery',
};

/** The first form of the Accept header that is served; `object` when there is none. */
export function formOf(accept: string | undefined): Form {
  for (const clause of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const values = new Map(parameters.map((parameter) => parameter.split('=') as [string, string]));
    const as = values.get('as');
    if (as === undefined) {
      if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'object';
      continue;
    }
    const form = FORMS[`${as};${values.get('v') ?? ''};${values.get('g') ?? ''}`];
    if (form && type === 'application/json') return form;
  }
  return 'object';
}

interface ListMetadata {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** Writes objects of one resource in the form that a request asks for. */
export class Representation {
  readonly form: Form;
  readonly #include: IncludeObject;
  readonly #convert: (object: KubeObject) => KubeObject;

  constructor(
    readonly resource: ServedResource,
    request: ApiRequest,
    private readonly now: () => number,
    /** The kind of a subresource, when that is what is shown. */
    private readonly subject: TableSubject = resource,
  ) {
    const form = formOf(request.accept);
    this.form = form === 'discovery' ? 'object' : form;
    this.#include = (request.query?.includeObject as IncludeObject | undefined) || 'Metadata';
    // A subresource of another kind is made as it is served.
    this.#convert = subject !== resource || isStorageVersion(resource) ? (object) => object : (object) => fromStorageVersion(resource, object);
  }

  one(object: KubeObject): unknown {
    switch (this.form) {
      case 'table':
        return this.table([object], { ...(object.metadata.resourceVersion ? { resourceVersion: object.metadata.resourceVersion } : {}) });
      case 'metadata':
        return partialMetadata(object);
      default:
        return this.#convert(object);
    }
  }

  list(objects: readonly KubeObject[], metadata: ListMetadata): unknown {
    switch (this.form) {
      case 'table':
        return this.table(objects, metadata);
      case 'metadata':
        return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(partialMetadata) };
      default: {
        const { kind, group, version, definedBy } = this.resource;
        return { kind: definedBy?.listKind ?? `${kind}List`, apiVersion: groupVersion(group, version), metadata, items: isStorageVersion(this.resource) ? objects : objects.map(this.#convert) };
      }
    }
  }

  /** The object of one watch event. @param first whether a table carries its columns. */
  event(object: KubeObject, first: boolean): unknown {
    return this.form === 'table' ? this.table([object], { resourceVersion: object.metadata.resourceVersion }, first) : this.one(object);
  }

  /** The object of a bookmark: nothing but its metadata. */
  bookmark(apiVersion: string, kind: string, metadata: Record<string, unknown>): unknown {
    if (this.form === 'table') return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: metadata.resourceVersion }, columnDefinitions: [], rows: [] };
    return this.form === 'metadata' ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } : { kind, apiVersion, metadata };
  }

  private table(objects: readonly KubeObject[], metadata: Table['metadata'], withColumns = true): Table {
    return toTable(this.subject, objects, this.now(), this.#include, metadata, withColumns, this.#convert);
  }
}
