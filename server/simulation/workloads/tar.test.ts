import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './tar.ts';

describe('tar archives', () => {
  it('come back as they were, whatever the files hold', () => {
    const name = fc.stringMatching(/^[a-z]{1,20}(\/[a-z]{1,20}){0,6}$/);
    const text = fc.string({ unit: fc.constantFrom('a', '\n', 'é', '你', '😀', 'x'), maxLength: 1_500 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ name, text }), { selector: (entry) => entry.name, maxLength: 5 }), (entries) => {
        expect(unpack(pack(entries, 0))).toEqual(entries);
      }),
    );
  });

  it('keep directories and executables apart', () => {
    const entries = [{ name: 'bin' }, { name: 'bin/run', text: '#!/bin/sh\n', executable: true }];
    expect(unpack(pack([{ name: 'bin/' }, entries[1] as { name: string; text: string }], 0))).toEqual(entries);
  });

  it('are made of whole blocks with a checksum that tar accepts', () => {
    const archive = pack([{ name: 'a', text: 'x' }], 0);
    expect(archive.length % 512).toBe(0);
    const sum = [...`${archive.slice(0, 148)}        ${archive.slice(156, 512)}`].reduce((total, character) => total + character.charCodeAt(0), 0);
    expect(parseInt(archive.slice(148, 154), 8)).toBe(sum);
  });

  it('are not other texts', () => {
    expect(unpack('x'.repeat(600))).toBeUndefined();
  });
});
