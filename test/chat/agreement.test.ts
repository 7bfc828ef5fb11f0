/**
 * Tokens and masks of conversations beside transformers and TRL, token by token, for real chat templates: those that the
 * package trl carries. By day on one small vocabulary with all their special tokens; LONGMIX_FUZZ=84 has 2,000 conversations
 * for each template, and real vocabularies.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRenderer, type Rendered, Unrenderable } from '../../src/chat/render.ts';
import type { Conversation, RenderedChunk } from '../../src/nouns/conversation.ts';
import { createChatEncoder } from '../../src/tokenize/chat-encoder.ts';
import { loadChatTables } from '../../src/tokenize/chat-tables.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { fuzzTimeout } from '../support/fuzz.ts';
import { askPeer, pythonFile } from '../support/peers.ts';
import { type RealFile, realFileJson } from '../tokenize/oracles.ts';
import { smallFile } from '../tokenize/small-file.ts';
import { type ChatKind, madeChat } from './made-chats.ts';

interface Template {
  readonly name: string;
  /** The vocabulary of its model, or that of another. */
  readonly vocabulary: RealFile;
  readonly bos: string;
  readonly eos: string;
  readonly special: readonly string[];
  readonly system: boolean;
  readonly tools: boolean;
}

const of = (name: string, vocabulary: RealFile, has: string, special: string): Template => ({
  ...{ name, vocabulary, special: special.split(' ') },
  bos: special.split(' ')[0]!,
  eos: special.split(' ')[1]!,
  system: has.includes('system'),
  tools: has.includes('tools'),
});

const templates = [
  of('qwen3', 'qwen3', 'system tools', '<|im_start|> <|im_end|> <|endoftext|>'),
  of('qwen2_5', 'qwen3', 'system tools', '<|im_start|> <|im_end|> <|endoftext|>'),
  of('llama3', 'llama3', 'system', '<|begin_of_text|> <|eot_id|> <|start_header_id|> <|end_header_id|>'),
  of(
    'deepseekv3',
    'deepseek_v3',
    'system',
    '<｜begin▁of▁sentence｜> <｜end▁of▁sentence｜> <｜User｜> <｜Assistant｜>',
  ),
  of('gemma', 'gemma3', '', '<bos> <eos> <start_of_turn> <end_of_turn>'),
  of('gemma3', 'gemma3', 'system', '<bos> <eos> <start_of_turn> <end_of_turn>'),
  of('phi3', 'qwen3', 'system', '<s> <|endoftext|> <|user|> <|end|> <|assistant|> <|system|>'),
  of('glm4moe', 'qwen3', 'system', '[gMASK] <|user|> <sop> <|assistant|> <|system|> <|observation|>'),
  of(
    'cohere',
    'llama3',
    'system',
    '<BOS_TOKEN> <|END_OF_TURN_TOKEN|> <|START_OF_TURN_TOKEN|> <|USER_TOKEN|> <|CHATBOT_TOKEN|>',
  ),
  of('lfm2', 'qwen3', 'system tools', '<|startoftext|> <|im_end|> <|im_start|>'),
];

const fuzz = Number(process.env.LONGMIX_FUZZ ?? 1);
const isThorough = fuzz > 1;
const chats = Math.max(4, Math.min(2_000, Math.round(24 * fuzz)));

function templateText(name: string): string | null {
  const path = pythonFile(`trl/chat_templates/${name}.jinja`);
  return path === null ? null : readFileSync(path, 'utf8');
}

