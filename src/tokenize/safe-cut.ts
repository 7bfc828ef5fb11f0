/**
 * Where a long document may be parted before it is tokenized. A document larger than a chunk arrives in parts, and
 * the tokens must be those of the whole.
 */

const space = 0x20;

/**
 * The last offset in `text` that lies between an ASCII letter and a space with an ASCII letter after it; 0 if none.
 *
 * Safe for the pretokenizer patterns of gpt2, r50k, p50k, cl100k, o200k, Llama 3 and Qwen: none looks behind; none
 * has an alternative that matches a letter and a following space, so a match ends here; and on the left no
 * alternative's choice depends on what follows a letter run but on whether it ends. Merges never cross pretokens.
 */
export function cutBetweenWords(text: Uint8Array): number {
  for (let at = text.length - 2; at > 0; at -= 1) {
    if (text[at] === space && isLetter(text[at - 1]!) && isLetter(text[at + 1]!)) return at;
  }
  return 0;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
