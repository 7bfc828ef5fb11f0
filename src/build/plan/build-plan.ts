/**
 * Plans a build exactly, before anything is written: lengths -> cells -> eligible documents -> split -> mix -> rows ->
 * ledgers. A plan reads nothing from the disk: `load-index.ts` reads the index, and the caller passes it in.
 */

import type { FimSetting } from '../../base/fim.ts';
import { fingerprint } from '../../base/fingerprint.ts';
import { wholeFromOf } from '../../base/learned.ts';
import { counted } from '../../base/words.ts';
import { cellNumbers, lengthBuckets, measuredLengths, thresholdsOf } from '../../bucket/cells.ts';
import { LongmixError } from '../../errors.ts';
import { leaveOutRead } from '../../mix/already-read.ts';
import { holdsFor } from '../../mix/conditions.ts';
import { eligibility, type StretchCondition } from '../../mix/eligible.ts';
import { planMix, takeHeldOut } from '../../mix/mix.ts';
import { refuseUnknownBounds } from '../../mix/named-sources.ts';
import { keepByScore } from '../../mix/scores.ts';
import { heldOut } from '../../mix/split.ts';
import { specOf } from '../../mix/supply.ts';
import { checkedWeights } from '../../mix/weighted.ts';
import { nearFigures } from '../../near/figures.ts';
import { sketchVersion } from '../../near/sketch.ts';
import type { Ledger } from '../../nouns/ledger.ts';
import type { Bucket, Instances } from '../../nouns/mix.ts';
import type { MixSpec, Recipe, SequenceSpec, SourceSpec, TokenizerSpec } from '../../nouns/recipe.ts';
import type { FimCounts, RowPlan } from '../../nouns/rows.ts';
import type { DocumentColumns, DocumentGroups } from '../../nouns/tokens.ts';
import { groupFigures } from '../../pack/accounts/group-figures.ts';
import {
  discardsTails,
  imbalances,
  keepLedgers,
  type PackedPhase,
  type SplitDocuments,
} from '../../pack/accounts/ledger.ts';
import { packingQuality } from '../../pack/accounts/quality.ts';
import { copiesVersion } from '../../pack/copies/spread.ts';
import { packFim } from '../../pack/fim.ts';
import { groupsVersion } from '../../pack/packers/groups.ts';
import { packRows } from '../../pack/rows.ts';
import { type ShardDtype, shardVersion } from '../../shard/format.ts';
import { pieceBytes, type SetColumns, tokenBytes } from '../../shard/row-columns.ts';
import { planSteps } from '../../steps/plan-steps.ts';
import type { StoreManifest } from '../../store/format.ts';
import type { BuildPlan, PlannedSet, PlannedWithout, SplitName, StoreIndex, TokenStore } from '../nouns.ts';
import { refuseUnfit, shardDtype } from '../store/tokenizer-fit.ts';
import { runKey } from './run-key.ts';
import { groupsOf, nearCopies, splitKeys, withGroups } from './together.ts';

