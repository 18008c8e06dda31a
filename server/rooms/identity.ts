/** Names, secrets and colours of participants and rooms. */
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** 192 bits: not to be guessed. URL-safe. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** An identifier that need not be secret. */
export function randomId(characters: number): string {
  return randomBytes(characters).toString('base64url').replace(/[-_]/g, 'x').slice(0, characters);
}

/** Only hashes of tokens are stored: who reads the database cannot act as anybody. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function sameSecret(x: string, y: string): boolean {
  const a = Buffer.from(x);
  const b = Buffer.from(y);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** No characters that look alike when read out or written on a board. */
const CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Six characters for the front page. */
export function newCode(): string {
  let code = '';
  for (let i = 0; i < 6; i++) code += CODE_ALPHABET[randomInt(CODE_ALPHABET.length)];
  return code;
}

/** Told apart by people who do not see all colours, on light and on dark. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b58900', '#56b4e9', '#7b4ea3', '#2a7f62', '#c0392b', '#4b6cb7', '#8c6d31', '#a05195'];

export function colorFor(index: number): string {
  return COLORS[index % COLORS.length] as string;
}

/** A name like the one wished for that nobody else has: `Ada`, `Ada (2)`. */
export function uniqueName(wished: string, taken: Iterable<string>): string {
  const lower = new Set([...taken].map((name) => name.toLowerCase()));
  if (!lower.has(wished.toLowerCase())) return wished;
  for (let n = 2; ; n++) if (!lower.has(`${wished} (${n})`.toLowerCase())) return `${wished} (${n})`;
}

/** A Unix account name from a person's name, which is a DNS label too; `fallback` when nothing is left of it. */
function accountName(name: string, fallback: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 24)
    .replace(/-+$/, '');
  return /^[a-z]/.test(plain) ? plain : fallback;
}

/**
 * The accounts of a room's participants, in the order in which they came: each has a name of its own, the same for the life of
 * the room.
 * @param reserved names that nobody gets.
 */
export function accountNames(people: Iterable<{ id: string; name: string }>, reserved: readonly string[]): Map<string, string> {
  const accounts = new Map<string, string>();
  const taken = new Set(reserved);
  for (const { id, name } of people) {
    const wished = accountName(name, 'user');
    let account = wished;
    for (let n = 2; taken.has(account); n++) account = `${wished}-${n}`;
    taken.add(account);
    accounts.set(id, account);
  }
  return accounts;
}
