/**
 * Reads a SentencePiece .model: a `ModelProto` in protobuf's wire format. It is read by hand because only a dozen
 * fields are needed (fields: sentencepiece_model.proto; format: https://protobuf.dev/programming-guides/encoding/). As
 * in protobuf, the last value counts if a field occurs twice, and unknown fields are skipped.
 */
import { LongmixError } from '../../errors.ts';

export type PieceType = 'normal' | 'unknown' | 'control' | 'user-defined' | 'unused' | 'byte';

export interface ProtoPiece {
  readonly text: string;
  readonly score: number;
  readonly type: PieceType;
}

export interface SentencePieceProto {
  readonly pieces: readonly ProtoPiece[];
  readonly modelType: 'unigram' | 'bpe' | 'word' | 'char';
  readonly byteFallback: boolean;
  readonly spaceAsSuffix: boolean;
  /** Names of the special pieces. */
  readonly bosPiece: string;
  readonly eosPiece: string;
  readonly padPiece: string;
  /** Empty: characters stay as they are. */
  readonly charsmap: Uint8Array;
  readonly addsDummyPrefix: boolean;
  readonly removesExtraSpaces: boolean;
  readonly escapesSpaces: boolean;
}

const pieceTypes: readonly (PieceType | undefined)[] = [
  ...[undefined, 'normal', 'unknown', 'control', 'user-defined', 'unused', 'byte'],
] as (PieceType | undefined)[];
const modelTypes = [undefined, 'unigram', 'bpe', 'word', 'char'] as const;

/** @throws LongmixError `tokenizer-bad` */
export function readSentencePieceProto(name: string, bytes: Uint8Array): SentencePieceProto {
  try {
    return readModel(bytes);
  } catch (cause) {
    if (!(cause instanceof Damaged)) throw cause;
    throw new LongmixError('tokenizer-bad', `not a whole SentencePiece model: ${cause.message}`, {
      where: name,
      cure: 'fetch the file again, it may have been cut short',
      cause,
    });
  }
}

class Damaged extends Error {}

function readModel(bytes: Uint8Array): SentencePieceProto {
  const pieces: ProtoPiece[] = [];
  const trainer = new Fields();
  const normalizer = new Fields();
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === 1) pieces.push(readPiece(message(value)));
    else if (field === 2) trainer.add(message(value));
    else if (field === 3) normalizer.add(message(value));
  }
  if (pieces.length === 0) throw new Damaged('it has no pieces');
  const modelType = modelTypes[trainer.number(3) ?? 1];
  if (modelType === undefined) throw new Damaged(`there is no model type ${trainer.number(3)}`);
  return {
    pieces,
    modelType,
    byteFallback: trainer.flag(35) ?? false,
    spaceAsSuffix: trainer.flag(24) ?? false,
    bosPiece: trainer.text(46) || '<s>',
    eosPiece: trainer.text(47) || '</s>',
    padPiece: trainer.text(48) || '<pad>',
    charsmap: normalizer.bytes(2) ?? new Uint8Array(0),
    addsDummyPrefix: normalizer.flag(3) ?? true,
    removesExtraSpaces: normalizer.flag(4) ?? true,
    escapesSpaces: normalizer.flag(5) ?? true,
  };
}

function readPiece(bytes: Uint8Array): ProtoPiece {
  const fields = new Fields();
  fields.add(bytes);
  const type = pieceTypes[fields.number(3) ?? 1];
  if (type === undefined) throw new Damaged(`there is no type of piece ${fields.number(3)}`);
  return { text: fields.text(1) ?? '', score: fields.float(2) ?? 0, type };
}

/** The fields of a message, which may be written in several parts. */
class Fields {
  readonly #values = new Map<number, Value>();

  add(bytes: Uint8Array): void {
    for (const { field, value } of fieldsOf(bytes)) this.#values.set(field, value);
  }

  number(field: number): number | undefined {
    const value = this.#values.get(field);
    if (value === undefined || typeof value === 'number') return value;
    throw new Damaged(`field ${field} is not a number`);
  }

  flag(field: number): boolean | undefined {
    const value = this.number(field);
    return value === undefined ? undefined : value !== 0;
  }

  bytes(field: number): Uint8Array | undefined {
    const value = this.#values.get(field);
    return value === undefined ? undefined : message(value);
  }

  text(field: number): string | undefined {
    const bytes = this.bytes(field);
    if (bytes === undefined) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Damaged('a text is not UTF-8');
    }
  }

  float(field: number): number | undefined {
    const value = this.#values.get(field);
    if (value === undefined) return undefined;
    if (!(value instanceof Word)) throw new Damaged(`field ${field} is not a score`);
    const score = value.float();
    if (!Number.isFinite(score)) throw new Damaged('a score is not finite');
    return score;
  }
}

/** Four bytes of fixed size. */
class Word {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  float(): number {
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset, 4).getFloat32(0, true);
  }
}

/** A varint, bytes, or four bytes of fixed size. null: eight bytes of fixed size; no field of this kind is needed. */
type Value = number | Uint8Array | Word | null;

function message(value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Damaged('a number stands where a text or a part is expected');
}

function* fieldsOf(bytes: Uint8Array): Generator<{ field: number; value: Value }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1, i = 0; i < 10; factor *= 128, i += 1) {
      if (at >= bytes.length) throw new Damaged('it ends in the middle of a number');
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new Damaged('a number has more than ten bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new Damaged('it ends in the middle of a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    if (field === 0) throw new Damaged('a field has no number');
    const kind = key % 8;
    if (kind === 0) yield { field, value: varint() };
    else if (kind === 1) {
      take(8);
      yield { field, value: null };
    } else if (kind === 2) yield { field, value: take(varint()) };
    else if (kind === 5) yield { field, value: new Word(take(4)) };
    else throw new Damaged(`a field has the wire type ${kind}`);
  }
}
