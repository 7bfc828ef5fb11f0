/** Sources of token ids: the ids of a corpus, read from files in every format, are the corpus. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noProgress } from '../../src/base/progress.ts';
import { build } from '../../src/build/build.ts';
import { ensureStore } from '../../src/build/store/token-store.ts';
import { verify } from '../../src/build/verify.ts';
import { madeOf, partName } from '../../src/execute/part-notes.ts';
import { discover } from '../../src/read/input/discover.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { loadDocuments, openStore } from '../../src/store/reader.ts';
import { TokenReader } from '../../src/store/token-reader.ts';
import { writeDiskCorpus } from '../support/disk-corpus.ts';
import { errorOf, failureOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';
import { readSplit } from '../support/reconstruct.ts';
import { arrowLists, npyFile, tokenFiles } from '../support/token-files.ts';

const eosId = 50_256;

async function buildIn(folder: string, name: string, recipe: object) {
  const path = join(folder, `${name}.yaml`);
  const written = { tokenizer: 'gpt2', sequences: { length: 128 }, ...recipe };
  return await build(parseRecipe(JSON.stringify(written), path), join(folder, name), { workers: 1 });
}

/** Documents of a store, in its order. */
function documentsOf(folder: string): number[][] {
  const manifest = openStore(folder);
  const table = loadDocuments(folder, manifest);
  const reader = new TokenReader(folder, manifest, table);
  const documents = Array.from(table.lengths, (length, d) => {
    const ids = new Int32Array(length);
    reader.copy(d, 0, length, ids, 0);
    return [...ids];
  });
  reader.close();
  return documents;
}

/** What stands in the rows, document by document, in any order. */
function contentOf(out: string): string[] {
  return readSplit(out, 'train')
    .rows.flatMap(({ ids, lengths, docStarts }) => {
      let at = 0;
      return lengths.map((length, i) => {
        at += length;
        return `${docStarts[i]} ${Array.from(ids)
          .slice(at - length, at)
          .join(' ')}`;
      });
    })
    .sort();
}

