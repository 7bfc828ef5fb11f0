/**
 * The exact answer to a recipe, before anything is written: lengths -> cells -> split -> mix -> rows -> accounts.
 * Reads the store's index only.
 */
import { cellNumbers, lengthBuckets, thresholdsOf } from '../bucket/cells.ts';
import { LongmixError } from '../errors.ts';
import { planMix, takeHeldOut } from '../mix/mix.ts';
import { heldOut } from '../mix/split.ts';
import { discardsTails, imbalances, keepLedgers } from '../pack/ledger.ts';
import { type PackingQuality, packingQuality } from '../pack/quality.ts';
import { packRows } from '../pack/rows.ts';
import { type ShardDtype, shardVersion } from '../shard/format.ts';
import { loadDocuments } from '../store/reader.ts';
import type { DocumentTable, Instances, Ledger, PlannedCell, Recipe, RowPlan } from '../types.ts';
import { fingerprint } from './receipt.ts';
import type { TokenStore } from './token-store.ts';

export interface PlannedSplit {
  readonly name: 'train' | 'validation';
  readonly rows: RowPlan;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  /** Approximate bytes of its shards. */
  readonly bytes: number;
}

export interface BuildPlan {
  /** sha256 of the store's fingerprint and everything in the recipe that decides the shards. */
  readonly fingerprint: string;
  readonly table: DocumentTable;
  /** Cells of the training split. */
  readonly cells: readonly PlannedCell[];
  /** Those that have rows. */
  readonly splits: readonly PlannedSplit[];
  readonly dtype: ShardDtype;
}

/** @throws LongmixError `mix-infeasible` | `mix-empty` | `special-token-missing` | `dtype-too-small` */
export function planBuild(recipe: Recipe, store: TokenStore): BuildPlan {
  const { manifest } = store;
  const dtype = shardDtype(recipe, manifest.tokenizer.vocabularySize);
  refuseMissingSpecials(recipe, manifest.tokenizer);
  const table = loadDocuments(store.folder, manifest);
  const phase = recipe.phases[0]!;
  const buckets = lengthBuckets(recipe.documents.buckets, thresholdsOf(recipe.phases));
  const cellOf = cellNumbers(table, buckets, table.lengths);
  const held = heldOut(table, recipe.validation, recipe.seed);

  const split = (name: PlannedSplit['name'], instances: Instances): PlannedSplit => {
    const { sequences } = name === 'train' ? phase : recipe;
    const plans = packRows(instances, table, sequences, recipe.seed);
    const rows = plans[0]!;
    const side = name === 'train' ? 0 : 1;
    const { whole: ledger } = keepLedgers(
      { table, cellOf, buckets, held, side, excluded: new Uint8Array(table.count) },
      [
        {
          instances,
          plans,
          mix: phase.mix,
          sequences,
          inCell: new Uint8Array(table.sources.length * buckets.length).fill(1),
        },
      ],
    );
    refuseImbalance(name, imbalances(ledger, discardsTails(sequences)));
    const quality = packingQuality(plans, table);
    return { name, rows, ledger, quality, bytes: shardBytes(rows, dtype, recipe.shards.provenance) };
  };
  const mix = planMix(table, cellOf, buckets, held, recipe)[0]!;
  const splits = [
    split('train', mix.instances),
    split('validation', takeHeldOut(table, held, new Uint8Array(table.count), recipe.sequences)),
  ];
  refuseImbalance('splits', storeImbalance(splits, manifest.totals));
  if (splits[0]!.rows.rows === 0) {
    throw new LongmixError('mix-empty', 'the mix takes no document: there would be no row', {
      cure: 'ask for more tokens, or loosen the length rule or `overlong`',
    });
  }
  return {
    fingerprint: fingerprint([shardVersion, manifest.fingerprint, outputRecipe(recipe)]),
    table,
    cells: mix.cells,
    splits: splits.filter(({ rows }) => rows.rows > 0),
    dtype,
  };
}

/** A recipe without places on this machine: what decides the shards, and what their manifest repeats. */
export function outputRecipe(recipe: Recipe): unknown {
  const { store, tokenizer, sources, ...rest } = recipe;
  const output = {
    ...rest,
    tokenizer: 'encoding' in tokenizer ? tokenizer.encoding : { pattern: tokenizer.pattern },
    sources: sources.map(({ path, ...source }) => source),
  };
  // Maps as objects, and Infinity as null: what JSON can hold.
  const plain = (_: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value);
  return JSON.parse(JSON.stringify(output, plain)) as unknown;
}

function shardDtype(recipe: Recipe, vocabularySize: number): ShardDtype {
  const { dtype } = recipe.shards;
  if (dtype === 'auto') return vocabularySize <= 65_536 ? 'uint16' : 'int32';
  if (dtype === 'uint16' && vocabularySize > 65_536) {
    throw new LongmixError(
      'dtype-too-small',
      `uint16 can't hold the ${vocabularySize} ids of the tokenizer`,
      {
        cure: 'use shards.dtype: auto, or int32',
      },
    );
  }
  return dtype;
}

function refuseMissingSpecials(
  recipe: Recipe,
  tokenizer: { name: string; bosId: number | null; eosId: number | null },
): void {
  const { bos, eos } = recipe.sequences;
  const missing = bos && tokenizer.bosId === null ? 'bos' : eos && tokenizer.eosId === null ? 'eos' : null;
  if (missing === null) return;
  throw new LongmixError(
    'special-token-missing',
    `the tokenizer ${tokenizer.name} has no ${missing.toUpperCase()} token`,
    {
      cure: `set sequences.${missing}: false`,
    },
  );
}

/** All documents are in one of the splits, and together they are what was tokenized. */
function storeImbalance(
  splits: readonly PlannedSplit[],
  totals: { documents: number; tokens: number },
): string[] {
  const tokens = splits.reduce((sum, { ledger }) => sum + ledger.read, 0);
  const documents = splits.reduce((sum, { ledger }) => sum + ledger.documents, 0);
  return tokens === totals.tokens && documents === totals.documents
    ? []
    : [`the splits have ${tokens} tokens, the store ${totals.tokens}`];
}

/** Our bug, never the user's: hence no LongmixError. */
export function refuseImbalance(what: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`the ledger of ${what} doesn't balance: ${faults.join('; ')}`);
}

function shardBytes(plan: RowPlan, dtype: ShardDtype, provenance: boolean): number {
  const perPiece = 4 + (provenance ? 10 : 0);
  return (
    plan.rows * plan.width * (dtype === 'uint16' ? 2 : 4) + plan.document.length * perPiece + plan.rows * 12
  );
}
