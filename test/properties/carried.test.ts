/** Plans by what documents carry (scores, conditions, weights, fill in the middle) obey all that other plans obey. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { build } from '../../src/build/build.ts';
import { verify } from '../../src/build/verify.ts';
import { LongmixError } from '../../src/errors.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { loadDocuments } from '../../src/store/reader.ts';
import { TokenReader } from '../../src/store/token-reader.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { readSplit } from '../support/reconstruct.ts';

const sentinels = { prefix: 100_258, middle: 100_259, suffix: 100_260 };

function corpus(): string {
  const folder = temporaryFolder();
  const words = 'call me ishmael some years ago never mind how long precisely'.split(' ');
  const lines = (first: number, count: number, fields: (i: number) => object) =>
    Array.from({ length: count }, (_, i) => {
      const text = Array.from({ length: 3 + ((i * 37) % 190) }, (_, k) => words[(k * (i % 5)) % 11]).join(
        ' ',
      );
      return `${JSON.stringify({ text: `${first + (i % 97 === 0 ? 0 : i)} ${text}`, ...fields(i) })}\n`;
    }).join('');
  writeFileSync(
    join(folder, 'code.jsonl'),
    lines(0, 260, (i) => ({ score: i % 13 === 0 ? null : (i * 7) % 10, lang: i % 3 === 0 ? 'py' : 'ts' })),
  );
  writeFileSync(
    join(folder, 'web.jsonl'),
    lines(10_000, 200, (i) => ({ score: i % 4, lang: 'en' })),
  );
  return folder;
}

const bound = fc.constantFrom('p10', 'p20', 'p90', 1, 8);
const keep = fc.record(
  {
    score: fc.constantFrom('field:score', 'compressibility'),
    from: fc.constantFrom('p5', 'p20', 0),
    to: bound,
    where: fc.constantFrom({}, { source: 'code' }, { min_tokens: 60 }, { source: ['web'], min_tokens: 20 }),
    missing: fc.constantFrom('drop', 'keep'),
  },
  { requiredKeys: ['score', 'from'] },
);
const recipes = fc.record({
  fim: fc.option(
    fc.record(
      { rate: fc.constantFrom('10%', '100%'), spm_share: fc.constantFrom('0%', '50%', '100%') },
      { requiredKeys: ['rate'] },
    ),
    { freq: 4, nil: undefined },
  ),
  where: fc.constantFrom(undefined, 'lang == "ts"', 'score > 0 or lang in ["en"]'),
  documents: fc.record(
    { keep: fc.array(keep, { maxLength: 2 }), where: fc.constantFrom('score != null', 'not (score == 3)') },
    { requiredKeys: [] },
  ),
  weighted: fc.boolean(),
  tokens: fc.constantFrom('all', 5000, 40_000),
  packing: fc.constantFrom('best-fit', 'pad'),
  overlong: fc.constantFrom('fragment', 'truncate', 'exclude'),
  special: fc.record({ bos: fc.constant(false), eos: fc.boolean() }),
  phases: fc.boolean(),
});

it(
  'any such build balances, is the same gathered, and holds the tokens of its documents',
  async () => {
    const folder = corpus();
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(recipes, async (asked) => {
        const { fim, where, weighted, tokens, packing, overlong, special, phases } = asked;
        const written = {
          store: 'store',
          sources: {
            code: {
              path: 'code.jsonl',
              columns: ['score', 'lang', 'compressibility'],
              ...(fim && { fim }),
              ...(where && { where }),
            },
            web: { path: 'web.jsonl', columns: ['score', 'lang', 'compressibility'] },
          },
          documents: asked.documents,
          split: { validation: '5%' },
          mix: { tokens, max_epochs: 9, ...(weighted && { weight_by: 'field:score' }) },
          sequences: { length: 128, packing, overlong, ...special },
          ...(phases && { phases: { a: { tokens: '40%' }, b: { tokens: '60%' } } }),
          shards: { size: '4KB' },
        };
        const recipe = parseRecipe(JSON.stringify(written), join(folder, 'mix.yaml'));
        tried += 1;
        const [one, two] = [join(folder, `one-${tried}`), join(folder, `two-${tried}`)];
        const made = await build(recipe, one, { workers: 1 }).catch((error: unknown) => {
          if (error instanceof LongmixError && /^mix-(infeasible|empty)$/.test(error.code)) return null;
          throw error;
        });
        if (made === null) return;
        await build(recipe, two, { workers: 1, gather: 'always' });
        expect(hashes(two)).toEqual(hashes(one));
        expect((await verify(one, true)).faults).toEqual([]);

        const { manifest } = made.store;
        const table = loadDocuments(join(folder, 'store'), manifest);
        const reader = new TokenReader(join(folder, 'store'), manifest, table);
        for (const set of made.plan.sets) {
          let filled = 0;
          for (const row of readSplit(one, set.name).rows) {
            let at = 0;
            for (const [i, length] of row.lengths.entries()) {
              const ids = Array.from(row.ids).slice(at, at + length);
              at += length;
              if (!ids.includes(sentinels.middle)) continue;
              filled += 1;
              const d = row.docIds[i]!;
              const own = new Int32Array(table.lengths[d]!);
              reader.copy(d, 0, own.length, own, 0);
              const plain = ids.filter((id) => !Object.values(sentinels).includes(id));
              expect(plain.length).toBe(ids.length - 3);
              const without = special.eos ? plain.slice(0, -1) : plain;
              expect(without.sort((a, b) => a - b)).toEqual([...own].sort((a, b) => a - b));
            }
          }
          expect(filled).toBe(set.fim?.pieces ?? 0);
        }
        reader.close();
      }),
      fuzz(3),
    );
  },
  fuzzTimeout(60_000),
);