/** @throws LongmixError `mix-infeasible` | `mix-empty` | `special-token-missing` | `dtype-too-small` */
export function planBuild(recipe: Recipe, store: TokenStore, index: StoreIndex): BuildPlan {
  const { manifest } = store;
  const { documents, phases, seed, sequences } = recipe;
  refuseUnfit(recipe, manifest.tokenizer);
  const dtype = shardDtype(recipe, manifest.tokenizer);
  const { table, characters } = index;
  const groups = groupsOf(recipe, index);
  refuseUnknownBounds(recipe, table.sources);

  const buckets = lengthBuckets(documents.buckets, thresholdsOf(phases));
  const cellOf = cellNumbers(
    table,
    buckets,
    measuredLengths(table, characters, documents.charactersPerToken),
  );
  const excluded = eligibility(table, documents, conditionsOf(recipe, manifest, index));
  const scores = keepByScore(table, documents.keep ?? [], index.columns ?? noColumns, excluded);
  const near = nearCopies(documents, index, excluded);
  const without = leaveOut(recipe, manifest.tokenizer.fingerprint, index, excluded);
  const held = heldOut(splitKeys(recipe, table, groups, near), recipe.validation, seed);
  const barred = new Uint8Array(table.count);
  for (let d = 0; d < table.count; d += 1) barred[d] = held[d]! | excluded[d]!;
  const mixes = planMix(table, cellOf, buckets, barred, recipe, weightsOf(recipe, index), groups);

  const alone = phases.length === 1 && phases[0]!.name === 'train';
  const wholeFrom = wholeFromOf(recipe.sources, table.sources);
  // The store may be that of another arm: only the ids are the store's.
  const fim = store.fim === undefined ? undefined : { sources: store.fim, seed };
  const corpus = { table, cellOf, buckets, held, excluded, groups, wholeFrom };
  const train = packSplit(
    'train',
    phases.map(({ name, mix, sequences }, i) => {
      return {
        name: alone ? 'train' : `train_${name}`,
        phase: name,
        mix,
        sequences,
        instances: mixes[i]!.instances,
      };
    }),
    corpus,
    recipe,
    dtype,
    fim,
  );
  const whole = takeHeldOut(table, held, excluded, sequences);
  const validation = packSplit(
    'validation',
    [{ name: 'validation', phase: null, mix: unmixed, sequences, instances: whole }],
    corpus,
    recipe,
    dtype,
  );
  refuseImbalance('splits', storeImbalance([train.whole, validation.whole], manifest.totals));
  if (train.sets.length === 0) refuseAllRead(without);
  if (train.sets.length === 0) {
    throw new LongmixError('mix-empty', 'the mix takes no documents, so there would be no rows', {
      cure: 'ask for more tokens, or loosen the length rule, `documents`, `where` or `overlong`',
    });
  }
  const { bosId, eosId } = manifest.tokenizer;
  return {
    // Newer features enter the fingerprint only if they are used, so that shards of earlier versions stay valid.
    fingerprint: fingerprint([
      ...[shardVersion, manifest.fingerprint, bosId, eosId, outputRecipe(recipe)],
      ...(store.padId === null ? [] : [{ pad: store.padId }]),
      ...(fim === undefined ? [] : [{ fim }]),
      ...(mixes.some(({ instances }) => instances.mostCopies > 1) ? [copiesVersion] : []),
      ...(near === null ? [] : [{ near: sketchVersion }]),
      ...(phases.some((phase) => phase.sequences.packing === 'groups') ? [groupsVersion] : []),
      ...(without.length === 0
        ? []
        : [{ without: without.map(({ fingerprint, sets }) => [fingerprint, sets]) }]),
    ]),
    table,
    phases: mixes.map(({ name, cells }) => ({
      name,
      requested: cells.reduce((sum, cell) => sum + cell.requested, 0),
      cells,
    })),
    sets: [...train.sets, ...validation.sets],
    ledgers: {
      train: train.whole,
      ...(validation.sets.length === 0 ? {} : { validation: validation.whole }),
    },
    steps: planSteps(recipe, train.sets),
    dtype,
    without,
    scores,
    near: near === null ? null : nearFigures(near),
    ...(fim === undefined ? {} : { fim }),
    ...(wholeFrom === undefined ? {} : { wholeFrom }),
  };
}

function weightsOf({ weightBy }: Recipe, { table, columns }: StoreIndex): Float64Array | null {
  if (weightBy === undefined) return null;
  const weights = columns?.numbers.get(weightBy);
  if (weights === undefined) throw new Error(`the column ${weightBy} is not in the index: use loadIndex`);
  return checkedWeights(table, weightBy, weights);
}

const noColumns: DocumentColumns = { numbers: new Map(), texts: new Map() };

