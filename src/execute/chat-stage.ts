/** The stage of `tokenize-task.ts` for conversations: rendered by their template, then tokenized. */
import { createConversationRenderer } from '../chat/render.ts';
import type { ChatForm } from '../nouns/conversation.ts';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../nouns/documents.ts';
import type { TokenizedDocuments, Tokenizer } from '../nouns/tokens.ts';
import { addBadRecord } from '../read/read-counts.ts';
import { createChatEncoder } from '../tokenize/chat-encoder.ts';
import type { TokenBytes } from '../tokenize/chat-tables.ts';

/** Gives the stage for a unit. */
export type ChatStage = (unit: ReadUnit, counts: ReadCounts) => (chunk: DocumentChunk) => TokenizedDocuments;

/** @param forms by the name of the source */
export function createChatStage(
  forms: Readonly<Record<string, ChatForm>>,
  tokenizer: Pick<Tokenizer, 'encode' | 'safeCut'>,
  tokenBytes: TokenBytes,
): ChatStage {
  const encoder = createChatEncoder(tokenizer, tokenBytes);
  return ({ source, files, start }, counts) => {
    const renderer = createConversationRenderer(forms[source.name]!);
    const bad = (record: number, reason: string) =>
      addBadRecord(counts, { file: files[0]!.path, start, record, reason });
    return (chunk) => encoder.push(renderer.push(chunk, counts, bad));
  };
}
