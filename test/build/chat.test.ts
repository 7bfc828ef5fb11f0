/** Sources of conversations from a recipe to shards: what is learned of them, in every form of their records. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Field, List, Struct, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { build } from '../../src/build/build.ts';
import type { GatherMode } from '../../src/build/nouns.ts';
import { verify } from '../../src/build/verify.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { recipeFrom } from '../../src/recipe/recipe-from.ts';
import { openShards, readRow } from '../../src/shard/reader.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import {
  answers,
  chatMessages,
  jsonLines,
  prompts,
  specialId,
  word,
  writeChatTokenizer,
} from '../support/chat-corpus.ts';
import { failureOf } from '../support/error-of.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';

const chats = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}`, messages: chatMessages(i) }));
const texts = Array.from({ length: 10 }, (_, i) => ({ text: `${i} ${word('xyz', i, 30)}` }));

function place() {
  const folder = temporaryFolder();
  const tokenizer = writeChatTokenizer(join(folder, 'model'));
  writeFileSync(join(folder, 'chats.jsonl'), jsonLines(chats));
  writeFileSync(join(folder, 'texts.jsonl'), jsonLines(texts));
  return { folder, tokenizer };
}

type Place = ReturnType<typeof place>;

async function buildIt(
  { folder, tokenizer }: Place,
  chat: object,
  more: object = {},
  name = 'out',
  gather: GatherMode = 'auto',
) {
  const recipe = recipeFrom(
    {
      tokenizer: { file: tokenizer },
      sources: {
        chat: { path: './chats.jsonl', messages: 'messages', template: 'chatml', ...chat },
        texts: './texts.jsonl',
      },
      sequences: { length: 256 },
      ...more,
    },
    { directory: folder },
  );
  return await build(recipe, join(folder, name), { workers: 1, gather });
}

/** The text of each piece, with [[ and ]] around what is learned. */
async function shown({ folder, tokenizer }: Place, name = 'out'): Promise<string[]> {
  const set = join(folder, name, 'train');
  const manifest = openShards(set);
  const { decode } = await loadTokenizer({ file: tokenizer, pattern: null });
  const found: string[] = [];
  for (let r = 0; r < manifest.rows; r += 1) {
    const row = readRow(set, manifest, r);
    let at = 0;
    for (const length of row.lengths) {
      let text = '';
      for (let start = at; start < at + length; ) {
        let end = start;
        while (end < at + length && row.mask[end] === row.mask[start]) end += 1;
        const part = decode(row.ids.subarray(start, end)).toString();
        text += row.mask[start] === 1 ? `[[${part}]]` : part;
        start = end;
      }
      found.push(text);
      at += length;
    }
  }
  return found;
}

const marked = (messages: readonly { role: string; content: string }[]) =>
  messages
    .map(({ role, content }) =>
      role === 'assistant'
        ? `<|im_start|>assistant\n[[${content}<|im_end|>]]\n`
        : `<|im_start|>${role}\n${content}<|im_end|>\n`,
    )
    .join('');

/** A piece that begins and ends its document. */
const whole = (text: string) => /^(<\|im_start\|>|\[\[\d).*<\|endoftext\|>(\]\])?$/s.test(text);