/** The conditions of the recipe, and of its sources on their own documents. */
function conditionsOf(
  { documents, sources }: Recipe,
  { parts }: StoreManifest,
  { table, columns = noColumns }: StoreIndex,
): StretchCondition[] {
  const everywhere = { first: 0, end: table.count };
  const whole =
    documents.where === undefined ? [] : [{ ...everywhere, holds: holdsFor(documents.where, columns) }];
  // A part is of one source of the recipe, whatever its records name as theirs.
  const own = new Map(
    sources.flatMap(({ name, where }) =>
      where === undefined ? [] : [[name, holdsFor(where, columns)] as const],
    ),
  );
  if (own.size === 0) return whole;
  const inParts = parts.flatMap(({ inputs }, p) => {
    const holds = own.get(inputs[0]!.source);
    return holds === undefined ? [] : [{ first: table.partStarts[p]!, end: table.partStarts[p + 1]!, holds }];
  });
  return [...whole, ...inParts];
}

/** Bars what earlier runs have read, for training and for validation: what was trained on measures nothing. */
function leaveOut(
  { without = [] }: Recipe,
  tokenizer: string,
  { table, earlier }: StoreIndex,
  excluded: Uint8Array,
): PlannedWithout[] {
  const runs = without.map((run) => {
    const read = earlier?.get(runKey(run));
    if (read === undefined) throw new Error(`what ${run.path} has read is not in the index: use loadEarlier`);
    return read;
  });
  const documents = runs.map((run) =>
    run.tokenizer === tokenizer ? run.documents : { ...run.documents, lengths: null },
  );
  return leaveOutRead(table, excluded, documents).map((left, i) => {
    const { name, fingerprint, steps, rowsPerStep, sets, replaced } = runs[i]!;
    return {
      name,
      fingerprint,
      steps,
      rowsPerStep,
      sets,
      ...(replaced === undefined ? {} : { replaced }),
      ...left,
    };
  });
}

/** Names the key that has most likely left nothing. */
function refuseAllRead(without: readonly PlannedWithout[]): void {
  const documents = without.reduce((sum, run) => sum + run.documents, 0);
  if (documents === 0) return;
  const names = without.map(({ name }) => name).join(', ');
  throw new LongmixError(
    'mix-empty',
    `the mix takes no documents: mix.without leaves out ${counted(documents, 'document')}, which ${names} has read`,
    { cure: 'name the steps that the run did, such as out/earlier@1200; or add documents to the corpus' },
  );
}

interface TakenPhase {
  /** The folder of the phase's set. If the phase has several sets, the first part of their names. */
  readonly name: string;
  readonly phase: string | null;
  readonly mix: Pick<MixSpec, 'length' | 'cells'>;
  readonly sequences: SequenceSpec;
  readonly instances: Instances;
}

/** Packs the phases of a split, and makes the ledgers of their rows. */
function packSplit(
  split: SplitName,
  phases: readonly TakenPhase[],
  corpus: Omit<SplitDocuments, 'side'> & { readonly groups: DocumentGroups | null },
  { seed, shards }: Recipe,
  dtype: ShardDtype,
  fim?: FimSetting,
): { whole: Ledger; sets: PlannedSet[] } {
  const { table, buckets, groups } = corpus;
  const side = split === 'train' ? 0 : 1;
  const mayTake = (d: number) => corpus.held[d] === side && corpus.excluded[d] === 0;
  const packed = phases.map((phase): PackedPhase & TakenPhase & { readonly counts?: FimCounts } => {
    const rows: { plans: RowPlan[]; counts?: FimCounts } =
      fim === undefined
        ? { plans: packRows(phase.instances, table, phase.sequences, seed, groups) }
        : packFim(phase.instances, table, phase.sequences, fim, seed);
    const plans = rows.plans.map((plan) => withGroups(plan, groups));
    return { ...phase, ...rows, plans, inCell: inCells(phase.mix, table.sources, buckets) };
  });
  const ledgers = keepLedgers({ ...corpus, side }, packed);
  const mayDiscard = packed.some(({ sequences }) => discardsTails(sequences));
  const sets = packed
    .flatMap(({ name, phase, sequences, instances, plans, counts }) =>
      plans.map((rows) => ({
        name: sequences.packing === 'decompose' ? `${name}.${rows.width}` : name,
        ...{ split, phase, sequences, rows },
        ...(counts === undefined ? {} : { fim: counts }),
        quality: packingQuality([rows], table, instances, sequences),
        bytes: shardBytes(rows, dtype, {
          provenance: shards.provenance,
          mask: corpus.wholeFrom !== undefined,
          groups: rows.groups !== undefined,
        }),
        ...(groups === null || sequences.packing !== 'groups'
          ? {}
          : { groups: groupFigures(rows, groups, mayTake) }),
      })),
    )
    .map((set, i): PlannedSet => ({ ...set, ledger: ledgers.sets[i]! }));
  for (const { name, ledger } of sets) refuseImbalance(name, imbalances(ledger, mayDiscard));
  refuseImbalance(split, imbalances(ledgers.whole, mayDiscard));
  return { whole: ledgers.whole, sets: sets.filter(({ rows }) => rows.rows > 0) };
}

