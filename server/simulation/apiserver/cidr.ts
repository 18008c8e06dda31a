/** Blocks of addresses as `net.ParseCIDR` reads them, of both families. */

export interface Cidr {
  /** 32 for IPv4, 128 for IPv6. */
  width: 32 | 128;
  base: bigint;
  /** Length of the prefix. */
  length: number;
}

/** @returns undefined when the text is no block. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = match && parseAddress(match[1] as string);
  const length = Number(match?.[2]);
  return address && length <= address.width ? { ...address, length } : undefined;
}

/** Whether a block holds an address. Blocks of another family hold none, nor does a text that is no block. */
export function cidrContains(cidr: string, ip: string): boolean {
  const block = parseCidr(cidr);
  const address = parseAddress(ip);
  return block !== undefined && address !== undefined && holds(block, address);
}

/** Whether a block is a smaller part of another. */
export function isStrictSubset(part: Cidr, whole: Cidr): boolean {
  return holds(whole, part) && part.length > whole.length;
}

function holds({ width, base, length }: Cidr, address: { width: number; base: bigint }): boolean {
  const host = BigInt(width - length);
  return address.width === width && base >> host === address.base >> host;
}

export function parseAddress(text: string): { width: 32 | 128; base: bigint } | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.');
    if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
    return { width: 32, base: joined(parts.map(Number), 8n) };
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? { width: 128, base: joined(groups.map((group) => parseInt(group, 16)), 16n) } : undefined;
}

function joined(parts: readonly number[], bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) | BigInt(part), 0n);
}