const folder = mkdtempSync(join(tmpdir(), 'longmix-chats-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A vocabulary in which all of these are special tokens; one of Phi's takes the white space after it. */
function vocabularyFile(name: RealFile, special: readonly string[]): object {
  const file = isThorough ? realFileJson(name) : smallFile(name, 2_000);
  const added = (file as unknown as { added_tokens: { content: string; id: number }[] }).added_tokens;
  const isKnown = new Set(added.map(({ content }) => content));
  let next = 1 + Math.max(...added.map(({ id }) => id));
  const rest = { lstrip: false, normalized: false, single_word: false };
  const more = special
    .filter((content) => !isKnown.has(content))
    .map((content) => ({ ...rest, id: next++, content, special: true, rstrip: content === '<|end|>' }));
  return { ...file, added_tokens: [...added, ...more] };
}

const loaded = new Map<RealFile, Promise<Loaded>>();
type Loaded = Awaited<ReturnType<typeof load>>;

/** A vocabulary with the special tokens of all templates of its model; by day one serves all. */
function loadOnce(template: Template): Promise<Loaded> {
  const name = isThorough ? template.vocabulary : 'qwen3';
  const known = loaded.get(name) ?? load(name);
  loaded.set(name, known);
  return known;
}

async function load(name: RealFile) {
  const special = templates
    .filter(({ vocabulary }) => !isThorough || vocabulary === name)
    .flatMap((template) => template.special);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(vocabularyFile(name, [...new Set(special)])));
  const spec = { file, pattern: null };
  const tables = await loadChatTables(spec);
  return {
    file,
    special: tables.special,
    encoder: createChatEncoder(await loadTokenizer(spec), tables.tokenBytes),
  };
}

async function createSubject(template: Template, marked: boolean) {
  const text = templateText(`${template.name}${marked ? '_training' : ''}`)!;
  const tokens = { bos_token: template.bos, eos_token: template.eos };
  const { file, special, encoder } = await loadOnce(template);
  const render = createRenderer({ template: text, tokens, special });
  return {
    kind: { system: template.system, tools: template.tools, quotes: template.special },
    ours(chat: Conversation): { tokens: number[]; mask: number[]; rendered: Rendered } | { error: string } {
      try {
        const rendered = render(chat);
        const { tokens, learned } = encoder.push(chunkOf(rendered));
        const ends = learned![0]!;
        const mask = Array.from(tokens, (_, at) => (ends.findIndex((end) => at < end) % 2 === 1 ? 1 : 0));
        return { tokens: [...tokens], mask, rendered };
      } catch (error) {
        if (!(error instanceof Unrenderable)) throw error;
        return { error: error.message };
      }
    },
    async theirs(cases: readonly object[]) {
      const asked = await askPeer<{ chats: Answer[] }>({ chat: file, tokens, template: text, cases });
      return asked.chats;
    },
  };
}

/** Says where two differ, in place of thousands of numbers. */
function expectSame(found: object, { tokens, mask }: Answer, chat: Conversation): void {
  const ours = found as Answer;
  const at = tokens!.findIndex((token, i) => token !== ours.tokens?.[i] || mask![i] !== ours.mask![i]);
  if (at < 0 && ours.tokens?.length === tokens!.length) return;
  const around = (list: readonly number[] | null | undefined) => list?.slice(Math.max(0, at - 3), at + 6);
  const { rendered } = found as { rendered?: Rendered };
  expect.fail(
    JSON.stringify({
      at,
      ours: [around(ours.tokens), around(ours.mask), ours.error],
      theirs: [around(tokens), around(mask)],
      outputs: rendered?.outputs.map(([from, to]) => rendered.text.slice(from, to)),
      text: rendered?.text,
      chat,
    }),
  );
}

interface Answer {
  readonly tokens?: readonly number[];
  readonly mask?: readonly number[] | null;
  readonly error?: string;
}

function chunkOf({ text, segments, outputs }: Rendered): RenderedChunk {
  const bytes = (place: number) => Buffer.byteLength(text.slice(0, place));
  return {
    text: Buffer.from(text),
    ends: [bytes(text.length)],
    segmentEnds: segments.map(({ end }) => bytes(end)),
    segmentTokens: segments.map(({ token }) => token),
    outputs: outputs.flat().map(bytes),
    ...{ ids: [null], records: [1], sources: null },
  };
}

const chatsOf = (kind: ChatKind, quoting: boolean) =>
  Array.from({ length: chats }, (_, number) => madeChat(number, kind, quoting));

describe.skipIf(templateText('qwen3') === null)('tokens and masks are those of transformers', () => {
  test.each(templates)('$name, by its marks', { timeout: fuzzTimeout(60_000) }, async (template) => {
    const { kind, ours, theirs } = await createSubject(template, true);
    const made = chatsOf(kind, false);
    const answers = await theirs(made.map((chat) => ({ ...chat, as: 'marks' })));
    let same = 0;
    for (const [i, answer] of answers.entries()) {
      const found = ours(made[i]!);
      if (answer.error !== undefined) expect(found, answer.error).toHaveProperty('error');
      else {
        expectSame(found, answer, made[i]!);
        same += 1;
      }
    }
    expect(same).toBeGreaterThan(0.9 * chats);
  });

  test.each(templates)(
    '$name, where messages quote special tokens',
    { timeout: fuzzTimeout(60_000) },
    async (template) => {
      const { kind, ours, theirs } = await createSubject(template, true);
      const made = chatsOf(kind, true);
      const answers = await theirs(made.map((chat) => ({ ...chat, as: 'quoting' })));
      for (const [i, answer] of answers.entries()) {
        const found = ours(made[i]!);
        if (answer.error !== undefined) expect(found, answer.error).toHaveProperty('error');
        else expectSame(found, answer, made[i]!);
      }
    },
  );

  test.each(templates)(
    '$name, by difference: the completion of a prompt is that of TRL',
    { timeout: fuzzTimeout(60_000) },
    async (template) => {
      const { kind, ours, theirs } = await createSubject(template, false);
      const made = chatsOf(kind, false);
      const answers = await theirs(made.map((chat) => ({ ...chat, as: 'prompt' })));
      let same = 0;
      for (const [i, answer] of answers.entries()) {
        const chat = made[i]!;
        const found = ours({ ...chat, answersFrom: chat.messages.length - 1 });
        if (answer.error !== undefined || answer.mask === null) continue;
        expectSame(found, answer, made[i]!);
        same += 1;
      }
      // DeepSeek's asks for thoughts that its answers do not have.
      expect(same).toBeGreaterThan(template.name === 'deepseekv3' ? -1 : 0.5 * chats);
    },
  );
});