describe('a source of token ids', () => {
  it('gives the store and the documents of the text that the ids were made of, in every format', async () => {
    const folder = temporaryFolder();
    writeDiskCorpus(folder);
    // Documents that fit are not cut, so what stands in the rows does not depend on their order.
    const rows = { sequences: { length: 2048, overlong: 'exclude' } };
    const text = await buildIn(folder, 'text', { ...rows, sources: { notes: 'notes', stories: 'stories' } });
    const documents = documentsOf(join(folder, 'text/store'));
    const content = contentOf(join(folder, 'text'));
    expect(documents.length).toBe(340);
    expect(new Set(content).size).toBeGreaterThan(300);

    for (const [n, [name, write]] of Object.entries(tokenFiles).entries()) {
      const place = join(folder, `files-${n}`);
      mkdirSync(place);
      const out = `ids-${n}`;
      const ids = await buildIn(folder, out, { ...rows, sources: { ids: write(place, documents, eosId) } });
      expect(documentsOf(join(folder, out, 'store')), name).toEqual(documents);
      // Which rows hold them depends on the keys, which are those of the ids.
      expect(contentOf(join(folder, out)), name).toEqual(content);
      const [a, b] = [text, ids].map(({ plan }) => plan.ledgers.train!);
      expect({ ...b, cells: [], rows: 0, rowTokens: 0, padding: 0 }, name).toEqual({
        ...{ ...a, cells: [], rows: 0, rowTokens: 0, padding: 0 },
      });
      expect(ids.store.manifest.totals, name).toMatchObject({ textBytes: 0, badRecords: 0 });
      expect((await verify(join(folder, out), true)).faults, name).toEqual([]);
      expect(
        (await buildIn(folder, out, { ...rows, sources: { ids: write(place, documents, eosId) } })).written,
      ).toBe(false);
    }
  }, 120_000);

  it('has documents longer than a chunk, and rows that trace them', async () => {
    const folder = temporaryFolder();
    const long = Array.from({ length: 700_001 }, (_, i) => (i * 7919) % 50_000);
    const documents = [[1, 2, 3], long, [4]];
    for (const name of ['Arrow, int32 stream', 'JSON Lines', 'npy, uint16'] as const) {
      const source = tokenFiles[name]!(folder, documents, eosId);
      const out = name.replaceAll(/\W/g, '');
      await buildIn(folder, out, { sources: { ids: source } });
      expect(documentsOf(join(folder, out, 'store')), name).toEqual(documents);
      expect((await verify(join(folder, out), true)).faults, name).toEqual([]);
    }
  }, 60_000);

  it('stands beside sources of text, with ids and sources of its own, and is read in ranges', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.txt'), 'Some text that is read as text.');
    const lines = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        key: `k${i}`,
        from: i % 2 === 0 ? 'x' : 'y',
        input_ids: [i, i + 1],
        ballast: 'z'.repeat(200_000),
      }),
    );
    writeFileSync(join(folder, 'b.jsonl'), lines.join('\n'));
    const { store } = await buildIn(folder, 'both', {
      sources: { text: 'a.txt', ids: { path: 'b.jsonl', tokens: true, id: 'key', source: 'from' } },
    });
    expect(store.manifest.sources).toEqual(['text', 'x', 'y']);
    expect(store.manifest.parts.length).toBeGreaterThan(2);
    // The store's record has its sources sorted by name: `ids` before `text`.
    expect(documentsOf(store.folder).slice(0, -1)).toEqual(Array.from({ length: 60 }, (_, i) => [i, i + 1]));
    expect(store.manifest.totals.textBytes).toBe(31);
  });

  it('reads lists of one length and of bytes; an item that is null makes a bad record', async () => {
    const folder = temporaryFolder();
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    arrowLists(join(folder, 'lists.arrow'), rows);
    for (const tokens of ['fixed', 'bytes']) {
      const { store } = await buildIn(folder, tokens, { sources: { ids: { path: 'lists.arrow', tokens } } });
      expect(documentsOf(store.folder)).toEqual(rows);
    }
    const { store } = await buildIn(folder, 'nulls', {
      sources: { ids: { path: 'lists.arrow', tokens: 'nulls' } },
    });
    expect(documentsOf(store.folder)).toEqual(rows.slice(1));
    expect(store.manifest.totals.badRecords).toBe(1);
  });

  it('leaves out BOS and EOS at the ends of a document, and nowhere else', async () => {
    const folder = temporaryFolder();
    const lists = [[5, eosId], [eosId, 6], [7, eosId, 8], [eosId], []];
    writeFileSync(join(folder, 'a.jsonl'), lines(lists));
    const { store } = await buildIn(folder, 'out', { sources: { ids: { path: 'a.jsonl', tokens: true } } });
    // GPT-2's BOS is its EOS.
    const begins = store.manifest.tokenizer.bosId === eosId;
    expect(documentsOf(store.folder)).toEqual([[5], begins ? [6] : [eosId, 6], [7, eosId, 8], [], []]);
  });

  it('ends documents of a file of ids with EOS; an EOS after an EOS ends none', async () => {
    const folder = temporaryFolder();
    npyFile(join(folder, 'a.npy'), Uint16Array.of(1, 2, eosId, eosId, eosId, 3, eosId, 4));
    const { store } = await buildIn(folder, 'out', { sources: { ids: { path: '*.npy', tokens: true } } });
    expect(documentsOf(store.folder)).toEqual([[1, 2], [3], [4]]);
  });

  it('says that a long file of ids without an EOS is one document', async () => {
    const folder = temporaryFolder();
    const ids = Uint16Array.from({ length: 100_000 }, (_, i) => i % 50_000);
    npyFile(join(folder, 'a.npy'), ids);
    npyFile(join(folder, 'b.npy'), Uint16Array.from([eosId, ...ids]));
    npyFile(join(folder, 'c.npy'), ids.subarray(1));
    const path = join(folder, 'r.yaml');
    const recipe = { tokenizer: 'gpt2', sources: { ids: { path: '*.npy', tokens: true } } };
    const said: string[] = [];
    const progress = { ...noProgress, note: (text: string) => void said.push(text) };
    await ensureStore(parseRecipe(JSON.stringify(recipe), path), join(folder, 's'), { workers: 1, progress });
    expect(said).toEqual([
      expect.stringMatching(
        /^1 file may not .*\n {2}\S*a\.npy: one document of 100,000 tokens: the file has no EOS \(id 50256\), which ends documents$/,
      ),
    ]);
  });

  it('takes files of ids from a folder, and no other; a source of text takes none of them', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'in'));
    npyFile(join(folder, 'in/a.npy'), Uint16Array.of(1, 2));
    writeFileSync(join(folder, 'in/b.txt'), 'a text');
    const ids = await buildIn(folder, 'ids', { sources: { all: { path: 'in', tokens: true } } });
    expect(ids.store.manifest.parts.flatMap(({ inputs }) => inputs.map(({ name }) => name))).toEqual([
      'a.npy',
    ]);
    const text = await buildIn(folder, 'text', { sources: { all: 'in' } });
    expect(text.store.manifest.parts.flatMap(({ inputs }) => inputs.map(({ name }) => name))).toEqual([
      'b.txt',
    ]);
  });

  it('is made anew where EOS is another token', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), lines([[5, eosId]]));
    const sources = { ids: { path: 'a.jsonl', tokens: true } };
    const { store } = await buildIn(folder, 'out', { sources });
    const [first] = store.manifest.parts;
    expect(documentsOf(store.folder)).toEqual([[5]]);
    const recipe = parseRecipe(JSON.stringify({ tokenizer: 'gpt2', sources }), join(folder, 'out.yaml'));
    const { units } = await discover(recipe.sources[0]!);
    const setting = { fingerprint: store.manifest.tokenizer.fingerprint, dtype: store.manifest.dtype };
    const nameWith = (eos: number) => {
      const { vocabularySize, bosId } = store.manifest.tokenizer;
      const ids = { vocabularySize, bosId, eosId: eos };
      const withIds = units.map((unit) => ({ ...unit, ids }));
      return partName(
        madeOf(
          setting,
          withIds,
          first!.inputs.map(({ sha256 }) => sha256),
        ),
      );
    };
    expect(nameWith(eosId)).toBe(first!.name);
    expect(nameWith(7)).not.toBe(first!.name);
  });
});

