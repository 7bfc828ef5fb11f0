/** `longmix inspect`: shows rows or pieces as text, and the file and record that each piece comes from. */
import { randomInt } from 'node:crypto';
import { counted, integer } from '../base/words.ts';
import { type Origin, originsOf } from '../build/origins.ts';
import { tokenizerOf } from '../build/store/tokenizer-note.ts';
import { shardSetFolders } from '../build/verify.ts';
import { LongmixError } from '../errors.ts';
import type { Tokenizer } from '../nouns/tokens.ts';
import type { ShardSetManifest } from '../shard/format.ts';
import { fetchRow, openShards } from '../shard/reader.ts';
import type { Row } from '../shard/row-columns.ts';
import { openPlace } from '../storage/open-place.ts';
import { wholeNumber } from './feed-flags.ts';
import {
  type FoundPiece,
  firstPieces,
  type OpenSet,
  randomPieces,
  refuseUnknown,
  textOf,
  type Wanted,
} from './inspect-search.ts';

interface Flags {
  readonly row?: string;
  readonly random?: string;
  readonly seed?: string;
  readonly doc?: string;
  readonly source?: string;
  readonly grep?: string;
  readonly limit: string;
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
  /** The file. */
  readonly origin: string | null;
  readonly record: number | null;
  readonly id: string | null;
  readonly text: string;
  /** Tokens that are learned; null: the set has no mask, and all are. */
  readonly learned: number | null;
}

interface ShownPiece extends Piece {
  /** The text with [[ and ]] around what is learned of a conversation. */
  readonly shown: string;
}

const excerpt = 240;

export async function runInspect(folder: string, flags: Flags): Promise<void> {
  await openPlace(folder);
  const { row, random, doc, source, grep } = flags;
  const isSearch = [random, doc, source, grep].some((flag) => flag !== undefined);
  if (!isSearch) return showRow(folder, wholeNumber('--row', row ?? '0', 0), flags);
  if (row !== undefined) {
    throw new LongmixError(
      'flag-invalid',
      '--row shows one row; --random, --doc, --source and --grep search for pieces',
      {
        cure: 'give --row, or some of the others',
      },
    );
  }
  await showPieces(folder, { doc: doc ?? null, source: source ?? null, grep: grep ?? null }, flags);
}

async function showRow(folder: string, number: number, flags: Flags): Promise<void> {
  const set = shardSetFolders(folder)[0] ?? folder;
  const manifest = openShards(set);
  const row = await fetchRow(set, manifest, number);
  const tokenizer = await tokenizerOf(set, manifest, flags.tokenizer ?? null);
  const origins = await originsOf(set, manifest, new Set(row.docIds));
  const pieces = row.lengths.map((_, i) => describe(manifest, row, i, origins, tokenizer));
  if (flags.json === true) {
    const plain = pieces.map(withoutShown);
    print(JSON.stringify({ folder: set, row: number, padding: row.padding, pieces: plain }, null, 2));
    return;
  }
  const lines = [
    `${set}, row ${number} of ${integer(manifest.rows)}: ${counted(manifest.width, 'token')}, ${counted(pieces.length, 'piece')}`,
  ];
  for (const [i, piece] of pieces.entries())
    lines.push('', `-- piece ${i}: ${words(piece)}`, body(piece.shown, flags.full === true));
  if (row.padding > 0) lines.push('', `padding: ${counted(row.padding, 'token')} of id ${manifest.padId}`);
  if (manifest.provenance && origins === null) lines.push('', storeGone(manifest));
  print(lines.join('\n'));
}

async function showPieces(folder: string, wanted: Wanted, flags: Flags): Promise<void> {
  const folders = shardSetFolders(folder);
  const sets = (folders.length === 0 ? [folder] : folders).map((set): OpenSet => {
    return { folder: set, manifest: openShards(set) };
  });
  refuseUnknown(sets, wanted);
  // All sets of a build have the same tokenizer.
  const tokenizer = await tokenizerOf(sets[0]!.folder, sets[0]!.manifest, flags.tokenizer ?? null);
  const seed = flags.seed === undefined ? randomInt(2 ** 32) : wholeNumber('--seed', flags.seed, 0);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const found =
    flags.random === undefined
      ? await firstPieces(sets, wanted, limit + 1, tokenizer)
      : await randomPieces(sets, wanted, wholeNumber('--random', flags.random, 1), seed, tokenizer);
  const more = flags.random === undefined && found.length > limit;
  const shown = more ? found.slice(0, limit) : found;
  const pieces = await describeAll(shown, tokenizer);
  if (flags.json === true) {
    const plain = pieces.map(withoutShown);
    print(JSON.stringify({ ...(flags.random === undefined ? { more } : { seed }), pieces: plain }, null, 2));
  } else if (pieces.length > 0) {
    const texts = pieces.map((piece) => {
      const place = `${piece.folder}, row ${piece.row}, piece ${piece.piece}`;
      return `-- ${place}: ${words(piece)}\n${body(piece.shown, flags.full === true, wanted.grep)}`;
    });
    if (more) texts.push(`(the first ${limit}; --limit N shows more, --random N others)`);
    if (flags.random !== undefined) texts.push(`(--seed ${seed} shows the same ones again)`);
    const gone = shown.find((_, i) => pieces[i]!.document !== null && pieces[i]!.origin === null);
    if (gone !== undefined) texts.push(storeGone(gone.set.manifest));
    print(texts.join('\n\n'));
  }
  if (pieces.length > 0) return;
  throw new LongmixError('inspect-nothing', `no piece of a document in ${folder} ${searchWords(wanted)}`, {
    cure:
      wanted.doc === null
        ? 'the search is case-sensitive, and it does not find text that is cut between two rows'
        : 'its ledger (longmix verify, plan.json) says what was dropped, and why; other shard sets may have it',
    exitCode: 1,
  });
}

