/** Templates, what is found of the model's own in their texts, and special tokens that people quote. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer, type Rendered, Unrenderable } from '../../src/chat/render.ts';
import { knownTemplates } from '../../src/chat/templates.ts';
import { noToken } from '../../src/nouns/conversation.ts';
import { fuzz } from '../support/fuzz.ts';

const special = ['<|im_start|>', '<|im_end|>', '</s>', '<|eot_id|>', '<s>'].map((text, id) => ({ text, id }));
const tokens = { bos_token: '<s>', eos_token: '</s>' };

/** Forms that templates have: with marks, with a header, without one, with trimmed content, with a past that differs. */
const templates = {
  chatml: knownTemplates.chatml.template,
  llama3: knownTemplates.llama3.template,
  unmarked: `{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
  mistral: `{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}{% else %}{{ ' ' + m.content | trim + eos_token }}{% endif %}{% endfor %}`,
  // As the first template of Llama 3, which asks for an answer in any case.
  asking: `{% for m in messages %}{{ '<s>' + m.role + '\\n' + m.content + '<|eot_id|>' }}{% endfor %}{{ '<s>assistant\\n' }}`,
  // Only the last answer has thoughts, and the prompt for one does not show them.
  thinking: `{% for m in messages %}{% if m.role == 'user' %}{{ '<|im_start|>' + m.content }}{% elif loop.last %}{{ '<think></think>' + m.content + '<|im_end|>' }}{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<think>' }}{% endif %}`,
};

const render = (template: string, turns: readonly (readonly [string, string])[]): Rendered => {
  const messages = turns.flatMap(([user, assistant]) => [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ]);
  return createRenderer({ template, tokens, special })({ messages, tools: null });
};

const outputsOf = ({ text, outputs }: Rendered) => outputs.map(([from, to]) => text.slice(from, to));

describe('what the model writes', () => {
  it.each([
    ['chatml', ['yes<|im_end|>', 'no<|im_end|>']],
    ['llama3', ['yes<|eot_id|>', 'no<|eot_id|>']],
    ['unmarked', ['yes<|im_end|>\n', 'no<|im_end|>\n']],
    ['mistral', [' yes</s>', ' no</s>']],
    ['asking', ['yes<|eot_id|>', 'no<|eot_id|>']],
    ['thinking', ['yes<|im_end|>', '</think>no<|im_end|>']],
  ] as const)('%s', (name, wanted) => {
    expect(
      outputsOf(
        render(templates[name], [
          ['a?', 'yes'],
          ['b?', 'no'],
        ]),
      ),
    ).toEqual(wanted);
  });

  it('is only what comes after a prompt of several messages', () => {
    const messages = ['user', 'assistant', 'user', 'assistant'].map((role, i) => ({ role, content: `${i}` }));
    const form = { template: templates.chatml, tokens, special };
    expect(outputsOf(createRenderer(form)({ messages, tools: null, answersFrom: 3 }))).toEqual([
      '3<|im_end|>\n',
    ]);
  });

  it.each(Object.entries(templates))('%s: a mask never leaks into the prompt', (_, template) => {
    // Prompts and answers have no character in common, and quote special tokens.
    const side = (letters: string) =>
      fc
        .array(fc.constantFrom(...letters, ' ', '\n', '<|im_end|>', '</s>', '<s>'), { maxLength: 8 })
        .map((parts) => parts.join(''));
    const turns = fc.array(fc.tuple(side('абвг'), side('ABCD')), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(turns, (some) => {
        const rendered = render(template, some);
        const learned = outputsOf(rendered).join('');
        expect(learned).not.toMatch(/[абвг]/);
        expect(learned.replaceAll(/[^ABCD]/g, '')).toBe(
          some
            .map(([, answer]) => answer)
            .join('')
            .replaceAll(/[^ABCD]/g, ''),
        );
        const tokenTexts = rendered.segments.map(({ end, token }, i) =>
          token === noToken ? '' : rendered.text.slice(rendered.segments[i - 1]?.end ?? 0, end),
        );
        // As many special tokens as the same conversation has without what it quotes.
        const bare = render(
          template,
          some.map((turn) => turn.map((text) => text.replaceAll(/[<|>/]/g, '')) as [string, string]),
        );
        expect(tokenTexts.filter((text) => text !== '')).toHaveLength(
          bare.segments.filter(({ token }) => token !== noToken).length,
        );
      }),
      fuzz(60),
    );
  });
});

describe('a template', () => {
  it('is refused with its own words, as one record', () => {
    const form = { template: "{{ raise_exception('no such role') }}", tokens, special };
    expect(() => createRenderer(form)({ messages: [{ role: 'x', content: '' }], tools: null })).toThrow(
      new Unrenderable('its template says: no such role'),
    );
  });

  it('is refused beside the message that has no text for it', () => {
    const form = { template: '{% for m in messages %}{{ m.content.strip() }}{% endfor %}', tokens, special };
    const render = (content: unknown) => () =>
      createRenderer(form)({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content },
        ],
        tools: null,
      });
    expect(render(null)).toThrow(/its template says: .* \(message 2 has no "content"\)/);
    expect(render([{ type: 'text', text: 'a' }])).toThrow(
      /message 2 has a "content" that is a list of parts/,
    );
  });

  it('follows Python: strip with characters, the empty text is not false, and lists are equal by their items', () => {
    const template =
      "{{ messages[0].content.lstrip('x') }}|{{ '' == false }}|{{ [1, 2] == [1, 2] }}|{{ 1 == true }}|{{ ' a ' | trim }}";
    const { text } = createRenderer({ template, tokens, special })({
      messages: [{ role: 'user', content: 'xx x' }],
      tools: null,
    });
    expect(text).toBe(' x|false|true|true|a');
  });

  it('has the same text on every day', () => {
    const template = "{% if strftime_now is defined %}{{ strftime_now('%Y') }}{% else %}undated{% endif %}";
    expect(createRenderer({ template, tokens, special })({ messages: [], tools: null }).text).toBe('undated');
  });

  it('leaves text as it was that has all but a few of the characters that mark it', () => {
    const odd = String.fromCharCode(0xfdd0, 0xfdd1, 0xfdd2);
    const { text } = render(templates.chatml, [[odd, `${odd}<s>`]]);
    expect(text).toContain(`${odd}<|im_end|>`);
    expect(text).toContain(`${odd}<s><|im_end|>`);
  });
});
