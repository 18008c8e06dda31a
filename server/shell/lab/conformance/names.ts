/**
 * Names that Kubernetes makes up: found in a text, so that the ones of one run can be told to be the ones of another.
 */

export type NameKind = 'hash' | 'name' | 'uid' | 'pod address' | 'cluster address' | 'node port' | 'event' | 'identity';

export interface MadeUpName {
  kind: NameKind;
  /** What it is called in this run; equal texts of one kind are the same thing. */
  text: string;
  start: number;
  end: number;
}

/** The alphabet of k8s.io/apimachinery/pkg/util/rand. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';
const WORD = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g;
const POD_OF_SET = new RegExp(`^(.+)-([${SAFE}]{6,10})-([${SAFE}]{5})$`);
const GENERATED = new RegExp(`^(.+)-([${SAFE}]{5})$`);
const SET = new RegExp(`^(.+)-([${SAFE}]{8,10})$`);
const HASH_LABEL = /(?:pod-template-hash|controller-revision-hash)["']?\s*[=:]\s*["']?([a-z0-9]+)/g;
const UID = /(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])/g;
const EVENT = /(?<=\.)[0-9a-f]{16}\b/g;
const IDENTITY = /\bapiserver-([a-z2-7]{26})\b/g;
const POD_ADDRESS = /\b10\.244\.\d{1,3}\.\d{1,3}\b(?!\/)/g;
const CLUSTER_ADDRESS = /\b10\.(?:9[6-9]|10\d|11[01])\.\d{1,3}\.\d{1,3}\b(?!\/)/g;
/** Addresses that kubeadm gives always. */
const FIXED_ADDRESSES = new Set(['10.96.0.1', '10.96.0.10']);
const NODE_PORT = /(?<=:)3[0-2]\d{3}(?=\/(?:TCP|UDP|SCTP))|(?<=NodePort:\s+\S+\s+)3[0-2]\d{3}(?=\/)|(?<=[nN]odePort"?: )3[0-2]\d{3}\b/g;
const ANY_NODE_PORT = /\b3[0-2]\d{3}\b/g;

/** Finds made-up names in the outputs of one run of a transcript. */
export class NameFinder {
  readonly #hashes = new Set<string>();
  readonly #literal: string;

  /** @param commands all command lines: what a person wrote is not made up. @param outputs all outputs of the run. */
  constructor(commands: string[], outputs: string[]) {
    this.#literal = commands.join('\n');
    for (const output of outputs) {
      for (const match of output.matchAll(HASH_LABEL)) this.#hashes.add(match[1] as string);
      for (const [word] of output.matchAll(WORD)) {
        const hash = POD_OF_SET.exec(word)?.[2];
        if (hash !== undefined && !this.#literal.includes(word)) this.#hashes.add(hash);
      }
    }
  }

  /** @param command the line whose output it is: it may ask for a bare number that is a port. */
  find(text: string, command: string): MadeUpName[] {
    const found: MadeUpName[] = [];
    const add = (kind: NameKind, value: string, start: number): void => {
      if (this.#literal.includes(value)) return;
      found.push({ kind, text: value, start, end: start + value.length });
    };
    for (const match of text.matchAll(UID)) add('uid', match[0], match.index);
    for (const match of text.matchAll(EVENT)) add('event', match[0], match.index);
    for (const match of text.matchAll(IDENTITY)) add('identity', match[1] as string, match.index + 'apiserver-'.length);
    for (const match of text.matchAll(POD_ADDRESS)) add('pod address', match[0], match.index);
    for (const match of text.matchAll(CLUSTER_ADDRESS)) if (!FIXED_ADDRESSES.has(match[0])) add('cluster address', match[0], match.index);
    for (const match of text.matchAll(/nodePort/i.test(command) ? ANY_NODE_PORT : NODE_PORT)) add('node port', match[0], match.index);
    for (const match of text.matchAll(WORD)) this.#word(match[0], match.index, found);
    return found.sort((a, b) => a.start - b.start).filter((name, index, all) => index === 0 || name.start >= (all[index - 1] as MadeUpName).end);
  }

  #word(word: string, start: number, found: MadeUpName[]): void {
    if (this.#hashes.has(word)) {
      found.push({ kind: 'hash', text: word, start, end: start + word.length });
      return;
    }
    if (this.#literal.includes(word)) return;
    const end = start + word.length;
    const pod = POD_OF_SET.exec(word);
    if (pod) {
      const [, stem, hash] = pod as unknown as [string, string, string];
      const at = start + stem.length + 1;
      found.push({ kind: 'hash', text: hash, start: at, end: at + hash.length }, { kind: 'name', text: word, start: at + hash.length + 1, end });
      return;
    }
    const set = SET.exec(word);
    if (set) {
      found.push({ kind: 'hash', text: set[2] as string, start: end - (set[2] as string).length, end });
      return;
    }
    const generated = GENERATED.exec(word);
    if (generated) found.push({ kind: 'name', text: word, start: end - (generated[2] as string).length, end });
  }
}

/** A text with its made-up names replaced. */
export function replaceNames(text: string, names: MadeUpName[], replacement: (name: MadeUpName) => string): string {
  let result = '';
  let at = 0;
  for (const name of names) {
    result += text.slice(at, name.start) + replacement(name);
    at = name.end;
  }
  return result + text.slice(at);
}
