/**
 * Tells by its beginning what a file named `.json` holds. It may hold records: an array of them, one or several objects
 * that have the text's field, or an array of records inside an object. It may hold JSON Lines (C4's files are named
 * `.json.gz`). Otherwise it holds settings, as in a directory of source code, and is text like the source around it,
 * unless the recipe names the text's field. Cost: an object without the field is read to its end.
 */
import type { InputFile } from '../../nouns/documents.ts';
import type { FieldNames, SourceSpec } from '../../nouns/recipe.ts';
import { decodeBlocks } from '../input/decode.ts';
import { plainBlocks } from '../input/unit-blocks.ts';
import { withoutBom } from '../input/utf8.ts';
import { JsonOutline, type OutlineMember } from './json-outline.ts';
import { lookup } from './lookup.ts';

const newline = 0x0a;

/** @throws LongmixError `input-unreadable` | `input-corrupt` | `zstd-window` */
export async function jsonFormat(source: SourceSpec, file: InputFile): Promise<'json' | 'jsonl' | 'text'> {
  const { encoding, fields } = source;
  const raw = plainBlocks(file, 0, file.bytes, null, true);
  const blocks = encoding === null ? raw : decodeBlocks(raw, encoding, { replaced: 0 });
  const outline = new JsonOutline();
  let before: number | null = null;
  /**
   * Whether the first non-blank line has ended; null: the second non-blank line has begun, so the question is settled.
   */
  let lineEnded: boolean | null = false;
  let isFirst = true;
  for await (const block of blocks) {
    const bytes = isFirst ? withoutBom(block) : block;
    isFirst = false;
    // If the first line ends with } and the second begins with {, the file is not a single JSON value.
    for (let at = 0; at < bytes.length && lineEnded !== null; at += 1) {
      const byte = bytes[at]!;
      if (byte === newline) lineEnded = before !== null;
      else if (byte <= 0x20) continue;
      else if (lineEnded) {
        if (before === 0x7d && byte === 0x7b) return 'jsonl';
        lineEnded = null;
      } else before = byte;
    }
    outline.push(bytes);
    if (outline.kind === '[' || outline.kind === '"') return 'json';
    if (outline.kind !== null && outline.kind !== '{') return 'text';
    if (lineEnded !== null) continue;
    if (outline.follows !== null || outline.members.some((member) => isTextMember(member, fields))) break;
  }
  if (outline.kind === null) return 'text';
  // If the recipe names the text's field, an object without it is a mistake, which the reader reports.
  if (fields.text !== 'text') return 'json';
  const holdsText = outline.members.some((member) => isTextMember(member, fields));
  return holdsText || recordArrays(outline, fields).length > 0 ? 'json' : 'text';
}

/** Whether a member of the top object holds the text, or is an object on the path to it. */
export function isTextMember({ key, kind }: OutlineMember, { text }: FieldNames): boolean {
  return key === text ? kind === '"' : kind === '{' && text.startsWith(`${key}.`);
}

/** Members that are arrays of records. */
export function recordArrays({ members }: JsonOutline, { text }: FieldNames): OutlineMember[] {
  return members.filter(
    ({ first }) => typeof first === 'object' && first !== null && lookup(first, text) !== undefined,
  );
}
