/** In the table of formats each name has an entry and each extension one format, and README lists all formats. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formats } from '../../src/nouns/recipe.ts';
import { describeFormats, formatTable, kindOf } from '../../src/read/formats.ts';

const anyway = { format: null };

it('no extension tells two formats', () => {
  const all = Object.values(formatTable).flatMap(({ extensions, names = [] }) => [...extensions, ...names]);
  expect(all.filter((word, i) => all.indexOf(word) !== i && word !== 'dockerfile')).toEqual([]);
});

// Raw ids have no extension of their own.
it.each(formats.filter((name) => name !== 'text' && name !== 'bin'))(
  '%s is told by its extensions, which README and messages list',
  (format) => {
    const { extensions, compressible, tokens } = formatTable[format];
    const ofIds = { format: null, tokens: { dtype: null, tokenizer: null } };
    const source = tokens === 'always' ? ofIds : anyway;
    expect(extensions.length).toBeGreaterThan(0);
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    for (const extension of extensions) {
      expect(kindOf(`a.${extension.toUpperCase()}`, source)).toEqual({ format, compression: 'none' });
      expect(kindOf(`a.${extension}`, tokens === 'always' ? anyway : { ...ofIds, format: 'csv' })).toBe(null);
      const gzipped = compressible ? { format, compression: 'gzip' } : null;
      expect(kindOf(`a.${extension}.gz`, source)).toEqual(gzipped);
      expect(readme).toContain(`\`.${extension}\``);
      expect(describeFormats()).toContain(` .${extension} `);
    }
  },
);

it('a name that is a property of every object tells nothing', () => {
  expect(kindOf('a.constructor', anyway)).toBe(null);
  expect(kindOf('a.txt.toString', anyway)).toBe(null);
  expect(kindOf('constructor', anyway)).toBe(null);
});
