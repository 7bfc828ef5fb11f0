/** What of a tokenizer conversations need beside its tables: the bytes of each token, and how a template writes tokens. */
import { dirname, join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { SpecialToken } from '../nouns/conversation.ts';
import type { TokenizerSpec } from '../nouns/recipe.ts';
import { readBytes, statOf } from '../storage/files.ts';
import { parseHfFile } from './files/hf-file.ts';
import { isObject, parseJsonObject } from './files/json-shape.ts';
import { type DescribedTokenizer, describeTokenizer } from './load.ts';

/** Bytes of the text of each token, by id, in shared memory. */
export interface TokenBytes {
  readonly bytes: Uint8Array;
  /** Where the bytes of each token end. */
  readonly ends: Uint32Array;
  /** A space is put before a document, and not before the text after a special token. */
  readonly prefixesFirstOnly: boolean;
}

/** How templates write this tokenizer's special tokens. */
export interface TemplateTokens {
  /** `bos_token` and the like, and their texts. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly special: readonly SpecialToken[];
}

export interface ChatTables extends TemplateTokens {
  readonly tokenBytes: TokenBytes;
}

/** @throws the errors of `loadTokenizer` */
export async function loadChatTables(spec: TokenizerSpec): Promise<ChatTables> {
  const tokenizer = await describeTokenizer(spec);
  return { ...templateTokens(tokenizer), tokenBytes: tokenBytesOf(tokenizer) };
}

function tokenBytesOf({ vocabularySize, decode, model }: DescribedTokenizer): TokenBytes {
  const texts = Array.from({ length: vocabularySize }, (_, id) => decode([id]));
  const ends = new Uint32Array(new SharedArrayBuffer(4 * vocabularySize));
  let bytes = 0;
  for (const [id, text] of texts.entries()) {
    bytes += text.length;
    ends[id] = bytes;
  }
  const all = new Uint8Array(new SharedArrayBuffer(bytes));
  for (const [id, text] of texts.entries()) all.set(text, ends[id]! - text.length);
  const prefixesFirstOnly = model?.steps.metaspace?.prefix === 'first-unless-space';
  return { bytes: all, ends, prefixesFirstOnly };
}

function templateTokens({ file, form, names, specials }: DescribedTokenizer): TemplateTokens {
  const flags = new Map<string, Partial<SpecialToken>>();
  if (file !== null && form === 'huggingface') {
    for (const { content, lstrip, rstrip } of parseHfFile(file, readBytes(file)).added_tokens ?? [])
      flags.set(content, { ...(lstrip && { lstrip }), ...(rstrip && { rstrip }) });
  }
  const special = [...names.special].map(([text, id]): SpecialToken => ({ text, id, ...flags.get(text) }));
  const config = file === null ? null : readConfig(file);
  const named: Record<string, string> = {};
  if (config === null) {
    for (const [role, token] of Object.entries(specials))
      if (token?.text != null) named[`${role}_token`] = token.text;
  } else {
    for (const [key, value] of Object.entries(config)) {
      const text = isObject(value) ? value.content : value;
      if (key.endsWith('_token') && typeof text === 'string') named[key] = text;
    }
  }
  return { tokens: named, special };
}

const configName = 'tokenizer_config.json';
const templateName = 'chat_template.jinja';

function readConfig(file: string): Readonly<Record<string, unknown>> | null {
  const path = join(dirname(file), configName);
  if (statOf(path)?.kind !== 'file') return null;
  return parseJsonObject(path, readBytes(path), 'a JSON file', 'fix it or remove it');
}

/**
 * The template that lies beside a tokenizer file, as `transformers` finds it.
 * @throws LongmixError `template-missing`
 */
export function ownTemplate(spec: TokenizerSpec): string {
  const cure = 'name one: template: chatml, llama3, or the path of a .jinja file';
  if ('encoding' in spec)
    throw new LongmixError('template-missing', `${spec.encoding} has no chat template of its own`, { cure });
  const folder = statOf(spec.file)?.kind === 'folder' ? spec.file : dirname(spec.file);
  const path = join(folder, templateName);
  if (statOf(path)?.kind === 'file') return Buffer.from(readBytes(path)).toString();
  const template = readConfig(join(folder, configName))?.chat_template;
  if (typeof template === 'string') return template;
  // Several by name: the default is for conversations, others are for documents to search in.
  const named: unknown[] = Array.isArray(template) ? template : [];
  const found = named.filter(isObject).find(({ name }) => name === 'default')?.template;
  if (typeof found === 'string') return found;
  throw new LongmixError(
    'template-missing',
    `there is no chat template beside the tokenizer: neither ${templateName} nor chat_template in ${configName}`,
    { where: folder, cure },
  );
}
