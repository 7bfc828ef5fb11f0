/** Rules about sources of conversations: which columns go together, and with what else. */
import { isTemplateName } from '../template-name.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { valueIn, wrongKey, wrongValue } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';

export const crossChatChecks: readonly Check[] = [
  ofEachSource(oneKindOfColumns),
  ofEachSource(columnsInPairs),
  ofEachSource(settingsNeedColumns),
  ofEachSource(chatReadAlone),
  ofEachSource(formatsOfChats),
  ofEachSource(knownTemplate),
  ofEachSource(lossFromNeedsLoss),
];

/** Columns that make a source one of conversations, by kind. */
const kinds = { messages: ['messages'], prompt: ['prompt', 'completion'], question: ['question', 'answer'] };
const columns = Object.values(kinds).flat();
/** Keys about texts, or about token ids. */
const aboutOthers = [
  'text',
  'source',
  'command',
  'extract',
  'join',
  'separator',
  'quote',
  'tokens',
  'dtype',
  'fim',
];
const formatsWithChats: readonly unknown[] = ['jsonl', 'json', 'parquet', 'arrow'];

function ofEachSource(check: (yaml: YamlFile, at: Path, has: (key: string) => boolean) => Problem[]): Check {
  return (yaml) =>
    yaml.keysOf(['sources']).flatMap((name) => {
      const at = ['sources', name];
      return check(yaml, at, (key) => valueIn(yaml, [...at, key]) !== undefined);
    });
}

type Has = (key: string) => boolean;

function oneKindOfColumns(yaml: YamlFile, at: Path, has: Has): Problem[] {
  const given = Object.values(kinds).flatMap((names) => names.filter(has).slice(0, 1));
  const [first, ...others] = given;
  return others.map((key) =>
    wrongKey(
      yaml,
      [...at, key],
      `a conversation is made of one kind of columns, and \`${first}\` is another`,
    ),
  );
}

function columnsInPairs(yaml: YamlFile, at: Path, has: Has): Problem[] {
  const needs = (key: string, other: string) =>
    has(key) && !has(other)
      ? [wrongKey(yaml, [...at, key], `it goes with \`${other}\`: name its field`)]
      : [];
  return [
    ...needs('prompt', 'completion'),
    ...needs('completion', 'prompt'),
    ...needs('question', 'answer'),
    ...needs('answer', 'question'),
    ...needs('context', 'question'),
  ];
}

function settingsNeedColumns(yaml: YamlFile, at: Path, has: Has): Problem[] {
  const isChat = columns.some(has);
  const alone = ['tools', 'template', 'loss', 'prompt_loss_from'].filter((key) => has(key) && !isChat);
  const without = alone.map((key) =>
    wrongKey(yaml, [...at, key], 'it is about conversations; name their field, such as messages: messages'),
  );
  if (!has('tools') || !has('question')) return without;
  return [...without, wrongKey(yaml, [...at, 'tools'], 'it goes with `messages` or `prompt`')];
}

function chatReadAlone(yaml: YamlFile, at: Path, has: Has): Problem[] {
  const column = columns.find(has);
  if (column === undefined) return [];
  return aboutOthers
    .filter(has)
    .map((key) =>
      wrongKey(
        yaml,
        [...at, key],
        `\`${column}\` reads conversations, which have no such key; remove one of the two`,
      ),
    );
}

function formatsOfChats(yaml: YamlFile, at: Path, has: Has): Problem[] {
  const key = [...at, 'format'];
  if (!columns.some(has) || !has('format') || formatsWithChats.includes(valueIn(yaml, key))) return [];
  return [
    wrongValue(
      yaml,
      key,
      `found ${yaml.written(key)}; conversations are read from one of ${formatsWithChats.join(', ')}`,
    ),
  ];
}

function knownTemplate(yaml: YamlFile, at: Path): Problem[] {
  const key = [...at, 'template'];
  const name = valueIn(yaml, key);
  if (typeof name !== 'string' || isTemplateName(name) || /[./\\]/.test(name)) return [];
  return [
    wrongValue(
      yaml,
      key,
      `found ${yaml.written(key)}; expected chatml, llama3, tokenizer, or a path such as ./chat.jinja`,
    ),
  ];
}

function lossFromNeedsLoss(yaml: YamlFile, at: Path, has: Has): Problem[] {
  const key = [...at, 'prompt_loss_from'];
  if (!has('prompt_loss_from') || valueIn(yaml, [...at, 'loss']) === 'outputs-and-prompt') return [];
  return [wrongKey(yaml, key, 'only loss: outputs-and-prompt depends on the length of a conversation')];
}
