/**
 * Gives the units of conversations what decides their text: a fingerprint of the template, and of the special tokens that
 * it may write. The forms themselves go with the list of tasks, once per source.
 */
import { fingerprint } from '../../base/fingerprint.ts';
import { knownTemplates } from '../../chat/templates.ts';
import { LongmixError, systemReason } from '../../errors.ts';
import type { ChatForm } from '../../nouns/conversation.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe, TokenizerSpec } from '../../nouns/recipe.ts';
import type { ChatSpec } from '../../nouns/source-kinds.ts';
import { placeInRecipe } from '../../recipe/yaml/places.ts';
import { readText } from '../../storage/files.ts';
import type { TokenBytes } from '../../tokenize/chat-tables.ts';
import type { FoundSource } from './find-corpus.ts';

/** Counts changes of our rules, and names the library, whose version package.json pins. */
const rendererVersion = 'chat 1, @huggingface/jinja 0.5.11';

export interface FoundChats {
  readonly sources: readonly FoundSource[];
  /** By the name of the source; null: no source holds conversations. */
  readonly forms: Readonly<Record<string, ChatForm>> | null;
  readonly tokenBytes: TokenBytes | null;
}

/** In the recipe, for errors. */
type Place = { readonly where?: string };

/** @throws LongmixError `template-missing` | `template-bad` | `template-tokens` */
export async function withConversations(
  recipe: Recipe,
  sources: readonly FoundSource[],
): Promise<FoundChats> {
  if (sources.every(({ spec }) => spec.chat === undefined)) return { sources, forms: null, tokenBytes: null };
  const { loadChatTables } = await import('../../tokenize/chat-tables.ts');
  const { createRenderer } = await import('../../chat/render.ts');
  const { tokens, special, tokenBytes } = await loadChatTables(recipe.tokenizer);
  const forms: Record<string, ChatForm> = {};
  const found: FoundSource[] = [];
  for (const source of sources) {
    const { name, chat } = source.spec;
    if (chat === undefined) {
      found.push(source);
      continue;
    }
    const place = placeInRecipe(recipe, ['sources', name, 'template']);
    const where = place === undefined ? {} : { where: place };
    const template = await templateOf(chat, recipe.tokenizer, where);
    if (typeof chat.template === 'string' && chat.template !== 'tokenizer')
      refuseMissingTokens(chat.template, new Set(special.map(({ text }) => text)), where);
    const form = { template, tokens, special };
    try {
      createRenderer(form);
    } catch (cause) {
      throw new LongmixError('template-bad', `the template is not Jinja: ${(cause as Error).message}`, {
        ...(typeof chat.template === 'object' ? { where: chat.template.file } : where),
        cure: 'correct it; longmix reads chat templates as transformers does',
        cause,
      });
    }
    forms[name] = form;
    found.push(withForm(source, fingerprint([rendererVersion, chat.columns, form])));
  }
  return { sources: found, forms, tokenBytes };
}

function withForm(found: FoundSource, print: string): FoundSource {
  const withPrint = (unit: ReadUnit): ReadUnit => ({ ...unit, chat: print });
  return {
    ...found,
    reading: { ...found.reading, chat: print },
    units: found.units.map(withPrint),
    parts: found.parts.map((part) => ({ ...part, units: part.units.map(withPrint) })),
  };
}

async function templateOf({ template }: ChatSpec, tokenizer: TokenizerSpec, where: Place): Promise<string> {
  if (template === 'chatml' || template === 'llama3') return knownTemplates[template].template;
  if (template === 'tokenizer') {
    const { ownTemplate } = await import('../../tokenize/chat-tables.ts');
    return ownTemplate(tokenizer);
  }
  try {
    return readText(template.file);
  } catch (cause) {
    throw new LongmixError(
      'template-missing',
      `the template ${template.file} cannot be read: ${systemReason(cause)}`,
      { ...where, cure: 'paths are relative to the recipe; or name a template: chatml, llama3', cause },
    );
  }
}

function refuseMissingTokens(name: 'chatml' | 'llama3', special: ReadonlySet<string>, where: Place): void {
  const missing = knownTemplates[name].special.filter((text) => !special.has(text));
  if (missing.length === 0) return;
  throw new LongmixError(
    'template-tokens',
    `the template ${name} writes ${missing.join(', ')}, and the tokenizer has no such special token`,
    {
      ...where,
      cure: 'use the template of the tokenizer, or the tokenizer of a model that was trained with this one',
    },
  );
}
