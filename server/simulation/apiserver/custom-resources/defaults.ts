import type { DefinitionSpec, Json } from './types.ts';

/** `apiextensions/v1.SetDefaults_CustomResourceDefinitionSpec`. */
export function customResourceDefinitionDefaults(object: Json): Json {
  const spec = object.spec as DefinitionSpec | undefined;
  if (!spec?.names) return object;
  const { names, conversion } = spec;
  const { kind = '' } = names;
  const named = {
    ...names,
    ...(names.singular ? {} : { singular: kind.toLowerCase() }),
    ...(names.listKind || kind === '' ? {} : { listKind: `${kind}List` }),
  };
  return { ...object, spec: { ...spec, names: named, conversion: conversion ?? { strategy: 'None' } } };
}
