import { encodeBase64 } from '../../../../simulation/apiserver/defaulting/core.ts';
import { checkConfigKey, checkEnvName } from '../../../../simulation/apiserver/validation/names.ts';
import { PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../../framework/command.ts';
import { KubectlError, ServerError } from '../../framework/errors.ts';
import { printerFor } from '../../printers/output.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import { parseDuration } from '../../framework/flags.ts';
import { hashOf } from '../../kustomize/generators.ts';
import { CREATE_FLAGS, finish, nameOf, type Json } from './common.ts';

const SOURCE_FLAGS = [{ name: 'from-literal', type: 'array' }, { name: 'from-file', type: 'list' }, { name: 'from-env-file', type: 'list' }, { name: 'append-hash', type: 'bool' }] as const;

/** Reads --from-literal, --from-file and --from-env-file. @throws KubectlError */
async function collect(kubectl: Kubectl, what: 'configmap' | 'secret'): Promise<Record<string, string>> {
  const { flags } = kubectl;
  const data: Record<string, string> = {};
  const add = (key: string, value: string): void => {
    const [problem] = checkConfigKey(key);
    if (problem) throw new KubectlError(`"${key}" is not a valid key name for a ${what === 'configmap' ? 'ConfigMap' : 'Secret'}: ${problem}`);
    if (key in data) throw new KubectlError(what === 'configmap' ? `cannot add key "${key}", another key by that name already exists in Data for ConfigMap "${kubectl.args[0] ?? ''}"` : `cannot add key ${key}, another key by that name already exists`);
    data[key] = value;
  };
  if (flags.given('from-env-file') && (flags.given('from-file') || flags.given('from-literal'))) throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
  const read = async (path: string): Promise<string> => {
    const text = kubectl.context.files.read(kubectl.absolute(path));
    if (text === undefined) throw new KubectlError(`error reading ${path}: no such file or directory`);
    return text;
  };
  for (const source of flags.list('from-file')) {
    const equals = source.indexOf('=');
    const path = equals < 0 ? source : source.slice(equals + 1);
    const whole = kubectl.absolute(path);
    if (equals < 0 && kubectl.context.files.isDirectory(whole)) {
      for (const child of kubectl.context.files.list(whole) ?? []) if (!kubectl.context.files.isDirectory(`${whole}/${child}`)) add(child, await read(`${whole}/${child}`));
    } else add(equals < 0 ? (path.split('/').pop() as string) : source.slice(0, equals), await read(path));
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new KubectlError(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1).replace(/^(["'])(.*)\1$/s, '$2'));
  }
  for (const path of flags.list('from-env-file')) {
    for (const line of (await read(path)).split('\n')) {
      const trimmed = line.trimStart();
      if (trimmed === '' || trimmed.startsWith('#')) continue;
      const equals = trimmed.indexOf('=');
      const key = equals < 0 ? trimmed : trimmed.slice(0, equals);
      const [problem] = checkEnvName(key);
      if (problem) throw new KubectlError(`"${key}" is not a valid key name: ${problem}`);
      add(key, equals < 0 ? (kubectl.context.env[key] ?? '') : trimmed.slice(equals + 1));
    }
  }
  return data;
}

/** With --append-hash the name ends with a hash of the content. */
async function hashed(kubectl: Kubectl, object: Json): Promise<Json> {
  if (!kubectl.flags.bool('append-hash')) return object;
  const metadata = object.metadata as Json;
  return { ...object, metadata: { ...metadata, name: `${metadata.name as string}-${await hashOf(object)}` } };
}

export const createConfigMap: KubectlCommand = {
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  usage: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  flags: [...CREATE_FLAGS, ...SOURCE_FLAGS],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const data = await collect(kubectl, 'configmap');
    await finish(kubectl, { object: await hashed(kubectl, { apiVersion: 'v1', ...(Object.keys(data).length > 0 ? { data } : {}), kind: 'ConfigMap', metadata: { name } }), failure: 'failed to create configmap: ' });
  },
};

function encoded(data: Record<string, string>): Json {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)]));
}

const generic: KubectlCommand = {
  name: 'generic',
  summary: 'Create a secret from a local file, directory, or literal value',
  usage: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  flags: [...CREATE_FLAGS, ...SOURCE_FLAGS, { name: 'type', type: 'string' }],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const data = await collect(kubectl, 'secret');
    const type = kubectl.flags.string('type');
    await finish(kubectl, { object: await hashed(kubectl, { apiVersion: 'v1', ...(Object.keys(data).length > 0 ? { data: encoded(data) } : {}), kind: 'Secret', metadata: { name }, ...(type ? { type } : {}) }), failure: 'failed to create secret ' });
  },
};

