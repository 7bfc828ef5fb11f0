/**
 * Finds tokens of a TokenizerModel by text or id, for the few that begin, end or pad a document. Cost: a search of the
 * list per token.
 */
import type { TokenizerModel } from '../model.ts';
import type { TokenNames } from './special-ids.ts';

/**
 * The number of ids after the ranks of a tiktoken file that a recipe may use: the file has no special tokens, but
 * models have up to 32,971 of them (Emu 3).
 */
const spareIds = 65_536;

/** @param hasSpareIds whether the file leaves out special tokens */
export function namesOfModel(
  { special, steps, vocabulary, vocabularySize }: TokenizerModel,
  hasSpareIds: boolean,
): TokenNames {
  const { pieces } = vocabulary;
  const added = [...steps.added, ...steps.addedNormalized];
  return {
    special,
    idOf(text) {
      const known = special.get(text) ?? added.find((token) => token.text === text)?.id;
      if (known !== undefined && known !== null) return known;
      const bytes = Buffer.from(text);
      const id = pieces.findIndex((piece) => piece !== undefined && bytes.equals(piece));
      return id < 0 ? null : id;
    },
    textOf(id) {
      for (const [text, known] of special) if (known === id) return text;
      const known = added.find((token) => token.id === id);
      if (known !== undefined) return known.text;
      const piece = pieces[id];
      if (piece !== undefined) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(piece);
      const byte = vocabulary.unknown.bytes?.indexOf(id) ?? -1;
      return byte < 0 ? null : `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    },
    idsBelow: hasSpareIds ? Math.max(vocabularySize, pieces.length + spareIds) : vocabularySize,
  };
}
