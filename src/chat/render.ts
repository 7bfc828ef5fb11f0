/**
 * Conversations, as JSON from `read/`, to text that is cut where special tokens stand, with what of it the model writes.
 * A conversation that its template refuses is a bad record. Memory: a conversation is held whole.
 */

import type { ChatForm, Conversation, RenderedChunk } from '../nouns/conversation.ts';
import { noToken } from '../nouns/conversation.ts';
import type { DocumentChunk, FieldValue, ReadCounts } from '../nouns/documents.ts';
import {
  type DifferenceOptions,
  OutputUnknown,
  outputsByDifference,
  outputsByMarks,
  type Span,
} from './outputs.ts';
import { createSpecialTexts, type Segment } from './special-text.ts';
import { type ChatTemplate, compileTemplate, TemplateRefusal } from './template.ts';

/** A conversation as text. Offsets are UTF-16 units. */
export interface Rendered {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** What the model writes, ascending. */
  readonly outputs: readonly Span[];
}

/** Why a conversation can't be rendered. */
export class Unrenderable extends Error {}

/** @throws Error if the template is not Jinja */
export function createRenderer(form: ChatForm): (conversation: Conversation) => Rendered {
  const template = compileTemplate(form.template, form.tokens);
  const texts = createSpecialTexts(form.special);
  const secondSpecial = (text: string): number => {
    const segments = texts.segments(text, []);
    const [, second] = segments.flatMap(({ token }, i) => (token === noToken ? [] : [i]));
    return second === undefined ? text.length : (segments[second - 1]?.end ?? 0);
  };
  return (given) => {
    const json = JSON.stringify(given);
    const [hider, opens, closes, unused] = unusedCharacters(json + form.template);
    const conversation = texts.hide(given, hider);
    const { text, outputs } = explained(given, () =>
      template.hasMarks && given.answersFrom === undefined
        ? outputsByMarks(template.render(conversation, { marks: [opens, closes] }), [opens, closes])
        : byDifference(conversation, template, { unused, secondSpecial }),
    );
    return withoutBreaks(text, outputs, hider);
  };

  function withoutBreaks(text: string, outputs: readonly Span[], hider: string): Rendered {
    const parts = text.split(hider);
    const breaks: number[] = [];
    for (let i = 0, at = 0; i < parts.length - 1; i += 1) {
      at += parts[i]!.length;
      breaks.push(at);
    }
    const joined = parts.length === 1 ? text : parts.join('');
    // A place moves by the breaks before it; places and breaks both ascend.
    let passed = 0;
    const moved = (place: number): number => {
      while (passed < breaks.length && breaks[passed]! + passed < place) passed += 1;
      return place - passed;
    };
    return {
      text: joined,
      segments: texts.segments(joined, breaks),
      outputs: outputs.map(([start, end]): Span => [moved(start), moved(end)]),
    };
  }
}

function byDifference(
  conversation: Conversation,
  template: ChatTemplate,
  options: DifferenceOptions,
): { text: string; outputs: Span[] } {
  const text = template.render(conversation);
  return { text, outputs: outputsByDifference(text, conversation, template, options) };
}

function explained<T>({ messages }: Conversation, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof OutputUnknown) throw new Unrenderable(cause.message, { cause });
    if (cause instanceof TemplateRefusal) {
      const said = `its template says: ${cause.message}${oddContent(messages)}`;
      throw new Unrenderable(said, { cause });
    }
    throw cause;
  }
}

/** The first message whose content is no text, which is what many templates can't take; '': all have texts. */
function oddContent(messages: Conversation['messages']): string {
  const odd = messages.findIndex(
    ({ content, tool_calls: calls }) => typeof content !== 'string' && calls === undefined,
  );
  if (odd < 0) return '';
  const { content } = messages[odd]!;
  const is =
    content === null || content === undefined
      ? 'no "content"'
      : `a "content" that is ${Array.isArray(content) ? 'a list of parts' : 'not a text'}`;
  return ` (message ${odd + 1} has ${is})`;
}

/** Characters that Unicode keeps for such use, of which texts have none. */
const first = 0xfdd0;
const count = 32;