/** The mix of the validation split, which takes each of its documents once. */
const unmixed = { length: null, cells: null };

/** By cell number: 1 if the mix covers the cell. */
function inCells(
  { cells }: TakenPhase['mix'],
  sources: readonly string[],
  buckets: readonly Bucket[],
): Uint8Array {
  const numbers = sources.flatMap((source) =>
    buckets.map((bucket) => Number(cells === null || specOf(cells, source, bucket) >= 0)),
  );
  return Uint8Array.from(numbers);
}

/** The recipe without paths on this machine. This part decides the shards, and their manifest repeats it. */
export function outputRecipe(recipe: Recipe): unknown {
  const { store, tokenizer, sources, without: _, ...rest } = recipe;
  const output = {
    ...rest,
    tokenizer: 'encoding' in tokenizer ? tokenizer.encoding : withoutPlace(tokenizer),
    sources: sources.map(({ path, ...source }) => withoutTemplatePlace(source)),
  };
  // Maps become objects, and JSON.stringify turns Infinity into null.
  const plain = (_: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value);
  return JSON.parse(JSON.stringify(output, plain)) as unknown;
}

/** The store's fingerprint has what is in the template. */
function withoutTemplatePlace(source: Omit<SourceSpec, 'path'>): unknown {
  const { chat } = source;
  return typeof chat?.template === 'object' ? { ...source, chat: { ...chat, template: 'file' } } : source;
}

/** Leaves out the path. The ids of BOS and EOS are here only if the recipe names them; the fingerprint has them too. */
function withoutPlace({ file: _, ...rest }: Extract<TokenizerSpec, { readonly file: string }>): unknown {
  return rest;
}

/** Each document is in exactly one split, so the splits together must have all documents and tokens of the store. */
function storeImbalance(splits: readonly Ledger[], totals: { documents: number; tokens: number }): string[] {
  const tokens = splits.reduce((sum, ledger) => sum + ledger.read, 0);
  const documents = splits.reduce((sum, ledger) => sum + ledger.documents, 0);
  return tokens === totals.tokens && documents === totals.documents
    ? []
    : [`the splits have ${tokens} tokens, the store ${totals.tokens}`];
}

/** Throws a plain Error, not a LongmixError, because an imbalance is our bug and never the user's mistake. */
export function refuseImbalance(what: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`the ledger of ${what} doesn't balance: ${faults.join('; ')}`);
}

function shardBytes(plan: RowPlan, dtype: ShardDtype, columns: SetColumns): number {
  const ofPieces = plan.document.length * pieceBytes(columns);
  // 12 bytes of offsets and padding per row. Don't change it: the number of shards depends on it.
  return plan.rows * plan.width * tokenBytes(columns, dtype) + ofPieces + plan.rows * 12;
}
