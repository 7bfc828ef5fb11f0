/** Templates that go by a name; every other word is the path of a file. */
const templateNames = ['chatml', 'llama3', 'tokenizer'] as const;

export function isTemplateName(word: string): word is (typeof templateNames)[number] {
  return templateNames.some((name) => name === word);
}
