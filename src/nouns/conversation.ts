/** A conversation, as `read/` finds it in a record and `chat/` renders it. Nothing here computes. */

import type { FieldLists } from './documents.ts';

/** A message as templates see it: at least `role`, and `content` (null: the message only calls tools). */
export type Message = Readonly<Record<string, unknown>> & { readonly role: string };

export interface Conversation {
  /** At least one. */
  readonly messages: readonly Message[];
  /** Tools that the model may call, as JSON Schemas; null: there are none. */
  readonly tools: readonly unknown[] | null;
  /** Answers before this message are not learned; absent: all are. */
  readonly answersFrom?: number;
}

/** A special token that a template may write. */
export interface SpecialToken {
  readonly text: string;
  readonly id: number;
  /** The token takes the white space before or after it. */
  readonly lstrip?: true;
  readonly rstrip?: true;
}

/** All that decides how a source's conversations become text. */
export interface ChatForm {
  readonly template: string;
  /** Names of special tokens in templates, and their texts: `bos_token`. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly special: readonly SpecialToken[];
}

/** Conversations as text, cut where special tokens stand; maybe none. Offsets are bytes of the chunk's text. */
export interface RenderedChunk {
  /** Well-formed UTF-8, documents end to end. */
  readonly text: Uint8Array;
  readonly ends: readonly number[];
  /** Where each segment ends; segments are end to end, and none spans two documents. */
  readonly segmentEnds: readonly number[];
  /** Id of the special token that a segment is; `noToken`: it is text, in which no special token is meant. */
  readonly segmentTokens: readonly number[];
  /** Ascending pairs of where an output of the model begins and ends. */
  readonly outputs: readonly number[];
  readonly ids: readonly (string | null)[];
  readonly records: readonly number[];
  readonly sources: readonly string[] | null;
  /** As in `DocumentChunk`. */
  readonly fields?: FieldLists;
}

export const noToken = -1;
