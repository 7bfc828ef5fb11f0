/** `longmix inspect`: a row as text, and the way back from each piece to its file and record. */
import { LongmixError } from '../errors.ts';
import { counted, integer } from '../report/format.ts';
import { tokenizerOf } from '../run/tokenizer-note.ts';
import { openStoreOf, shardSetFolders } from '../run/verify.ts';
import type { ShardSetManifest } from '../shard/format.ts';
import { openShards, type Row, readRow } from '../shard/reader.ts';
import { type DocumentOrigin, documentOrigins } from '../store/reader.ts';
import type { Tokenizer } from '../types.ts';

interface Flags {
  readonly row: string;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly tokenizer?: string;
}

interface Piece {
  readonly tokens: number;
  readonly source: string | null;
  readonly document: number | null;
  /** First token of the piece in its document. */
  readonly start: number | null;
  readonly origin: string | null;
  readonly record: number | null;
  readonly id: string | null;
  readonly text: string;
}

const excerpt = 240;

export async function runInspect(folder: string, flags: Flags): Promise<void> {
  if (!/^\d+$/.test(flags.row)) {
    throw new LongmixError('flag-invalid', `--row: found "${flags.row}"`, {
      cure: 'use a whole number from 0',
    });
  }
  const number = Number(flags.row);
  const set = shardSetFolders(folder)[0] ?? folder;
  const manifest = openShards(set);
  const row = readRow(set, manifest, number);
  const tokenizer = await tokenizerOf(set, manifest, flags.tokenizer ?? null);
  const pieces = describe(set, manifest, row, tokenizer);
  if (flags.json === true) {
    process.stdout.write(
      `${JSON.stringify({ folder: set, row: number, padding: row.padding, pieces }, null, 2)}\n`,
    );
    return;
  }
  const lines = [
    `${set}, row ${number} of ${integer(manifest.rows)}: ${counted(manifest.width, 'token')}, ${counted(pieces.length, 'piece')}`,
  ];
  for (const [i, piece] of pieces.entries())
    lines.push('', heading(i, piece), body(piece.text, flags.full === true));
  if (row.padding > 0) lines.push('', `padding: ${counted(row.padding, 'token')} of id ${manifest.padId}`);
  if (manifest.provenance && pieces.every(({ origin }) => origin === null)) {
    lines.push(
      '',
      `(where they came from is in the token store, which is not at ${manifest.store.path} any more)`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describe(folder: string, manifest: ShardSetManifest, row: Row, tokenizer: Tokenizer): Piece[] {
  const found = openStoreOf(folder, manifest);
  const origins: DocumentOrigin[] =
    found === null || !manifest.provenance ? [] : documentOrigins(found.path, found.store, row.docIds);
  let at = 0;
  return row.lengths.map((tokens, i) => {
    const ids = row.ids.subarray(at, at + tokens);
    at += tokens;
    const source = row.sourceIds[i];
    return {
      tokens,
      source: source === undefined ? null : manifest.sources[source]!,
      document: row.docIds[i] ?? null,
      start: row.docStarts[i] ?? null,
      origin: origins[i]?.origin ?? null,
      record: origins[i]?.record ?? null,
      id: origins[i]?.id ?? null,
      text: new TextDecoder().decode(tokenizer.decode(ids)),
    };
  });
}

function heading(index: number, { tokens, source, document, start, origin, record, id }: Piece): string {
  const words = [`-- piece ${index}: ${counted(tokens, 'token')}`];
  if (source !== null) words.push(`source ${source}`);
  if (origin !== null) words.push(record === null || record === 0 ? origin : `${origin}:${record}`);
  if (id !== null) words.push(`id ${id}`);
  if (document !== null) words.push(`document ${document}`);
  if (start !== null && start > 0) words.push(`from its token ${integer(start)}`);
  return words.join(', ');
}

function body(text: string, full: boolean): string {
  if (full || text.length <= 2 * excerpt) return text;
  return `${text.slice(0, excerpt)}\n   [... ${integer(text.length - 2 * excerpt)} characters ...]\n${text.slice(-excerpt)}`;
}