describe('a source of conversations', () => {
  it('is packed whole, beside texts, with the outputs learned and nothing of a prompt', async () => {
    const at = place();
    const { shardSets } = await buildIt(at, {});
    const found = await shown(at);
    const wanted = chats.map(({ messages }) => `${marked(messages)}<|endoftext|>`);
    const fits = found.filter(whole);
    expect(
      fits.filter((text) => text.startsWith('<|im_start|>')).every((text) => wanted.includes(text)),
    ).toBe(true);
    expect(fits.length).toBeGreaterThan(30);
    for (const text of found.filter((one) => one.includes('<|im_start|>'))) {
      const learned = Array.from(text.matchAll(/\[\[(.*?)\]\]/gs), ([, part]) => part!).join('');
      expect(learned.replaceAll('<|im_end|>', '').match(new RegExp(`[^${answers}]`))).toBeNull();
    }
    const texted = texts.map(({ text }) => `[[${text}<|endoftext|>]]`);
    expect(found.filter((text) => texted.includes(text))).toHaveLength(texts.length);
    const { ledger, mask } = shardSets[0]!;
    expect(mask).toEqual([0xffff_ffff, 0]);
    expect(ledger.learned).toBeGreaterThan(0);
    expect((await verify(join(at.folder, 'out'), true)).faults).toEqual([]);
  });

  it('does not learn that prompts quote a special token: it is text there', async () => {
    const at = place();
    await buildIt(at, {});
    const set = join(at.folder, 'out', 'train');
    const manifest = openShards(set);
    const imEnd = specialId(at.tokenizer, '<|im_end|>');
    let ends = 0;
    for (let r = 0; r < manifest.rows; r += 1)
      for (const id of readRow(set, manifest, r).ids) ends += Number(id === imEnd);
    expect(ends).toBe(chats.reduce((sum, { messages }) => sum + messages.length, 0));
  });

  it('is learned whole with loss: all, and from a length on with outputs-and-prompt, without tokenizing again', async () => {
    const at = place();
    const first = await buildIt(at, {}, { store: join(at.folder, 'store') });
    const all = await buildIt(at, { loss: 'all' }, { store: join(at.folder, 'store') }, 'all');
    expect(all.store.manifest.fingerprint).toBe(first.store.manifest.fingerprint);
    const { ledger } = all.shardSets[0]!;
    expect(ledger.learned).toBe(ledger.packedInstances + ledger.specialTokens);
    await buildIt(
      at,
      { loss: 'outputs-and-prompt', prompt_loss_from: 190 },
      { store: join(at.folder, 'store') },
      'long',
    );
    const found = (await shown(at, 'long')).filter((text) => /^(\[\[)?<\|im_start/.test(text));
    // What is long in this corpus is a prompt of 200 letters.
    for (const text of found) expect(text.startsWith('[[')).toBe(new RegExp(`[${prompts}]{150}`).test(text));
    expect(found.some((text) => text.startsWith('[['))).toBe(true);
    expect(found.some((text) => text.startsWith('<|im'))).toBe(true);
    expect((await verify(join(at.folder, 'long'), true)).faults).toEqual([]);
  });

  it('gives the same documents from Parquet and Arrow, where structs have the keys of all', async () => {
    const at = place();
    await buildIt(at, {}, {}, 'jsonl');
    writeFileSync(
      join(at.folder, 'chats.parquet'),
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'id', data: chats.map(({ id }) => id), type: 'STRING' },
            { name: 'messages', data: chats.map(({ messages }) => messages), type: 'JSON' },
          ],
        }),
      ),
    );
    const utf8 = (name: string) => new Field(name, new Utf8(), true);
    const message = new Struct<{ role: Utf8; content: Utf8; name: Utf8 }>([
      utf8('role'),
      utf8('content'),
      utf8('name'),
    ]);
    const named = chats.map(({ messages }) =>
      messages.map((one, i) => ({ ...one, name: i % 2 === 1 ? null : 'x' })),
    );
    const table = new Table({
      id: vectorFromArray(
        chats.map(({ id }) => id),
        new Utf8(),
      ),
      messages: vectorFromArray(named, new List(new Field('item', message, true))),
    });
    writeFileSync(join(at.folder, 'chats.arrow'), tableToIPC(table, 'file'));
    await buildIt(at, { path: './chats.parquet' }, {}, 'parquet');
    await buildIt(at, { path: './chats.arrow' }, {}, 'arrow');
    const wanted = await shown(at, 'jsonl');
    expect(await shown(at, 'parquet')).toEqual(wanted);
    expect(await shown(at, 'arrow')).toEqual(wanted);
  });

  it('is made of prompt and completion, or of context, question and answer', async () => {
    const at = place();
    const qa = chats.map((_, i) => ({
      book: word(prompts, i, 40),
      q: word(prompts, i, 6),
      a: word(answers, i, 9),
    }));
    writeFileSync(join(at.folder, 'qa.jsonl'), jsonLines(qa));
    const chat = { path: './qa.jsonl', messages: undefined };
    await buildIt(at, { ...chat, context: 'book', question: 'q', answer: 'a' }, {}, 'qa');
    await buildIt(at, { ...chat, prompt: 'q', completion: 'a' }, {}, 'pair');
    const asked = (content: string, i: number) => [
      { role: 'user', content },
      { role: 'assistant', content: qa[i]!.a },
    ];
    expect(await shown(at, 'qa')).toContain(
      `${marked(asked(`${qa[3]!.book}\n\n${qa[3]!.q}`, 3))}<|endoftext|>`,
    );
    expect(await shown(at, 'pair')).toContain(`${marked(asked(qa[3]!.q, 3))}<|endoftext|>`);
  });

  it('gives the same bytes with workers and from a second run, and the mask to the feed', async () => {
    const at = place();
    await buildIt(at, {}, {}, 'one');
    const again = await buildIt(at, {}, { shards: { size: '4KB' } }, 'two');
    expect(again.shardSets[0]!.shards.length).toBeGreaterThan(1);
    await buildIt(at, {}, {}, 'three');
    expect(hashes(join(at.folder, 'three', 'train'))).toEqual(hashes(join(at.folder, 'one', 'train')));
    const set = join(at.folder, 'two', 'train');
    const manifest = openShards(set);
    const feed = openFeed(join(at.folder, 'two'), { rowsPerStep: 2 });
    expect(feed.manifest.lossMask).toBe(true);
    for (let step = 0; step < feed.epochSteps; step += 1) {
      const { rows, lossMask, width } = feed.batch({ epoch: 0, step }, 0, 1);
      for (const [i, row] of rows.entries())
        expect(lossMask!.subarray(i * width, (i + 1) * width)).toEqual(readRow(set, manifest, row).mask);
    }
    feed.close();
  });

  it('may begin with the BOS that its template wrote, which is no BOS of the row', async () => {
    const at = place();
    const tokenizer = { file: at.tokenizer, bos: '<|im_start|>' };
    await buildIt(at, {}, { tokenizer });
    expect((await verify(join(at.folder, 'out'), true)).faults).toEqual([]);
  });

  it('has the same mask where tokens are gathered first', async () => {
    const at = place();
    const out = (name: string) => hashes(join(at.folder, name, 'train'));
    await buildIt(at, {}, {}, 'direct');
    await buildIt(at, {}, {}, 'gathered', 'always');
    expect(out('gathered')).toEqual(out('direct'));
  });

  it('refuses a template that the tokenizer has no tokens for, that is not there, or that is not Jinja', async () => {
    const at = place();
    const bad = join(at.folder, 'bad.jinja');
    mkdirSync(at.folder, { recursive: true });
    writeFileSync(bad, '{% for message in messages %}');
    for (const [template, code] of [
      ['llama3', 'template-tokens'],
      ['tokenizer', 'template-missing'],
      ['./none.jinja', 'template-missing'],
      ['./bad.jinja', 'template-bad'],
    ])
      expect(await failureOf(buildIt(at, { template }))).toMatchObject({ code });
  });

  it('is not read from texts, and has the name of a field that is there', async () => {
    const at = place();
    writeFileSync(join(at.folder, 'a.txt'), 'no messages');
    for (const more of [{ path: './a.txt' }, { path: '.', include: '*.txt' }])
      expect(await failureOf(buildIt(at, more))).toMatchObject({
        cure: expect.stringMatching(/^conversations are read from JSON Lines, JSON, Parquet or Arrow/),
      });
    expect(await failureOf(buildIt(at, { messages: 'mesages' }))).toMatchObject({
      code: 'field-missing',
      message: expect.stringContaining('did you mean `messages`?'),
    });
  });

  it('counts what is not a conversation, or is refused by its template, as a bad record', async () => {
    const at = place();
    const bad = [
      { messages: [] },
      { messages: [{ content: 'x' }] },
      { messages: 'text' },
      { id: 'no messages' },
    ];
    const calls = [{ role: 'assistant', content: '', tool_calls: [{}] }];
    writeFileSync(join(at.folder, 'chats.jsonl'), jsonLines([...chats, ...bad, { messages: calls }]));
    const error = await failureOf(buildIt(at, {}, { max_bad_records: 4 }));
    expect(error).toMatchObject({ code: 'bad-records' });
    expect(error.message).toContain('5');
    const { store } = await buildIt(at, {}, { max_bad_records: 5 });
    expect(store.manifest.totals.badRecords).toBe(5);
    expect(store.manifest.totals.documents).toBe(chats.length + texts.length);
  });
});
