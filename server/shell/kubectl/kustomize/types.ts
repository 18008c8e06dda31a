/** What a kustomization.yaml may say, as far as it is understood here, and what a build works on. */

export type Json = Record<string, unknown>;

export interface Selector {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  labelSelector?: string;
  annotationSelector?: string;
}

export interface Patch {
  path?: string;
  patch?: string;
  target?: Selector;
  options?: { allowNameChange?: boolean; allowKindChange?: boolean };
}

export interface GeneratorOptions {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  disableNameSuffixHash?: boolean;
  immutable?: boolean;
}

export interface GeneratorArgs {
  name?: string;
  namespace?: string;
  behavior?: 'create' | 'replace' | 'merge';
  files?: string[];
  literals?: string[];
  envs?: string[];
  env?: string;
  /** Of secrets. */
  type?: string;
  options?: GeneratorOptions;
}

export interface Kustomization {
  apiVersion?: string;
  kind?: string;
  resources?: string[];
  bases?: string[];
  components?: string[];
  namespace?: string;
  namePrefix?: string;
  nameSuffix?: string;
  labels?: { pairs?: Record<string, string>; includeSelectors?: boolean; includeTemplates?: boolean }[];
  commonLabels?: Record<string, string>;
  commonAnnotations?: Record<string, string>;
  images?: { name: string; newName?: string; newTag?: string; digest?: string; tagSuffix?: string }[];
  replicas?: { name: string; count: number }[];
  patches?: Patch[];
  patchesStrategicMerge?: string[];
  patchesJson6902?: Patch[];
  configMapGenerator?: GeneratorArgs[];
  secretGenerator?: GeneratorArgs[];
  generatorOptions?: GeneratorOptions;
}

export interface Resource {
  object: Json & { apiVersion: string; kind: string; metadata: Json & { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> } };
  /** Names that it had before; what refers to one of them means it. */
  formerNames: string[];
  /** Made by a generator: its name gets a suffix that follows from what it holds. */
  hashed: boolean;
}

/** Fields that a kustomization may have; others are a mistake in it. */
export const KNOWN_FIELDS = new Set([
  'apiVersion', 'kind', 'metadata', 'resources', 'bases', 'components', 'namespace', 'namePrefix', 'nameSuffix', 'labels', 'commonLabels', 'commonAnnotations', 'images', 'replicas', 'patches',
  'patchesStrategicMerge', 'patchesJson6902', 'configMapGenerator', 'secretGenerator', 'generatorOptions',
]);
/** Fields that kustomize has and this build has not. */
export const NOT_YET = new Set(['crds', 'vars', 'replacements', 'generators', 'transformers', 'validators', 'helmCharts', 'helmGlobals', 'helmChartInflationGenerator', 'configurations', 'openapi', 'buildMetadata', 'sortOptions', 'inventory']);
/** Deprecated fields, and what to use. */
export const DEPRECATED: Record<string, string> = { bases: 'resources', commonLabels: 'labels', patchesStrategicMerge: 'patches', patchesJson6902: 'patches' };
