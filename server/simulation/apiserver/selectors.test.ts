import { describe, expect, it } from 'vitest';
import { fieldSelectorMatches, formatLabelSelector, labelSelectorMatches, matchesLabels, parseFieldSelector, parseLabelSelector, SelectorError, type LabelSelector } from './selectors.ts';
import type { KubeObject } from './types.ts';

describe('label selectors', () => {
  it.each<[string, Record<string, string> | undefined, boolean]>([
    ['', { a: '1' }, true],
    ['a=1', { a: '1' }, true],
    ['a==1', { a: '1' }, true],
    ['a=1', { a: '2' }, false],
    ['a=1', undefined, false],
    ['a!=1', { a: '2' }, true],
    ['a!=1', {}, true],
    ['a in (1, 2)', { a: '2' }, true],
    ['a in (1,2)', {}, false],
    ['a notin (1,2)', { a: '3' }, true],
    ['a notin (1,2)', {}, true],
    ['a notin (1,2)', { a: '1' }, false],
    ['a', { a: '' }, true],
    ['a', { b: '1' }, false],
    ['!a', { b: '1' }, true],
    ['!a', { a: '1' }, false],
    ['a=', { a: '' }, true],
    ['a=1,b', { a: '1', b: 'x' }, true],
    ['a=1,b', { a: '1' }, false],
    ['example.com/a in (x),!b', { 'example.com/a': 'x' }, true],
    ['a>5', { a: '6' }, true],
    ['a>5', { a: '5' }, false],
    ['a<5', { a: '4' }, true],
    ['a>5', { a: 'x' }, false],
  ])('%j on %j: %s', (selector, labels, expected) => expect(matchesLabels(parseLabelSelector(selector), labels)).toBe(expected));

  it.each(['a in', 'a in (', 'a in 1', '=1', 'a=1=2', 'a,,b', 'a b', '!', 'a in ()x', 'A_/b=1', 'a=-b-'])('%j is refused', (selector) => expect(() => parseLabelSelector(selector)).toThrow(SelectorError));

  it.each<[LabelSelector | undefined, Record<string, string>, boolean]>([
    [undefined, { a: '1' }, false],
    [{}, { a: '1' }, true],
    [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
    [{ matchLabels: { a: '1', b: '2' } }, { a: '1' }, false],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, { a: '2' }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, {}, true],
    [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { a: 'x' }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, { a: 'x' }, false],
    [{ matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] }, { a: '1' }, false],
  ])('of objects: %j on %j: %s', (selector, labels, expected) => expect(labelSelectorMatches(selector, labels)).toBe(expected));

  it.each<[LabelSelector, string]>([
    [{}, '<none>'],
    [{ matchLabels: { b: '2', a: '1' } }, 'a=1,b=2'],
    [{ matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['y', 'x'] }, { key: 'c', operator: 'DoesNotExist' }] }, 'a=1,b in (x,y),!c'],
  ])('%j reads %s', (selector, text) => expect(formatLabelSelector(selector)).toBe(text));
});

describe('field selectors', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, spec: { nodeName: 'worker-1' }, status: { phase: 'Running' } } as unknown as KubeObject;
  it.each([
    ['metadata.name=web', true],
    ['metadata.name==web', true],
    ['metadata.name!=web', false],
    ['status.phase=Running,spec.nodeName=worker-1', true],
    ['status.phase=Running,spec.nodeName!=worker-1', false],
    ['spec.nodeName=', false],
  ])('%s: %s', (selector, expected) => expect(fieldSelectorMatches(parseFieldSelector(selector), pod)).toBe(expected));
});
