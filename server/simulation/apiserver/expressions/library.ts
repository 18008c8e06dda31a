/**
 * What Kubernetes adds to CEL's own functions (`apiserver/pkg/cel/library`, cel-go's strings, sets and math): texts, lists, sets, regular
 * expressions, quantities, and whether a text is an address. URLs, named formats and the parts of addresses are not there.
 */
import { Environment, Optional } from '@marcbachmann/cel-js';
import { parseAddress, parseCidr } from '../cidr.ts';
import { parseQuantity, Quantity } from '../quantity.ts';
import { compilePattern, matchesPattern } from './patterns.ts';

export { Optional };

/** CEL's `matches` is the engine's own and runs JavaScript's expressions, which may take for ever: this name stands in for it. */
const MATCHES = 'matchesByRe2';

const before = (x: unknown, y: unknown): boolean => (x as number) < (y as number);
const same = (x: unknown, y: unknown): boolean => x === y || String(x) === String(y);
const sum = (list: unknown[]): unknown => list.reduce((total, item) => (total as number) + (item as number), typeof list[0] === 'number' ? 0 : 0n);
const found = (text: string, pattern: string): string[] => {
  const matcher = compilePattern(pattern).matcher(text);
  const results: string[] = [];
  while (matcher.find()) results.push(matcher.group() ?? '');
  return results;
};
const isQuantity = (text: string): boolean => {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
};

/** Stand for the names before functions: `sets.contains(…)`, `math.greatest(…)`. */
class Sets {}
class MathFunctions {}

const contains = (list: unknown[], items: unknown[]): boolean => items.every((item) => list.some((other) => same(other, item)));
const characters = (text: string): string[] => [...text];

const library = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerType('kubernetes.Quantity', Quantity)
  .registerType('Sets', Sets)
  .registerType('MathFunctions', MathFunctions)
  .registerConstant('sets', 'Sets', new Sets())
  .registerConstant('math', 'MathFunctions', new MathFunctions())
  .registerFunction('Sets.contains(list, list): bool', (_sets: Sets, list: unknown[], items: unknown[]) => contains(list, items))
  .registerFunction('Sets.equivalent(list, list): bool', (_sets: Sets, x: unknown[], y: unknown[]) => contains(x, y) && contains(y, x))
  .registerFunction('Sets.intersects(list, list): bool', (_sets: Sets, x: unknown[], y: unknown[]) => x.some((item) => contains(y, [item])))
  .registerFunction('MathFunctions.greatest(dyn, dyn): dyn', (_math: MathFunctions, x: unknown, y: unknown) => (before(x, y) ? y : x))
  .registerFunction('MathFunctions.least(dyn, dyn): dyn', (_math: MathFunctions, x: unknown, y: unknown) => (before(y, x) ? y : x))
  .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) => text.replaceAll(from, () => to))
  .registerFunction('string.charAt(int): string', (text: string, at: bigint) => characters(text)[Number(at)] ?? '')
  .registerFunction('string.reverse(): string', (text: string) => characters(text).reverse().join(''))
  .registerFunction('isIP(string): bool', (text: string) => parseAddress(text) !== undefined)
  .registerFunction('isCIDR(string): bool', (text: string) => parseCidr(text) !== undefined)
  .registerFunction(`string.${MATCHES}(string): bool`, (text: string, pattern: string) => matchesPattern(pattern, text))
  .registerFunction(`${MATCHES}(string, string): bool`, (text: string, pattern: string) => matchesPattern(pattern, text))
  .registerFunction('string.find(string): string', (text: string, pattern: string) => found(text, pattern)[0] ?? '')
  .registerFunction('string.findAll(string): list<string>', found)
  .registerFunction('list.isSorted(): bool', (list: unknown[]) => list.every((item, index) => index === 0 || !before(item, list[index - 1])))
  .registerFunction('list.sum(): dyn', sum)
  .registerFunction('list.min(): dyn', (list: unknown[]) => list.reduce((least, item) => (before(item, least) ? item : least)))
  .registerFunction('list.max(): dyn', (list: unknown[]) => list.reduce((most, item) => (before(most, item) ? item : most)))
  .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.findIndex((other) => same(other, item))))
  .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.findLastIndex((other) => same(other, item))))
  .registerFunction('quantity(string): kubernetes.Quantity', (text: string) => parseQuantity(text))
  .registerFunction('isQuantity(string): bool', isQuantity)
  .registerFunction('kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool', (x: Quantity, y: Quantity) => x.compare(y) < 0)
  .registerFunction('kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool', (x: Quantity, y: Quantity) => x.compare(y) > 0)
  .registerFunction('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', (x: Quantity, y: Quantity) => BigInt(x.compare(y)))
  .registerFunction('kubernetes.Quantity.asInteger(): int', (x: Quantity) => BigInt(x.value()))
  .registerFunction('kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity', (x: Quantity, y: Quantity) => x.add(y))
  .registerFunction('kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity', (x: Quantity, y: Quantity) => x.subtract(y));

/** A fresh environment with the library. */
export function expressionEnvironment(): Environment {
  return library.clone();
}

const durations = library.clone().registerVariable('text', 'string').parse('duration(text)');

export const Duration = {
  /** @returns undefined when the text is no duration. */
  parse(text: string): unknown {
    try {
      return durations({ text });
    } catch {
      return undefined;
    }
  },
};

/** An expression as the environment takes it: calls of `matches` outside of texts go to ours. */
export function prepared(expression: string): string {
  return expression.replace(/r?'''[\s\S]*?'''|r?"""[\s\S]*?"""|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\bmatches(?=\s*\()/g, (part) => (part === 'matches' ? MATCHES : part));
}

/** What the environment says, in the author's words. */
export function inAuthorsWords(message: string): string {
  return message.replaceAll(MATCHES, 'matches');
}