describe('a source of token ids is refused', () => {
  it.each([
    ['an id beyond the vocabulary', '{"input_ids":[1,50257]}', 'token 2 of "input_ids" is 50257'],
    ['a negative id', '{"input_ids":[-1]}', 'token 1 of "input_ids" is -1'],
    ['a fraction', '{"input_ids":[1.5]}', 'token 1 of "input_ids" is 1.5'],
    ['null in a list', '{"input_ids":[1,null]}', 'token 2 of "input_ids" is empty'],
    ['a text in a list', '{"input_ids":["1"]}', 'token 1 of "input_ids" is the text "1"; ids'],
    ['a text', '{"input_ids":"1 2 3"}', '"input_ids" is not a list of token ids but of type string'],
    ['a number', '{"input_ids":3}', '"input_ids" is not a list of token ids but of type number'],
    ['null', '{"input_ids":null}', '"input_ids" is not a list of token ids but null'],
  ])('where a record holds %s, with its line', async (_, line, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), `{"input_ids":[1,2]}\n${line}\n`);
    const recipe = { sources: { ids: { path: 'a.jsonl', tokens: true } }, max_bad_records: 0 };
    const error = await failureOf(buildIn(folder, 'out', recipe));
    expect(error).toMatchObject({ code: 'bad-records', exitCode: 1 });
    expect(error.message).toContain(`a.jsonl:2: ${message}`);
  });

  it('where a file of ids holds one beyond the vocabulary: only that document is bad', async () => {
    const folder = temporaryFolder();
    npyFile(join(folder, 'a.npy'), Int32Array.of(1, eosId, 2, -3, 60_000, 4, eosId, 5, eosId));
    const sources = { ids: { path: 'a.npy', tokens: true } };
    const { store } = await buildIn(folder, 'out', { sources });
    expect(documentsOf(store.folder)).toEqual([[1], [5]]);
    const error = await failureOf(buildIn(folder, 'none', { sources, max_bad_records: 0 }));
    expect(error.message).toContain('a.npy:2: id -3 at place 3 of the file');
  });

  it.each([
    ['without a header', Buffer.from([1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]), 'no header', 'format: bin'],
    ['of two dimensions', npyHead("'<u2'", '(2, 2)'), 'shape (2, 2)', 'ids.ravel()'],
    ['of floats', npyHead("'<f4'", '(2,)'), 'type <f4', '.astype('],
  ])('where an array is one %s, with what to do', async (_, bytes, message, cure) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.npy'), bytes);
    const error = await failureOf(
      buildIn(folder, 'out', { sources: { ids: { path: 'a.npy', tokens: true } } }),
    );
    expect(error).toMatchObject({ code: 'input-unsupported', exitCode: 1 });
    expect(error.message).toContain(message);
    expect(error.cure).toContain(cure);
  });

  it('where every record is bad, and not as a corpus without text', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), lines([[99_999], [99_999]]));
    const error = await failureOf(
      buildIn(folder, 'out', { sources: { ids: { path: 'a.jsonl', tokens: true } } }),
    );
    expect(error).toMatchObject({ code: 'corpus-empty', exitCode: 2 });
    expect(error.message).toBe('the corpus has no tokens: all records are bad (2)');
  });

  it('where its recipe does not say that it holds ids, with the key that says so', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'in'));
    npyFile(join(folder, 'in/a.npy'), Uint16Array.of(1, 2));
    for (const path of ['in', 'in/a.npy', 'in/*.npy']) {
      const error = await failureOf(buildIn(folder, 'out', { sources: { ids: path } }));
      expect(error.cure, path).toContain('tokens: true');
    }
  });

  it.each([
    ['with more ids than it has', npyHead("'<u2'", '(9,)'), '9 ids by its header, and 0'],
    ['that ends in its header', npyHead("'<u2'", '(9,)').subarray(0, 40), 'ends inside the header'],
  ])('where an array is one %s', async (_, bytes, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.npy'), bytes);
    const error = await failureOf(
      buildIn(folder, 'out', { sources: { ids: { path: 'a.npy', tokens: true } } }),
    );
    expect(error).toMatchObject({ code: 'input-corrupt', exitCode: 1 });
    expect(error.message).toContain(message);
  });

  it('where raw ids end in the middle of one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.bin'), Buffer.alloc(5));
    const source = { path: 'a.bin', format: 'bin', dtype: 'uint16', tokens: true };
    expect(await failureOf(buildIn(folder, 'out', { sources: { ids: source } }))).toMatchObject({
      code: 'input-corrupt',
    });
  });

  it('where the offsets of an Arrow file lead out of its ids', async () => {
    const folder = temporaryFolder();
    const source = tokenFiles['Arrow, int32 stream']!(folder, [[1, 2, 3], [4], [5, 6], [7, 8]], eosId);
    const { path } = source as { path: string };
    const bytes = readFileSync(path);
    const offsets = Buffer.from(Int32Array.of(0, 2, 4).buffer);
    const at = bytes.indexOf(offsets);
    expect(at).toBeGreaterThan(0);
    bytes.writeInt32LE(1_000_000, at + 8);
    writeFileSync(path, bytes);
    const error = await failureOf(buildIn(folder, 'out', { sources: { ids: source } }));
    expect(error).toMatchObject({ code: 'input-corrupt', exitCode: 1 });
    expect(error.message).toContain('offsets of a column are out of order');
  });

  it('where another tokenizer made the ids, by name or fingerprint', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), lines([[1]]));
    const source = (tokenizer: string) => ({
      sources: { ids: { path: 'a.jsonl', tokens: true, tokenizer } },
    });
    const error = await failureOf(buildIn(folder, 'other', source('cl100k_base')));
    expect(error).toMatchObject({ code: 'tokens-mismatch', exitCode: 2 });
    const { store } = await buildIn(folder, 'name', source('gpt2'));
    const { fingerprint } = store.manifest.tokenizer;
    expect((await buildIn(folder, 'print', source(fingerprint))).store.manifest.totals.tokens).toBe(1);
  });

  it('where its field has another name, with the key that names it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), lines([[1]]));
    const recipe = { sources: { ids: { path: 'a.jsonl', tokens: 'ids' } } };
    const error = await failureOf(buildIn(folder, 'out', recipe));
    expect(error).toMatchObject({ code: 'field-missing', names: ['input_ids'] });
    expect(error.cure).toContain('tokens: NAME');
  });

  it('where lengths are measured in characters', () => {
    const sources = { ids: { path: 'a.jsonl', tokens: true } };
    const recipe = JSON.stringify({ sources, documents: { length: 'chars/3' } });
    expect(errorOf(() => parseRecipe(recipe, 'r.yaml')).message).toContain('whose characters are not known');
  });
});

function lines(lists: readonly (readonly number[])[]): string {
  return lists.map((input_ids) => JSON.stringify({ input_ids })).join('\n');
}

function npyHead(descr: string, shape: string): Buffer {
  const dict = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, dict.length, 0]),
    Buffer.from(dict),
  ]);
}