const dockerRegistry: KubectlCommand = {
  name: 'docker-registry',
  summary: 'Create a secret for use with a Docker registry',
  usage: 'NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]',
  flags: [
    ...CREATE_FLAGS,
    ...SOURCE_FLAGS,
    { name: 'docker-server', type: 'string', default: 'https://index.docker.io/v1/' },
    { name: 'docker-username', type: 'string' },
    { name: 'docker-password', type: 'string' },
    { name: 'docker-email', type: 'string' },
  ],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const { flags } = kubectl;
    if (!flags.given('from-file') && (!flags.string('docker-username') || !flags.string('docker-password'))) {
      throw new KubectlError(`either --from-file or the combination of --docker-username, --docker-password and --docker-server is required`);
    }
    const email = flags.string('docker-email');
    const username = flags.string('docker-username');
    const password = flags.string('docker-password');
    const text = flags.given('from-file')
      ? Object.values(await collect(kubectl, 'secret'))[0] ?? ''
      : JSON.stringify({ auths: { [flags.string('docker-server')]: { username, password, ...(email ? { email } : {}), auth: encodeBase64(`${username}:${password}`) } } });
    await finish(kubectl, { object: { apiVersion: 'v1', data: encoded({ '.dockerconfigjson': text }), kind: 'Secret', metadata: { name }, type: 'kubernetes.io/dockerconfigjson' }, failure: 'failed to create secret ' });
  },
};

const tls: KubectlCommand = {
  name: 'tls',
  summary: 'Create a TLS secret',
  usage: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  flags: [...CREATE_FLAGS, { name: 'cert', type: 'string', required: true }, { name: 'key', type: 'string', required: true }],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const read = (file: string): string => {
      const text = kubectl.context.files.read(kubectl.absolute(file));
      if (text === undefined) throw new KubectlError(`Cannot read file ${file}, open ${file}: no such file or directory`);
      return text;
    };
    const [certificate, key] = [read(kubectl.flags.string('cert')), read(kubectl.flags.string('key'))];
    if (!certificate.includes('-----BEGIN CERTIFICATE-----')) throw new KubectlError('tls: failed to find any PEM data in certificate input');
    if (!/-----BEGIN (?:\w+ )?PRIVATE KEY-----/.test(key)) throw new KubectlError('tls: failed to find any PEM data in key input');
    await finish(kubectl, { object: { apiVersion: 'v1', data: encoded({ 'tls.crt': certificate, 'tls.key': key }), kind: 'Secret', metadata: { name }, type: 'kubernetes.io/tls' }, failure: 'failed to create secret ' });
  },
};

export const createSecret: KubectlCommand = {
  name: 'secret',
  summary: 'Create a secret using a specified subcommand',
  usage: '(docker-registry | generic | tls)',
  long: 'Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.',
  subcommands: [dockerRegistry, generic, tls],
};

export const createNamespace: KubectlCommand = {
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Create a namespace with the specified name',
  usage: 'NAME [--dry-run=server|client|none]',
  flags: CREATE_FLAGS,
  run: (kubectl) => finish(kubectl, { object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: nameOf(kubectl) }, spec: {}, status: {} } }),
};

export const createServiceAccount: KubectlCommand = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Create a service account with the specified name',
  usage: 'NAME [--dry-run=server|client|none]',
  flags: CREATE_FLAGS,
  run: (kubectl) => finish(kubectl, { object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: nameOf(kubectl) } }, failure: 'failed to create serviceaccount: ' }),
};

const BOUND_KINDS: readonly string[] = ['Node', 'Pod', 'Secret'];