function unusedCharacters(text: string): [string, string, string, string] {
  const free = Array.from({ length: count }, (_, i) => String.fromCharCode(first + i)).filter(
    (character) => !text.includes(character),
  );
  const [a, b, c, d] = free;
  if (d === undefined) throw new Unrenderable('it has nearly all of the characters U+FDD0 to U+FDEF');
  return [a!, b!, c!, d];
}

export interface ConversationRenderer {
  /**
   * Takes the chunks of one input in order.
   * @param bad is called with the record and the reason for each conversation that has no text
   */
  push(
    chunk: DocumentChunk,
    counts: ReadCounts,
    bad: (record: number, reason: string) => void,
  ): RenderedChunk;
}

export function createConversationRenderer(form: ChatForm): ConversationRenderer {
  const render = createRenderer(form);
  /** The beginning of the conversation that goes on in the next chunk. */
  let open: Uint8Array[] = [];
  return {
    push({ text, ends, ids, records, sources, fields, open: isOpen }, counts, bad) {
      const out = new ChunkMaker(sources !== null, fields?.length ?? 0);
      for (const [i, end] of ends.entries()) {
        open.push(text.slice(ends[i - 1] ?? 0, end));
        if (isOpen && i === ends.length - 1) break;
        const json = Buffer.concat(open).toString();
        open = [];
        try {
          const rendered = render(JSON.parse(json) as Conversation);
          const values = fields?.map((list) => list[i]!) ?? [];
          out.add(rendered, { id: ids[i]!, record: records[i]!, source: sources?.[i] ?? null, values });
        } catch (error) {
          if (!(error instanceof Unrenderable)) throw error;
          counts.documents -= 1;
          if (ids[i] !== null) counts.identified -= 1;
          bad(records[i]!, error.message);
        }
      }
      return out.take();
    },
  };
}

interface Label {
  readonly id: string | null;
  readonly record: number;
  readonly source: string | null;
  readonly values: readonly FieldValue[];
}

class ChunkMaker {
  readonly #texts: Buffer[] = [];
  readonly #ends: number[] = [];
  readonly #segmentEnds: number[] = [];
  readonly #segmentTokens: number[] = [];
  readonly #outputs: number[] = [];
  readonly #labels: Label[] = [];
  readonly #withSources: boolean;
  readonly #fieldCount: number;
  #bytes = 0;

  constructor(withSources: boolean, fieldCount: number) {
    this.#withSources = withSources;
    this.#fieldCount = fieldCount;
  }

  add({ text, segments, outputs }: Rendered, label: Label): void {
    const start = this.#bytes;
    const place = byteOffsets(text);
    let at = start;
    for (const { end, token } of segments) {
      at = start + place(end);
      this.#segmentEnds.push(at);
      this.#segmentTokens.push(token);
    }
    const outputPlace = byteOffsets(text);
    for (const [from, to] of outputs) this.#outputs.push(start + outputPlace(from), start + outputPlace(to));
    const bytes = Buffer.from(text);
    this.#texts.push(bytes);
    this.#bytes += bytes.length;
    this.#ends.push(this.#bytes);
    this.#labels.push(label);
  }

  take(): RenderedChunk {
    return {
      text: Buffer.concat(this.#texts),
      ends: this.#ends,
      segmentEnds: this.#segmentEnds,
      segmentTokens: this.#segmentTokens,
      outputs: this.#outputs,
      ids: this.#labels.map(({ id }) => id),
      records: this.#labels.map(({ record }) => record),
      sources: this.#withSources ? this.#labels.map(({ source }) => source!) : null,
      ...(this.#fieldCount === 0
        ? {}
        : {
            fields: Array.from({ length: this.#fieldCount }, (_, f) =>
              this.#labels.map(({ values }) => values[f]!),
            ),
          }),
    };
  }
}

/** Ascending places in UTF-16 units -> bytes. */
function byteOffsets(text: string): (place: number) => number {
  let at = 0;
  let bytes = 0;
  return (place) => {
    bytes += Buffer.byteLength(text.slice(at, place));
    at = place;
    return bytes;
  };
}
