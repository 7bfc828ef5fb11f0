/**
 * Templates that come with longmix, for models without one of their own. Both are the public definition of the format,
 * with marks around what the model writes: the answer and the end of its turn. Neither has a form for calls of tools.
 */

const noTools = (name: string) =>
  `{%- if tools %}{{ raise_exception('${name} has no form for tools: use the template of a model that has one') }}{% endif %}`;
const noCalls = (name: string) =>
  `{%- if message.tool_calls %}{{ raise_exception('${name} has no form for calls of tools') }}{% endif %}`;

interface KnownTemplate {
  readonly template: string;
  /** Texts that must be special tokens. */
  readonly special: readonly string[];
}

export const knownTemplates: Readonly<Record<'chatml' | 'llama3', KnownTemplate>> = {
  chatml: {
    special: ['<|im_start|>', '<|im_end|>'],
    template: [
      noTools('chatml'),
      '{%- for message in messages %}',
      noCalls('chatml'),
      "{{- '<|im_start|>' + message.role + '\\n' }}",
      "{%- if message.role == 'assistant' %}",
      "{%- generation %}{{- message.content + '<|im_end|>' }}{%- endgeneration %}{{- '\\n' }}",
      "{%- else %}{{- message.content + '<|im_end|>\\n' }}{%- endif %}",
      '{%- endfor %}',
      "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}",
    ].join(''),
  },
  llama3: {
    special: ['<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    template: [
      noTools('llama3'),
      '{{- bos_token }}',
      '{%- for message in messages %}',
      noCalls('llama3'),
      "{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' }}",
      "{%- if message.role == 'assistant' %}",
      "{%- generation %}{{- message.content | trim + '<|eot_id|>' }}{%- endgeneration %}",
      "{%- else %}{{- message.content | trim + '<|eot_id|>' }}{%- endif %}",
      '{%- endfor %}',
      "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}",
    ].join(''),
  },
};
