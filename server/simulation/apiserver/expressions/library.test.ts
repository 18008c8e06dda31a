/** Expressions as authors of rules write them. */
import { describe, expect, it } from 'vitest';
import { ExpressionCompiler } from './compiler.ts';
import { celValue } from './values.ts';

const compiler = new ExpressionCompiler(['self']);
const SELF = { list: [{ name: 'a', x: 1 }, { name: 'b' }], text: 'abc', number: 3, fraction: 1.5, map: { a: 'b' }, empty: [], span: '3s', 'dashed-name': 1 };

function answer(expression: string): unknown {
  const program = compiler.compile(expression);
  if (program.problem !== undefined) throw new Error(program.problem);
  return program.run({ self: celValue(undefined, SELF) });
}

describe('CEL', () => {
  it.each([
    'self.list.all(l1, self.list.exists_one(l2, l1.name == l2.name && (has(l1.x) ? has(l2.x) && l1.x == l2.x : !has(l2.x))))',
    "self.list.filter(i, i.name == 'a').size() == 1 && self.list.map(i, i.name) == ['a', 'b']",
    "has(self.nothing) ? false : !('nothing' in self)",
    "'a' in self.map && self.map.all(key, key.startsWith('a'))",
    "self.number > 2 && self.number > 2.5 && self.number % 2 == 1 && self.fraction == 1.5 && string(self.number) == '3'",
    "duration(self.span) >= duration('1s') && timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z')",
    "self.?nothing.orValue('none') == 'none'",
    'cel.bind(number, self.number, number == 3)',
    'self.empty.size() == 0 && [1, 3, 2].isSorted() == false && [1, 2].sum() == 3 && [2, 1].min() == 1 && [1, 2].max() == 2 && [1, 2].indexOf(2) == 1',
    "self.text.matches(r'^[a-z]+$') && !self.text.matches('matches') && self.text.find('[bc]+') == 'bc'",
    "self.text.replace('a', '$&') == '$&bc' && self.text.charAt(0) == 'a' && self.text.reverse() == 'cba' && self.text.upperAscii() == 'ABC'",
    "quantity('1Gi').isGreaterThan(quantity('500M')) && isQuantity('x') == false && quantity('50k').add(quantity('1')).compareTo(quantity('50001')) == 0",
    'sets.contains([1, 2], [1]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2]) && math.greatest(1, 2) == 2',
    "isIP('10.0.0.1') && isIP('::1') && !isIP('x') && isCIDR('10.0.0.0/8')",
  ])('%s', (expression) => {
    expect(answer(expression)).toBe(true);
  });

  it.each([
    ['self.number +', 'compilation failed: ERROR: <input>:1:1: Unexpected token: EOF'],
    ['other == 1', "compilation failed: ERROR: <input>:1:1: undeclared reference to 'other' (in container '')"],
    ["url('https://example.com').getHost() == 'x'", "compilation failed: ERROR: <input>:1:1: found no matching overload for 'url(string)'"],
  ])('%s is refused', (expression, problem) => {
    expect(compiler.compile(expression).problem?.split('\n')[0]).toBe(problem);
  });

  it('a pattern that would take for ever elsewhere takes no time', () => {
    const long = { text: 'a'.repeat(50_000) };
    expect(compiler.compile("self.text.matches('^(a+)+$b')").run({ self: celValue(undefined, long) })).toBe(false);
  });
});
