/** Flags shared by the commands that feed a trainer. */
import { LongmixError } from '../errors.ts';
import type { Feed, FeedOptions } from '../feed/feed.ts';

export interface FeedFlags {
  readonly rowsPerStep?: string;
  readonly seed: string;
  readonly sortByWork?: boolean;
}

export function feedOptions({ rowsPerStep, seed, sortByWork = false }: FeedFlags): FeedOptions {
  return {
    seed: wholeNumber('--seed', seed, 0, Number.MAX_SAFE_INTEGER),
    sortByWork,
    ...(rowsPerStep === undefined ? {} : { rowsPerStep: wholeNumber('--rows-per-step', rowsPerStep, 1) }),
  };
}

/** Notes how many rows a trainer never sees if it takes whole epochs. */
export function noteRest({ manifest: { sets, restRows } }: Feed): void {
  if (restRows === 0) return;
  const rows = sets.reduce((sum, set) => sum + set.rows, 0);
  process.stderr.write(
    `longmix: ${restRows} of ${rows} rows do not fill a whole step, so an epoch leaves them out\n`,
  );
}

/** @throws LongmixError `flag-invalid` */
export function wholeNumber(flag: string, typed: string, least: number, most: number = 2 ** 32 - 1): number {
  const number = /^\d{1,16}$/.test(typed) ? Number(typed) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new LongmixError('flag-invalid', `${flag}: found "${typed}"`, {
    cure: `use a whole number from ${least} to ${most}`,
  });
}