function searchWords({ doc, source, grep }: Wanted): string {
  const parts = [
    ...(doc === null ? [] : [`is of document ${doc}`]),
    ...(source === null ? [] : [`is of source ${source}`]),
    ...(grep === null ? [] : [`has the text ${JSON.stringify(grep)}`]),
  ];
  return parts.length === 0 ? 'was found' : parts.join(' and ');
}

async function describeAll(found: readonly FoundPiece[], tokenizer: Tokenizer) {
  const origins = new Map<OpenSet, ReadonlyMap<number, Origin> | null>();
  for (const { set } of found) {
    if (origins.has(set)) continue;
    const mine = found.filter((one) => one.set === set).map(({ data, piece }) => data.docIds[piece]!);
    origins.set(set, await originsOf(set.folder, set.manifest, new Set(mine)));
  }
  return found.map(({ set, row, piece, data }) => {
    const { folder, manifest } = set;
    return { folder, row, piece, ...describe(manifest, data, piece, origins.get(set)!, tokenizer) };
  });
}

function describe(
  manifest: ShardSetManifest,
  row: Row,
  index: number,
  origins: ReadonlyMap<number, Origin> | null,
  tokenizer: Tokenizer,
): ShownPiece {
  const start = row.lengths.slice(0, index).reduce((sum, length) => sum + length, 0);
  const tokens = row.lengths[index]!;
  const source = row.sourceIds[index];
  const document = row.docIds[index] ?? null;
  const origin = document === null ? undefined : origins?.get(document);
  const text = textOf(row, start, start + tokens, tokenizer);
  const mask = row.mask.subarray(start, start + tokens);
  const learned = mask.length === 0 ? null : mask.reduce((sum, value) => sum + value, 0);
  return {
    tokens,
    source: source === undefined ? null : manifest.sources[source]!,
    document,
    start: row.docStarts[index] ?? null,
    origin: origin?.file ?? null,
    record: origin?.record ?? null,
    id: origin?.id ?? null,
    text,
    learned,
    shown: learned === null || learned === tokens ? text : marked(row, start, start + tokens, tokenizer),
  };
}

function marked(row: Row, start: number, end: number, tokenizer: Tokenizer): string {
  let text = '';
  for (let from = start; from < end; ) {
    let to = from;
    while (to < end && row.mask[to] === row.mask[from]) to += 1;
    const part = textOf(row, from, to, tokenizer);
    text += row.mask[from] === 1 ? `[[${part}]]` : part;
    from = to;
  }
  return text;
}

function withoutShown({ shown: _, learned, ...piece }: ShownPiece): object {
  return learned === null ? piece : { ...piece, learned };
}

function words({ tokens, source, document, start, origin, record, id, learned }: Piece): string {
  const parts = [counted(tokens, 'token')];
  if (learned !== null && learned < tokens) parts.push(`${integer(learned)} learned`);
  if (source !== null) parts.push(`source ${source}`);
  if (origin !== null) parts.push(record === null || record === 0 ? origin : `${origin}:${record}`);
  if (id !== null) parts.push(`id ${id}`);
  if (document !== null) parts.push(`document ${document}`);
  if (start !== null && start > 0) parts.push(`from its token ${integer(start)}`);
  return parts.join(', ');
}

function storeGone({ store }: ShardSetManifest): string {
  return `(the origins are in the token store, which is no longer at ${store.path})`;
}

/** @param around show the text around this string instead of the beginning and the end */
function body(text: string, full: boolean, around: string | null = null): string {
  if (full || text.length <= 2 * excerpt) return text;
  if (around !== null) {
    const at = text.indexOf(around);
    const [from, to] = [Math.max(0, at - excerpt), at + around.length + excerpt];
    const [before, after] = [from > 0 ? '[...] ' : '', to < text.length ? ' [...]' : ''];
    return `${before}${text.slice(from, to)}${after}`;
  }
  return `${text.slice(0, excerpt)}\n   [... ${integer(text.length - 2 * excerpt)} characters ...]\n${text.slice(-excerpt)}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
