import { pack, unpack, type TarEntry } from '../../../simulation/workloads/tar.ts';
import type { Kubectl, KubectlCommand } from '../framework/command.ts';
import { KubectlError, PlainError } from '../framework/errors.ts';
import { execute } from './exec.ts';

interface FileSpec {
  namespace: string | undefined;
  pod: string | undefined;
  file: string;
}

const MAX_ENTRIES = 5_000;

function fileSpec(argument: string): FileSpec {
  const colon = argument.indexOf(':');
  if (colon === 0) throw new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  if (colon < 0) return { namespace: undefined, pod: undefined, file: argument };
  const pieces = argument.slice(0, colon).split('/');
  if (pieces.length > 2) throw new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  return { namespace: pieces.length === 2 ? pieces[0] : undefined, pod: pieces.at(-1), file: argument.slice(colon + 1) };
}

function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').pop() ?? '';
}

function folderOf(path: string): string {
  const clean = path.replace(/\/+$/, '');
  return clean.includes('/') ? clean.slice(0, clean.lastIndexOf('/')) || '/' : '.';
}

/** Files of the terminal under a path, named as they will be in the container. */
function local(kubectl: Kubectl, path: string, name: string, entries: TarEntry[]): void {
  if (entries.length >= MAX_ENTRIES) throw new KubectlError(`more than ${MAX_ENTRIES} files`);
  const { files } = kubectl.context;
  if (!files.isDirectory(path)) return void entries.push({ name, text: files.read(path) ?? '' });
  const children = files.list(path) ?? [];
  if (children.length === 0) entries.push({ name: `${name}/` });
  for (const child of children) local(kubectl, `${path}/${child}`, `${name}/${child}`, entries);
}

async function toPod(kubectl: Kubectl, source: FileSpec, target: FileSpec): Promise<void> {
  const path = kubectl.absolute(source.file);
  const { files } = kubectl.context;
  if (!files.isDirectory(path) && files.read(path) === undefined) throw new KubectlError(`${source.file} doesn't exist in local filesystem`);
  const where = { namespace: target.namespace, pod: target.pod as string, container: kubectl.flags.string('container') };
  const isFolder = await execute(kubectl, { ...where, command: ['test', '-d', target.file] }).then(({ code }) => code === 0, () => false);
  const destination = isFolder ? `${target.file.replace(/\/+$/, '')}/${baseName(source.file)}` : target.file;
  const entries: TarEntry[] = [];
  local(kubectl, path, baseName(destination), entries);
  const into = folderOf(destination);
  const { code, stdout, stderr } = await execute(kubectl, { ...where, command: ['tar', '-xmf', '-', ...(into === '.' ? [] : ['-C', into])], input: pack(entries, kubectl.now) });
  kubectl.out(stdout);
  kubectl.err(stderr);
  if (code !== 0) throw new PlainError(`command terminated with exit code ${code}`, code);
}

async function fromPod(kubectl: Kubectl, source: FileSpec, target: FileSpec): Promise<void> {
  const { code, stdout, stderr } = await execute(kubectl, { namespace: source.namespace, pod: source.pod as string, container: kubectl.flags.string('container'), command: ['tar', 'cf', '-', source.file] });
  kubectl.out(stderr);
  if (code !== 0) throw new PlainError(`command terminated with exit code ${code}`, code);
  const entries = unpack(stdout);
  if (!entries) throw new KubectlError('archive/tar: invalid tar header');
  const prefix = source.file.replace(/^\/+/, '').replace(/\/+$/, '');
  const { files } = kubectl.context;
  for (const { name, text } of entries) {
    const clean = name.replace(/\/+$/, '');
    if (!clean.startsWith(prefix)) throw new KubectlError('tar contents corrupted');
    const path = kubectl.absolute(target.file + clean.slice(prefix.length));
    if (text === undefined) files.makeDirectory(path);
    else {
      files.makeDirectory(folderOf(path));
      if (files.isDirectory(path)) throw new KubectlError(`open ${target.file}: is a directory`);
      files.write(path, text);
    }
  }
}

export const cp: KubectlCommand = {
  name: 'cp',
  summary: 'Copy files and directories to and from containers',
  usage: '<file-spec-src> <file-spec-dest>',
  flags: [{ name: 'container', short: 'c', type: 'string' }, { name: 'no-preserve', type: 'bool' }, { name: 'retries', type: 'int' }],
  async run(kubectl) {
    const [first, second] = kubectl.args;
    if (first === undefined || second === undefined || kubectl.args.length !== 2) throw new KubectlError('source and destination are required');
    const source = fileSpec(first);
    const target = fileSpec(second);
    if (source.pod && target.pod) throw new KubectlError('one of src or dest must be a local file specification');
    if (!source.file || !target.file) throw new KubectlError('filepath can not be empty');
    if (source.pod) return fromPod(kubectl, source, target);
    if (target.pod) return toPod(kubectl, source, target);
    throw new KubectlError('one of src or dest must be a remote file specification');
  },
};