export const createToken: KubectlCommand = {
  name: 'token',
  summary: 'Request a service account token',
  usage: 'SERVICE_ACCOUNT_NAME',
  flags: [
    { name: 'audience', type: 'array' },
    { name: 'duration', type: 'string', default: '0' },
    { name: 'bound-object-kind', type: 'string' },
    { name: 'bound-object-name', type: 'string' },
    { name: 'bound-object-uid', type: 'string' },
    ...PRINT_FLAGS,
  ],
  async run(kubectl) {
    const name = nameOf(kubectl);
    const accounts = await kubectl.client.resource('serviceaccounts');
    const seconds = Math.round((parseDuration(kubectl.flags.string('duration')) ?? 0) / 1_000);
    const [kind, boundName, uid] = ['kind', 'name', 'uid'].map((part) => kubectl.flags.string(`bound-object-${part}`)) as [string, string, string];
    if (kind === '' && boundName !== '') throw new KubectlError('--bound-object-name can only be set if --bound-object-kind is provided');
    if (kind !== '' && boundName === '') throw new KubectlError('--bound-object-name is required if --bound-object-kind is provided');
    if (kind !== '' && !BOUND_KINDS.includes(kind)) throw new KubectlError(`supported --bound-object-kind values are ${BOUND_KINDS.join(', ')}`);
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { ...(kubectl.flags.list('audience').length > 0 ? { audiences: kubectl.flags.list('audience') } : {}), ...(seconds > 0 ? { expirationSeconds: seconds } : {}), ...(kind === '' ? {} : { boundObjectRef: { apiVersion: 'v1', kind, name: boundName, ...(uid === '' ? {} : { uid }) } }) },
    };
    let answer: KubeObject;
    try {
      answer = (await kubectl.client.request({ method: 'POST', path: kubectl.client.path(accounts, kubectl.namespace, name, 'token'), body })) as KubeObject;
    } catch (error) {
      throw error instanceof ServerError ? new KubectlError(`failed to create token: ${error.status.message}`) : error;
    }
    const printer = printerFor(kubectl);
    if (printer) return kubectl.out(printer.one({ resource: accounts, object: answer }));
    // Into a file or a variable goes the token alone.
    kubectl.out(`${(answer.status as { token?: string } | undefined)?.token ?? ''}${kubectl.context.stdout.isTerminal ? '\n' : ''}`);
  },
};

function quantities(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').filter(Boolean).map((part) => {
      const [key, value] = part.split('=');
      if (!key || value === undefined) throw new KubectlError(`Invalid argument syntax ${part}, expected <resource>=<value>`);
      return [key, value];
    }),
  );
}

export const createQuota: KubectlCommand = {
  name: 'quota',
  aliases: ['resourcequota'],
  summary: 'Create a quota with the specified name',
  usage: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  flags: [...CREATE_FLAGS, { name: 'hard', type: 'string' }, { name: 'scopes', type: 'string' }],
  async run(kubectl) {
    const hard = quantities(kubectl.flags.string('hard'));
    const scopes = kubectl.flags.string('scopes').split(',').filter(Boolean);
    await finish(kubectl, { object: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: nameOf(kubectl) }, spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }, status: {} }, failure: 'failed to create quota: ' });
  },
};

export const createPriorityClass: KubectlCommand = {
  name: 'priorityclass',
  aliases: ['pc'],
  summary: 'Create a priority class with the specified name',
  usage: 'NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  flags: [...CREATE_FLAGS, { name: 'value', type: 'int' }, { name: 'global-default', type: 'bool' }, { name: 'description', type: 'string' }, { name: 'preemption-policy', type: 'string', default: 'PreemptLowerPriority' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const description = flags.string('description');
    await finish(kubectl, {
      object: {
        apiVersion: 'scheduling.k8s.io/v1', ...(description ? { description } : {}), ...(flags.bool('global-default') ? { globalDefault: true } : {}),
        kind: 'PriorityClass', metadata: { name: nameOf(kubectl) }, preemptionPolicy: flags.string('preemption-policy'), value: flags.int('value'),
      },
      failure: 'failed to create priorityclass: ',
    });
  },
};

export const createPodDisruptionBudget: KubectlCommand = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  summary: 'Create a pod disruption budget with the specified name',
  usage: 'NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  flags: [...CREATE_FLAGS, { name: 'selector', type: 'string' }, { name: 'min-available', type: 'string' }, { name: 'max-unavailable', type: 'string' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const [min, max] = [flags.string('min-available'), flags.string('max-unavailable')];
    if (!flags.string('selector')) throw new KubectlError('a selector must be specified');
    if (!min && !max) throw new KubectlError('one of min-available or max-unavailable must be specified');
    if (min && max) throw new KubectlError('min-available and max-unavailable cannot be both specified');
    const amount = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
    const matchLabels = Object.fromEntries(flags.string('selector').split(',').map((part) => part.split(/==?/) as [string, string]));
    await finish(kubectl, {
      object: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: nameOf(kubectl) },
        spec: { ...(max ? { maxUnavailable: amount(max) } : {}), ...(min ? { minAvailable: amount(min) } : {}), selector: { matchLabels } },
        status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
      },
      failure: 'failed to create poddisruptionbudgets: ',
    });
  },
};
