import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from './index.ts';

interface Tree {
  [key: string]: string | Tree;
}

function leaves(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[`${prefix}${key}`, value] as [string, string]] : leaves(value, `${prefix}${key}.`)));
}

/** Names of the arguments that a message takes. */
function argumentsOf(message: string): string[] {
  return [...new Set([...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1] as string))].sort();
}

/** Names of the tags, which the page gives an element to. */
function tagsOf(message: string): string[] {
  return [...new Set([...message.matchAll(/<(\w+)>/g)].map((match) => match[1] as string))].sort();
}

describe('messages', () => {
  const english = new Map(leaves(MESSAGES.en));
  const chinese = new Map(leaves(MESSAGES['zh-TW']));

  it('are the same in both languages, with the same arguments', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, message] of english) expect([key, argumentsOf(chinese.get(key) ?? ''), tagsOf(chinese.get(key) ?? '')]).toEqual([key, argumentsOf(message), tagsOf(message)]);
  });

  it('can all be formatted', () => {
    for (const locale of ['en', 'zh-TW'] as const) {
      const t = createTranslator({ locale, messages: MESSAGES[locale], onError: (error) => { throw error; } });
      for (const [key, message] of leaves(MESSAGES[locale])) {
        const values = Object.fromEntries([...argumentsOf(message).map((name) => [name, 2]), ...tagsOf(message).map((name) => [name, (chunks: unknown) => String(chunks)])]);
        expect(String((t as (key: string, values: object) => unknown)(key, values))).not.toBe('');
      }
    }
  });

  it('have no empty text', () => {
    for (const [key, text] of [...english, ...chinese]) expect([key, text.trim()]).not.toEqual([key, '']);
  });
});
