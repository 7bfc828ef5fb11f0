/**
 * Unigram tokens (Kudo 2018), written as plainly as possible: the best segmentation of a pretoken by a Viterbi over its
 * characters. Tests compare the kernel's version with it, and it runs the models that the kernel does not support.
 *
 * It follows two libraries, which differ in their tokens:
 * - Hugging Face (`encode_optimized`) sums doubles. Neighbouring unknown characters are one text, which is looked up
 *   among the pieces. If it is not a piece, it becomes the tokens of its bytes if all bytes have one, else the unknown
 *   token. In a document, the text of the unknown token counts as unknown.
 * - sentencepiece 0.2.3 (`EncodeOptimized`; earlier versions compared before they rounded) sums floats, and subtracts a
 *   sum beyond 100,000 from all sums that are still needed. It makes byte tokens of each unknown character by itself.
 * In both, if two segmentations have equal scores, the one found first wins: the one whose last piece begins earlier.
 *
 * Cost: one step for each character of each piece that begins at a character; memory for every character of the
 * pretoken.
 */
import { noToken, type UnigramVocabulary } from '../model.ts';

const largestSum = 100_000;

interface Node {
  readonly next: Map<string, Node>;
  /** The piece that ends at this node. */
  id: number | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The function takes a pretoken's text. */
export function createUnigramEncoder(vocabulary: UnigramVocabulary): (pretoken: string) => readonly number[] {
  const { scores, unknownScore, unknown, as } = vocabulary;
  const root: Node = { next: new Map(), id: null };
  vocabulary.pieces.forEach((piece, id) => {
    if (piece !== undefined && piece.length > 0) addPiece(root, decoder.decode(piece), id);
  });
  const kept = as === 'sentencepiece' ? Math.fround : (sum: number) => sum;

  /** The tokens of neighbouring unknown characters. */
  const unknownTokens = (text: string): number[] => {
    const whole = as === 'huggingface' ? findPiece(root, text) : null;
    if (whole !== null) return [whole];
    const ids = Array.from(encoder.encode(text), (byte) => unknown.bytes?.[byte] ?? noToken);
    if (!ids.includes(noToken)) return ids;
    return unknown.id === null ? [] : [unknown.id];
  };

  return (pretoken) => {
    const chars = Array.from(pretoken);
    const size = chars.length;
    const best = new Float64Array(size + 1);
    /** By the end of a piece: where it begins, and (`ids`) its id; null: it is unknown. */
    const starts = new Int32Array(size + 1).fill(-1);
    let reach = 0;
    const ids: (number | null)[] = new Array(size + 1).fill(null);
    const offer = (start: number, end: number, sum: number, id: number | null) => {
      if (starts[end]! >= 0 && !(kept(sum) > best[end]!)) return;
      best[end] = kept(sum);
      if (end > reach) reach = end;
      starts[end] = start;
      ids[end] = id;
    };
    for (let start = 0; start < size; start += 1) {
      if (as === 'sentencepiece' && Math.abs(best[start]!) > largestSum) {
        const offset = best[start]!;
        for (let end = start; end <= reach; end += 1) best[end] = Math.fround(best[end]! - offset);
      }
      let isPiece = false;
      let node = root.next.get(chars[start]!);
      for (let end = start + 1; node !== undefined; end += 1) {
        if (node.id !== null) {
          offer(start, end, scores[node.id]! + best[start]!, node.id === unknown.id ? null : node.id);
          if (end === start + 1) isPiece = true;
        }
        node = end < size ? node.next.get(chars[end]!) : undefined;
      }
      if (!isPiece) offer(start, start + 1, unknownScore + best[start]!, null);
    }

    const path: { text: string; id: number | null }[] = [];
    for (let end = size; end > 0; end = starts[end]!)
      path.push({ text: chars.slice(starts[end], end).join(''), id: ids[end]! });
    const tokens: number[] = [];
    let run = '';
    for (const { text, id } of path.reverse()) {
      if (id === null) {
        run += text;
        continue;
      }
      if (run !== '') tokens.push(...unknownTokens(run));
      run = '';
      tokens.push(id);
    }
    if (run !== '') tokens.push(...unknownTokens(run));
    return tokens;
  };
}

function addPiece(root: Node, text: string, id: number): void {
  let node = root;
  for (const char of text) {
    let next = node.next.get(char);
    if (next === undefined) {
      next = { next: new Map(), id: null };
      node.next.set(char, next);
    }
    node = next;
  }
  node.id = id;
}

function findPiece(root: Node, text: string): number | null {
  let node: Node | undefined = root;
  for (const char of text) {
    node = node.next.get(char);
    if (node === undefined) return null;
  }
  return node.id;
}
