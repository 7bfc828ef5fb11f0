/**
 * Maps each promise of README, by its words, to the tests that check it, by file and beginning of the test's title. A
 * paragraph or list item of README without a promise in this map fails, so that new promises get tests, too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
/** Line ends are where the width puts them. */
const flat = (text: string) => text.replace(/\s+/g, ' ');
const readme = read('README.md');

/** What README says -> file: title. */
const promises: readonly (readonly [says: string, ...heldBy: readonly string[]])[] = [
  ['with the share of long documents that you choose', 'test/mix/exact-cells.test.ts: '],
  [
    'shows the result before it writes a shard',
    'test/cli/commands.test.ts: writes nothing but the store',
    'test/cli/commands.test.ts: is what build does then',
  ],
  ['you tokenize once', 'test/cli/ablate.test.ts: builds every arm from one store'],
  [
    '19 recipes from the literature',
    'test/readme-promises.test.ts: counts the recipes',
    'test/recipe/presets.test.ts: published numbers',
  ],
  ['plans, compares and builds any number of mixes', 'test/cli/ablate.test.ts: compares with --plan'],
  ['for any number of workers', 'test/properties/determinism.test.ts: '],
  [
    'runs them by number on any machine',
    'test/cli/worker.test.ts: makes the same build, task by task',
    'test/execute/by-hand.test.ts: of %s has the bytes',
  ],
  [
    'after any interruption',
    'test/properties/interruption.test.ts: ',
    'test/cli/interrupt.test.ts: kill -9 while writing shards',
  ],
  [
    'Corpora are read where they are',
    'test/build/store/object-stores.test.ts: from s3://',
    'test/cli/remote-corpora.test.ts: writes a recipe for a dataset of the hub, which builds',
    'test/cli/remote-corpora.test.ts: keeps what was read for other commands, and their threads',
  ],
  ['`longmix verify` checks them', 'test/cli/verify.test.ts: '],
  [
    'A ledger says where each token went',
    'test/pack/accounts/ledger.test.ts: balances, and is what a count of the written rows gives',
  ],
  [
    'A build whose ledger does not balance fails',
    'test/pack/accounts/ledger.test.ts: says what is off when a token is lost',
  ],
  [
    'a document that fits in a row is never cut',
    'test/pack/rows.test.ts: cuts no document that fits with best-fit',
  ],
  ['the plan says how full the rows are', 'test/pack/rows.test.ts: counts what the rows show'],
  [
    "the same tokens as tiktoken and Hugging Face's",
    'test/tokenize/exact-tiktoken.test.ts: ',
    'test/tokenize/families.test.ts: ',
  ],
  ['as they are** with Hugging Face', 'test/interop/interop.test.ts: '],
  [
    'the same rows in the same steps for any number of ranks',
    'test/feed/feed.test.ts: shares a step out to any number of ranks',
  ],
  ['You need Node.js >= 20.19', 'test/readme-promises.test.ts: names the Node.js'],
  ['`npx longmix` is the command', 'test/readme-promises.test.ts: is a command of the clone'],
  ['needs no recipe and uses every default', 'test/cli/commands.test.ts: a directory, with every default'],
  ["(or `'corpus/*.jsonl'`)", 'test/cli/recipe-flags.test.ts: a glob is a corpus'],
  ['Flags override keys', 'test/recipe/settings.test.ts: take the place of the recipe'],
  [
    '`source <(longmix completion bash)`',
    'test/cli/completion.test.ts: offers the commands, and of each its flags',
  ],
  ['A length of `32K` is 32,768 tokens', 'test/recipe/units.test.ts: parseLength'],
  ['pipelines/sample.yaml) is a recipe that runs', 'test/recipe/presets.test.ts: plans'],
  ['Relative paths are relative to the recipe', 'test/recipe/parse-recipe.test.ts: '],
  ['Recipe errors give line, column and allowed values', 'test/recipe/bad-recipes.test.ts: bad recipes'],
  ['gives editors the keys', 'test/recipe/schema/json-schema.test.ts: '],
  [
    'may be compressed: `.gz`, `.zst`, `.br`',
    'test/read/input/decompress.test.ts: what the zstd command line wrote is read',
  ],
  [
    'A byte order mark is removed',
    'test/read/formats/text.test.ts: a byte-order mark is dropped at the start only',
  ],
  ['`extract: false` reads HTML and notebooks as they are', 'test/read/extract/extract.test.ts: '],
  ['a program reads the files of', 'test/cli/extract.test.ts: the words of a command are of the store'],
  ['A note says once how each kind of file is read', 'test/cli/init.test.ts: '],
  [
    'Text is UTF-8, unless `encoding:` of the source names another',
    'test/read/encoding.test.ts: every format that is text',
  ],
  [
    'leaves out a file in another encoding or with binary content',
    'test/read/encoding.test.ts: a file that is UTF-8 all the same, or something else, is left out and named',
  ],
  [
    'A few wrong bytes become U+FFFD and are counted',
    'test/read/encoding.test.ts: a few wrong bytes in a text that is UTF-8 otherwise are replaced and counted',
  ],
  [
    'skips records that it cannot read, counts them and shows them',
    'test/cli/commands.test.ts: a few bad records are skipped',
  ],
  [
    'A large `.jsonl` is split over all cores',
    'test/read/formats/jsonl.test.ts: a large file is split into about as many ranges',
  ],
  ['The same from a program', 'test/docs-library.test.ts: prints what it says'],
  ['shows a real record of every file', 'test/docs-made.test.ts: show what a build writes'],
  ['takes the name of one of tiktoken', 'test/tokenize/load.test.ts: '],
  ['tested against the native libraries', 'test/tokenize/family-table.test.ts: '],
  [
    'epochs of a cell is its share times the total, divided by the tokens that the cell has',
    'test/mix/factors.test.ts: ',
  ],
  [
    'their copies are far apart in the run',
    'test/pack/rows.test.ts: spreads the copies of a document over the run',
  ],
  ['Exact copies of a document are removed', 'test/mix/eligible.test.ts: '],
  [
    'the cell, what it has, what it would need, and the ways out',
    'test/mix/factors.test.ts: names source, numbers and ways out',
  ],
  ['what is kept at a rate of 20 % is also kept at 50 %', 'test/mix/nested.test.ts: '],
  ['Each phase is a shard set with documents of its own', 'test/mix/phases.test.ts: '],
  ['`LONGMIX_CACHE` names another folder', 'test/tokenize/engine/table-cache.test.ts: '],
  [
    '`seq_lengths` (the lengths of its documents',
    'test/shard/shard.test.ts: ',
    'test/interop/interop.test.ts: ',
  ],
  [
    'a run can be resumed at any step',
    'test/feed/serve.test.ts: gives a rank that comes back',
    'test/interop/pytorch.test.ts: goes on where it was stopped',
  ],
  ['samples/trainers/pytorch) is one file', 'test/interop/pytorch.test.ts: learns'],
];

