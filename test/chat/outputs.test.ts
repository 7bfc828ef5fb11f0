/** What stops the search for a conversation's outputs, and what does not. */
import { expect, it } from 'vitest';
import { outputsByDifference } from '../../src/chat/outputs.ts';
import { type ChatTemplate, compileTemplate } from '../../src/chat/template.ts';

const form = `{% for m in messages %}{{ '<' + m.role + '>' + m.content + '</s>' }}{% endfor %}{% if add_generation_prompt %}REFUSAL{{ '<assistant>' }}{% endif %}`;
const conversation = {
  messages: [
    { role: 'user', content: 'a?' },
    { role: 'assistant', content: 'yes' },
  ],
  tools: null,
};
const options = { unused: '\u{fdd0}', secondSpecial: (text: string) => text.length };

function found(template: ChatTemplate) {
  const text = template.render(conversation);
  return outputsByDifference(text, conversation, template, options).map(([from, to]) => text.slice(from, to));
}

it('a template may refuse a part of a conversation', () => {
  const refusing = form.replace('REFUSAL', `{{ raise_exception('no') }}`);
  expect(found(compileTemplate(refusing, {}))).toEqual(['yes</s>']);
});

it('an error that is no refusal is not taken for one', () => {
  const template = compileTemplate(form.replace('REFUSAL', ''), {});
  const broken: ChatTemplate = {
    ...template,
    render(part, options) {
      if (options?.forAnswer === true) throw new TypeError('a bug');
      return template.render(part, options);
    },
  };
  expect(found(template)).toEqual(['yes</s>']);
  expect(() => found(broken)).toThrow(new TypeError('a bug'));
});
