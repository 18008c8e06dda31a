import { describe, expect, it } from 'vitest';
import { canonicalQuantity, parseQuantity, QuantityError } from './quantity.ts';

describe('the canonical form of a quantity', () => {
  it.each([
    ['0', '0'], ['0.0', '0'], ['1', '1'], ['1000m', '1'], ['1500m', '1500m'], ['0.5', '500m'], ['.5', '500m'], ['1.5', '1500m'], ['100m', '100m'],
    ['1000', '1k'], ['1500', '1500'], ['1000k', '1M'], ['1G', '1G'], ['1e3', '1e3'], ['1E3', '1e3'], ['12e6', '12e6'],
    ['1024Ki', '1Mi'], ['1024Mi', '1Gi'], ['1536Mi', '1536Mi'], ['1.5Gi', '1536Mi'], ['0.5Gi', '512Mi'], ['128Mi', '128Mi'], ['1Ti', '1Ti'],
    ['-1', '-1'], ['+5', '5'], ['100u', '100u'], ['1n', '1n'], ['0.1n', '1n'], ['1e-3', '1e-3'],
  ])('of %s is %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));
});

describe('what is no quantity', () => {
  it.each(['', 'x', '1 Gi', '1gi', '1KB', '--1', '1.2.3', '1Mi5', 'Gi', '1mi'])('%j is refused', (text) => expect(() => parseQuantity(text)).toThrow(QuantityError));
});

describe('quantities compare by their amount', () => {
  it.each([
    ['1', '1000m', 0], ['1k', '1Ki', -1], ['1Gi', '1G', 1], ['0.5', '499m', 1], ['1e3', '1k', 0], ['128Mi', '131072Ki', 0], ['-1', '0', -1],
  ])('%s against %s: %i', (left, right, order) => expect(Math.sign(parseQuantity(left).compare(parseQuantity(right)))).toBe(order));

  it.each([
    ['1', 1, 1_000], ['1500m', 2, 1_500], ['1Ki', 1_024, 1_024_000], ['0.1m', 1, 1], ['2.5', 3, 2_500],
  ])('%s is %i whole and %i thousandths, rounded up', (text, whole, milli) => {
    expect(parseQuantity(text).value()).toBe(whole);
    expect(parseQuantity(text).milliValue()).toBe(milli);
  });
});