/** Says what is not there, and where things are: no promise. */
const remarks: readonly string[] = [
  'are designed and not built',
  'is the index of all pages',
  'Licence: Apache-2.0',
];

/** Prose of README: its paragraphs and list items, without code, tables, titles and pictures. */
const prose = readme
  .replace(/```.*?```/gs, '')
  .split(/\n\s*\n|\n(?=- )/)
  .map((block) => flat(block.replace(/^(#.*|\|.*|!\[.*|<!--.*)$/gm, '')).trim())
  .filter((block) => block !== '');

test.each(promises)('README says "%s"', (says, ...heldBy) => {
  expect(flat(readme)).toContain(says);
  for (const reference of heldBy) {
    const [file, title] = reference.split(/: (.*)/s) as [string, string];
    expect(existsSync(new URL(file, root)), file).toBe(true);
    expect(read(file), reference).toContain(title);
  }
});

test.each(prose)('README: %s', (block) => {
  const known = [...promises.map(([says]) => says), ...remarks];
  expect(
    known.filter((says) => block.includes(says)),
    'no test is named for what README says here',
  ).not.toEqual([]);
});

describe('README', () => {
  it('counts the recipes that there are', async () => {
    const { presetNames } = await import('../src/init/presets.ts');
    const published = presetNames().filter((name) => name !== 'sample');
    expect(published).toHaveLength(19);
  });

  it('names the Node.js and the command of package.json', () => {
    const { engines, bin } = JSON.parse(read('package.json')) as {
      engines: { node: string };
      bin: Record<string, string>;
    };
    expect(readme).toContain(`Node.js ${engines.node.replace('>=', '>= ')}`);
    // is a command of the clone: npx runs what `bin` names, and the build makes it
    expect(Object.keys(bin)).toEqual(['longmix']);
    expect(existsSync(new URL(bin.longmix!, root))).toBe(true);
  });

  it('shows commands that there are, with flags that they have', async () => {
    const { createProgram } = await import('../src/cli/program.ts');
    const program = createProgram(new AbortController().signal);
    const typed = [...readme.matchAll(/^(?:.*\()?longmix (\w+)([^#\n]*)/gm)].filter(
      ([line]) => !line.startsWith('longmix turns'),
    );
    expect(typed.length).toBeGreaterThan(10);
    for (const [line, name, rest] of typed) {
      const command = program.commands.find((one) => one.name() === name);
      expect(command, line).toBeDefined();
      for (const [flag] of rest!.split(' -- ')[0]!.matchAll(/--[a-z-]+/g))
        expect(
          command!.options.map(({ long }) => long),
          line,
        ).toContain(flag);
    }
  });
});
