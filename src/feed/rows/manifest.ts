/** What a trainer needs to know before the first row: `GET /v1/manifest`, and a trainer's `context.manifest`. */
import type { Stretch } from '../../nouns/steps.ts';
import type { ShardDtype, ShardSetManifest } from '../../shard/format.ts';
import type { Steps } from '../../steps/step-rows.ts';
import type { FeedSets } from './sets.ts';

export interface FeedManifest {
  readonly format: 'longmix-feed';
  readonly version: 1;
  /** The recipe's name. */
  readonly name: string;
  readonly fingerprint: string;
  readonly tokenizer: ShardSetManifest['tokenizer'];
  readonly dtype: ShardDtype;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number;
  /** Present if batches say which tokens are learned (`lossMask`, in streams `loss_mask`). */
  readonly lossMask?: true;
  /** Whole steps per epoch. */
  readonly epochSteps: number;
  /** Rows of an epoch that fill no whole step and are not used. */
  readonly restRows: number;
  readonly sets: readonly {
    readonly name: string;
    readonly phase: string | null;
    readonly length: number;
    /** Tokens per row: `length`, or one more with `plus_one`. */
    readonly width: number;
    readonly rows: number;
    /** For all ranks together. */
    readonly rowsPerStep: number;
  }[];
  /** The build's schedule as pairs (index into sets, steps); null: the sets come one after another. */
  readonly schedule: readonly Stretch[] | null;
}

export function feedManifest({ sets, schedule }: FeedSets, steps: Steps): FeedManifest {
  const { name, fingerprint, tokenizer, dtype, bosId, eosId, padId } = sets[0]!.manifest;
  return {
    ...{ format: 'longmix-feed', version: 1, name, fingerprint, tokenizer, dtype, bosId, eosId, padId },
    ...(sets.some(({ manifest }) => manifest.mask !== undefined) ? { lossMask: true as const } : {}),
    epochSteps: steps.count,
    restRows: steps.restRows,
    sets: sets.map(({ name, manifest: { phase, length, width, rows } }, set) => {
      return { name, phase, length, width, rows, rowsPerStep: steps.rowsPerStep[set]! };
    }),
    schedule: schedule?.stretches ?? null,
  };
}
