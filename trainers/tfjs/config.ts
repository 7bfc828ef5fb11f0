/** The settings of the tfjs trainer: parses `--set NAME=VALUE` to checked numbers. */
import { LongmixError } from 'longmix';

export interface TfjsConfig {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Base of the rotary embeddings: 10,000 as published, 500,000 for long context. */
  readonly ropeBase: number;
  /** Rows are cut into rows of this many tokens, as if they had been packed that way; 0: they are not cut. */
  readonly context: number;
  /** Optimizer steps per step of the feed. Each takes its part of the (cut) rows. */
  readonly updates: number;
  /** Highest learning rate. It falls along a cosine to a tenth. */
  readonly lr: number;
  /** Steps until the highest learning rate. */
  readonly warmup: number;
  readonly weightDecay: number;
  /** Largest norm of the gradients; larger gradients are scaled down. */
  readonly clip: number;
  /** Seed of the initial weights. */
  readonly seed: number;
  /** Steps between validations; 0: only at the end. */
  readonly validateEvery: number;
  /** The most rows of the validation set to use. */
  readonly validateRows: number;
}

export const defaultConfig: TfjsConfig = {
  layers: 2,
  width: 64,
  heads: 4,
  ropeBase: 10_000,
  context: 0,
  updates: 1,
  lr: 0.01,
  warmup: 5,
  weightDecay: 0.1,
  clip: 1,
  seed: 1,
  validateEvery: 0,
  validateRows: 4,
};

/** Settings that must be whole numbers, with their smallest values. */
const wholeNumbers: Partial<Record<keyof TfjsConfig, number>> = {
  layers: 1,
  width: 2,
  heads: 1,
  context: 0,
  updates: 1,
  warmup: 0,
  seed: 0,
  validateEvery: 0,
  validateRows: 0,
};

/** @throws LongmixError `trainer-setting` */
export function parseConfig(settings: Readonly<Record<string, string>>): TfjsConfig {
  const config: Record<keyof TfjsConfig, number> = { ...defaultConfig };
  for (const [name, typed] of Object.entries(settings)) {
    if (!Object.hasOwn(defaultConfig, name)) {
      throw wrong(
        `the tfjs trainer has no setting "${name}"`,
        `it has ${Object.keys(defaultConfig).join(', ')}`,
      );
    }
    const key = name as keyof TfjsConfig;
    const value = typed.trim() === '' ? Number.NaN : Number(typed);
    const least = wholeNumbers[key];
    const fits = least === undefined ? value >= 0 : Number.isSafeInteger(value) && value >= least;
    if (!fits || !Number.isFinite(value)) {
      const what = least === undefined ? 'a number of at least 0' : `a whole number of at least ${least}`;
      throw wrong(`--set ${name}: found "${typed}"`, `use ${what}`);
    }
    config[key] = value;
  }
  const { width, heads } = config;
  if (width % (2 * heads) !== 0) {
    throw wrong(
      `width ${width} can't be shared by ${heads} heads`,
      'rotary embeddings pair the numbers of a head: width must be a multiple of 2 * heads',
    );
  }
  return config;
}

function wrong(message: string, cure: string): LongmixError {
  return new LongmixError('trainer-setting', message, { cure });
}
