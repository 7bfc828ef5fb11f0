/**
 * Chat templates, which are Jinja as in `transformers`. The library removes the tags `{% generation %}`, so they are made
 * blocks that write a mark: what is between two marks is an output of the model.
 *
 * A template gives the same text on every day: `strftime_now` is not defined, and templates that ask whether it is take
 * their own date.
 */
import { Template } from '@huggingface/jinja';
import type { Conversation } from '../nouns/conversation.ts';
import { followPython, pythonFunctions } from './python-rules.ts';

/** What the template, or the library that runs it, says of a conversation that it can't render. */
export class TemplateRefusal extends Error {}

export interface ChatTemplate {
  /** Whether the template itself says what the model writes. */
  readonly hasMarks: boolean;
  /** @throws TemplateRefusal with the template's message, if it refuses the conversation */
  render(conversation: Pick<Conversation, 'messages' | 'tools'>, options?: RenderOptions): string;
}

export interface RenderOptions {
  /** The text ends where the model's answer begins. */
  readonly forAnswer?: boolean;
  /** Written before and after each output; default: nothing. */
  readonly marks?: readonly [string, string];
}

const comments = /\{#[\s\S]*?#\}/g;
const marks = /\{%(-?)\s*(end)?generation\s*(-?)%\}/g;
const begin = 'longmix_output_begins';
const end = 'longmix_output_ends';

/**
 * @param tokens names of the tokenizer's special tokens in templates (`bos_token`) and their texts
 * @throws Error if it is not Jinja that the library can parse
 */
export function compileTemplate(text: string, tokens: Readonly<Record<string, string>>): ChatTemplate {
  // As Jinja reads it.
  const lines = text.replace(/\r\n?/g, '\n');
  const code = lines.replace(comments, (comment) => comment.replace(marks, ''));
  const dateless = code.replaceAll(/\bstrftime_now\b/g, 'longmix_has_no_date');
  // A tag may take the white space around it, and so do the ends of this block.
  const written = dateless.replace(
    marks,
    (_, left: string, isEnd: string | undefined, right: string) =>
      `{%${left} if true %}{{ ${isEnd === undefined ? begin : end} }}{% endif ${right}%}`,
  );
  const template = new Template(written);
  followPython(template.parsed);
  return {
    hasMarks: written !== dateless,
    render({ messages, tools }, { forAnswer = false, marks: [opens, closes] = ['', ''] } = {}) {
      const values = {
        ...pythonFunctions,
        ...tokens,
        messages,
        tools,
        documents: null,
        add_generation_prompt: forAnswer,
        [begin]: opens,
        [end]: closes,
      };
      try {
        return template.render(values);
      } catch (cause) {
        // The library has no error of its own.
        throw new TemplateRefusal((cause as Error).message, { cause });
      }
    },
  };
}
