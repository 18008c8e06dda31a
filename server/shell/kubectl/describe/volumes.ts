/** Volumes as descriptions show them. */
import type { Writer } from './writer.ts';

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a volume has one of thirty sources, each a shape of its own */
type Source = Record<string, any>;

interface Volume {
  name: string;
  [source: string]: unknown;
}

/** Titles and fields of volume sources: field, label, and how an absent value reads. */
const SIMPLE: Record<string, { type: string; fields: [path: string, label: string, fallback: string][] }> = {
  hostPath: { type: 'HostPath (bare host directory volume)', fields: [['path', 'Path', ''], ['type', 'HostPathType', '']] },
  emptyDir: { type: "EmptyDir (a temporary directory that shares a pod's lifetime)", fields: [['medium', 'Medium', ''], ['sizeLimit', 'SizeLimit', '<unset>']] },
  secret: { type: 'Secret (a volume populated by a Secret)', fields: [['secretName', 'SecretName', ''], ['optional', 'Optional', 'false']] },
  configMap: { type: 'ConfigMap (a volume populated by a ConfigMap)', fields: [['name', 'Name', ''], ['optional', 'Optional', 'false']] },
  persistentVolumeClaim: { type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', fields: [['claimName', 'ClaimName', ''], ['readOnly', 'ReadOnly', 'false']] },
  nfs: { type: 'NFS (an NFS mount that lasts the lifetime of a pod)', fields: [['server', 'Server', ''], ['path', 'Path', ''], ['readOnly', 'ReadOnly', 'false']] },
};

export function describeVolumes(writer: Writer, volumes: Volume[] | undefined, indent: string): void {
  if (!volumes?.length) return writer.raw(`${indent}Volumes:\t<none>\n`);
  writer.raw(`${indent}Volumes:\n`);
  const head = indent === '' ? '  ' : `${indent} `;
  for (const volume of volumes) {
    writer.raw(`${head}${volume.name}:\n`);
    const kind = Object.keys(volume).find((key) => key !== 'name');
    const source = (kind === undefined ? {} : (volume[kind] ?? {})) as Source;
    const simple = kind === undefined ? undefined : SIMPLE[kind];
    if (simple) {
      writer.line(2, `Type:\t${simple.type}`);
      for (const [path, label, fallback] of simple.fields) writer.line(2, `${label}:\t${source[path] ?? fallback}`);
    } else if (kind === 'projected') projected(writer, source);
    else if (kind === 'downwardAPI') downward(writer, source);
    else writer.line(2, `Type:\t${kind ?? '<unknown>'}`);
  }
}

function projected(writer: Writer, source: Source): void {
  writer.line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)');
  for (const part of (source.sources ?? []) as Source[]) {
    if (part.secret) {
      writer.line(2, `SecretName:\t${part.secret.name}`);
      writer.line(2, `Optional:\t${part.secret.optional ?? false}`);
    } else if (part.downwardAPI) writer.line(2, 'DownwardAPI:\ttrue');
    else if (part.configMap) {
      writer.line(2, `ConfigMapName:\t${part.configMap.name}`);
      writer.line(2, `Optional:\t${part.configMap.optional ?? false}`);
    } else if (part.serviceAccountToken) writer.line(2, `TokenExpirationSeconds:\t${part.serviceAccountToken.expirationSeconds}`);
  }
}

function downward(writer: Writer, source: Source): void {
  writer.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:');
  for (const item of (source.items ?? []) as Source[]) {
    if (item.fieldRef) writer.line(3, `${item.fieldRef.fieldPath} -> ${item.path}`);
    if (item.resourceFieldRef) writer.line(3, `${item.resourceFieldRef.resource} -> ${item.path}`);
  }
}
