/**
 * Finds what the model writes in a rendered conversation: by the template's own marks, or by difference.
 *
 * By difference, an answer begins where the text before it ends when it asks for an answer (`add_generation_prompt`), and
 * ends where the text of the conversation so far ends; both texts must be beginnings of the whole, as with most templates.
 * Some templates write a past answer otherwise than the last one (Qwen 3 drops its thoughts). Then the answer is replaced
 * by a single character that occurs nowhere: the two renderings differ exactly in the answer's content, and what the
 * template writes after that character, up to a second special token, is the end of a turn. So are answers of templates that
 * always end by asking for the next one, whatever `add_generation_prompt` says (the first of Llama 3). Cost: up to four
 * renderings per answer.
 */
import type { Conversation, Message } from '../nouns/conversation.ts';
import { type ChatTemplate, TemplateRefusal } from './template.ts';

/** UTF-16 units [start, end) of the text. */
export type Span = readonly [start: number, end: number];

/** Why an answer can't be found. */
export class OutputUnknown extends Error {}

/**
 * Finds spans by the marks that the text was rendered with.
 * @returns the text without the marks
 */
export function outputsByMarks(
  marked: string,
  [opens, closes]: readonly [string, string],
): { text: string; outputs: Span[] } {
  const outputs: Span[] = [];
  let text = '';
  let start = 0;
  for (const part of marked.split(new RegExp(`(${opens}|${closes})`))) {
    if (part === opens) start = text.length;
    else if (part !== closes) text += part;
    else if (text.length > start) outputs.push([start, text.length]);
  }
  return { text, outputs };
}

export interface DifferenceOptions {
  /** A character that occurs nowhere in the conversation or in the template. */
  readonly unused: string;
  /** Where the second special token of a text begins; its length if there is none. */
  readonly secondSpecial: (text: string) => number;
}

/** @throws OutputUnknown */
export function outputsByDifference(
  text: string,
  conversation: Conversation,
  template: ChatTemplate,
  options: DifferenceOptions,
): Span[] {
  const { messages, tools, answersFrom = 0 } = conversation;
  const asksAnyway = attempt(() => template.render({ messages, tools }, { forAnswer: true })) === text;
  const outputs: Span[] = [];
  for (let i = answersFrom; i < messages.length; i += 1) {
    if (messages[i]!.role !== 'assistant') continue;
    const [start, end] = answerSpan(text, conversation, i, template, { ...options, asksAnyway });
    // Answers without a message between them may be one turn.
    const from = Math.max(start, outputs.at(-1)?.[1] ?? 0);
    if (end > from) outputs.push([from, end]);
  }
  return outputs;
}

function answerSpan(
  text: string,
  { messages, tools }: Conversation,
  answer: number,
  template: ChatTemplate,
  { unused, secondSpecial, asksAnyway }: DifferenceOptions & { readonly asksAnyway: boolean },
): Span {
  const asks = answer === 0 ? null : attempt(() => render(messages.slice(0, answer), true));
  const isLast = answer === messages.length - 1;
  const soFar = asksAnyway ? null : isLast ? text : attempt(() => render(messages.slice(0, answer + 1)));
  const start = asks !== null && text.startsWith(asks) ? asks.length : null;
  const end = soFar !== null && text.startsWith(soFar) ? soFar.length : null;
  if (start !== null && end !== null && start <= end) return [start, end];

  const content = differing(text, answer);
  return [start !== null && start <= content.start ? start : content.start, end ?? content.end];

  function render(some: readonly Message[], forAnswer = false): string {
    return template.render({ messages: some, tools }, { forAnswer });
  }

  function differing(whole: string, at: number): { start: number; end: number } {
    const bare: Message = { role: 'assistant', content: unused };
    // A call of a tool is a part of the answer, but what follows it may need it.
    const others = [bare, { ...messages[at]!, content: unused }];
    for (const other of others) {
      const changed = attempt(() => render(messages.with(at, other)));
      const last = attempt(() => render([...messages.slice(0, at), other]));
      if (changed === null || last === null) continue;
      const place = changed.indexOf(unused);
      const after = changed.length - place - unused.length;
      if (place < 0 || changed.indexOf(unused, place + 1) >= 0 || whole.length < place + after) continue;
      if (!whole.startsWith(changed.slice(0, place)) || !whole.endsWith(changed.slice(place + unused.length)))
        continue;
      const rest = last.slice(last.indexOf(unused) + unused.length);
      const closing = rest.slice(0, secondSpecial(rest));
      const ends = whole.length - after;
      return { start: place, end: ends + commonStart(closing, whole.slice(ends, ends + closing.length)) };
    }
    throw new OutputUnknown(
      `the template does not show where message ${at + 1} begins and ends; give it {% generation %} marks`,
    );
  }
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** null: the template refuses this part of a conversation. */
function attempt(render: () => string): string | null {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof TemplateRefusal)) throw error;
    return null;
  }
}
