/** Keys of a source of conversations: the columns that make one, its template, and what is learned. */
import type { z } from 'zod';
import { type ChatLoss, chatLosses } from '../../nouns/source-kinds.ts';
import { type Amount, oneOf, text, tokenLength } from './fields.ts';
import { mostTokens } from './schema-mix.ts';

export interface ChatEntry {
  readonly messages?: string | undefined;
  readonly prompt?: string | undefined;
  readonly completion?: string | undefined;
  readonly context?: string | undefined;
  readonly question?: string | undefined;
  readonly answer?: string | undefined;
  readonly tools?: string | undefined;
  readonly template?: string | undefined;
  readonly loss?: ChatLoss | undefined;
  readonly prompt_loss_from?: Amount | undefined;
}

export const chatKeys: { readonly [Key in keyof Required<ChatEntry>]: z.ZodType<ChatEntry[Key]> } = {
  messages: field().describe(
    'The source holds conversations, not texts: the field or column of the messages, each with `role` and `content`.',
  ),
  prompt: field().describe('Conversations of two parts: the field of what is given, a text or messages.'),
  completion: field().describe('The field of what is learned after `prompt`, a text or messages.'),
  context: field().describe('The field of a document that a question is about; goes with `question`.'),
  question: field().describe('Conversations of one question: its field.'),
  answer: field().describe('The field of the answer to `question`.'),
  tools: field().describe('The field of the tools that the model may call, as JSON Schemas.'),
  template: text('chatml, llama3, tokenizer, or the path of a .jinja file')
    .optional()
    .describe(
      'How conversations become text: chatml, llama3, the path of a .jinja file, or tokenizer (the default): the chat template beside the file of the tokenizer.',
    ),
  loss: oneOf(chatLosses)
    .optional()
    .describe(
      'What of a conversation is learned. outputs (the default): what the model writes. outputs-and-prompt: long conversations whole. all: everything.',
    ),
  prompt_loss_from: tokenLength(1, mostTokens)
    .optional()
    .describe('With loss: outputs-and-prompt, the tokens from which a conversation is long; default: 4096.'),
};

function field(): z.ZodType<string | undefined> {
  return text('the name of a field').optional();
}
