/**
 * `--trainer tfjs`: a small transformer on TensorFlow.js, in this process. longmix loads it like a user's module, and
 * it only uses longmix's public API. It answers "does this mix learn, and at which context lengths" on a laptop; train
 * a real model with `command`, or through `pipe` and `serve`.
 *
 * Everything that a step depends on is in the checkpoint, and nothing is random after the initial weights. So a resumed
 * run gives exactly the losses of an uninterrupted one on the same backend.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Batch, LongmixError, type Metrics, type TrainContext, type Trainer } from 'longmix';
import { adamW, clipGradients, learningRate, type Moments } from './adamw.ts';
import { loadTfjs, type Tf } from './backend.ts';
import { parseConfig, type TfjsConfig } from './config.ts';
import { LossByPosition } from './loss-by-position.ts';
import { LossBySource } from './loss-by-source.ts';
import {
  addRowGradients,
  createParameters,
  disposeModel,
  type Parameter,
  placeModel,
  rowLosses,
} from './model.ts';
import { cutRow, type ModelRow, modelRows, targetsOf } from './rows.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { positionsOf } from './spans.ts';
import { numbersOf, usedIds } from './vocabulary.ts';

const checkpointFile = 'model.safetensors';

interface State {
  readonly tf: Tf;
  readonly config: TfjsConfig;
  readonly context: TrainContext;
  /** The tokenizer's ids in the model's order, and the model's number of each id. */
  readonly ids: Int32Array;
  readonly numbers: Int32Array;
  readonly parameters: readonly Parameter[];
  readonly moments: readonly Moments[];
  /** Steps of the feed that are done, and steps of the optimizer. */
  steps: number;
  updates: number;
}

export default function tfjsTrainer(load: () => Promise<Tf> = loadTfjs): Trainer {
  let state: State;
  return {
    async start(context) {
      const config = parseConfig(context.settings);
      const tf = await load();
      const { vocabularySize } = context.manifest.tokenizer;
      const ids = await usedIds(context.sets, vocabularySize);
      const parameters = createParameters(config, ids.length, config.seed);
      const moments = parameters.map(({ values }) => ({
        first: new Float32Array(values.length),
        second: new Float32Array(values.length),
      }));
      state = {
        tf,
        config,
        context,
        ids,
        numbers: numbersOf(ids),
        parameters,
        moments,
        steps: 0,
        updates: 0,
      };
      const count = parameters.reduce((sum, { values }) => sum + values.length, 0);
      context.log(
        `tfjs (${tf.getBackend()}): ${count} parameters, ${ids.length} of ${vocabularySize} ids occur, ln(V) = ${Math.log(ids.length).toFixed(3)}`,
      );
    },
    async step(batch) {
      const metrics = await trainStep(state, batch);
      const { validateEvery } = state.config;
      const due = validateEvery > 0 && state.steps % validateEvery === 0 && state.steps < state.context.steps;
      return due ? { ...metrics, ...(await validate(state)) } : metrics;
    },
    finish: () => validate(state),
    save: (folder) => saveState(state, join(folder, checkpointFile)),
    restore: (folder) => restoreState(state, join(folder, checkpointFile)),
  };
}

async function trainStep(state: State, batch: Batch): Promise<Metrics> {
  const { config } = state;
  const losses: number[] = [];
  let tokens = 0;
  let norm = 0;
  for (const rows of updateParts(modelRows(batch, state.numbers), config)) {
    const update = await updateWeights(state, rows);
    if (update === null) continue;
    losses.push(update.loss * update.tokens);
    tokens += update.tokens;
    norm = Math.max(norm, update.norm);
  }
  state.steps += 1;
  const loss = losses.reduce((sum, one) => sum + one, 0) / tokens;
  return tokens === 0 ? {} : { loss, targets: tokens, norm, lr: rateOf(state, state.updates - 1) };
}

/**
 * Divides rows among the optimizer steps. It takes the first part of each cut row, then the second part of each, and so
 * on. Otherwise parts of one document would follow one another, and the weights would adapt to that document.
 */
export function updateParts(
  rows: readonly ModelRow[],
  { context, updates }: Pick<TfjsConfig, 'context' | 'updates'>,
): ModelRow[][] {
  const cut = rows.map((row) => cutRow(row, context));
  const most = Math.max(...cut.map(({ length }) => length));
  const pieces = Array.from({ length: most }, (_, i) => cut.flatMap((parts) => parts[i] ?? [])).flat();
  const share = Math.ceil(pieces.length / updates);
  const count = Math.ceil(pieces.length / share);
  return Array.from({ length: count }, (_, i) => pieces.slice(i * share, (i + 1) * share));
}

/** Does one optimizer step, with a pause for signals between rows; null: these rows have nothing to predict. */
async function updateWeights(
  state: State,
  rows: readonly ModelRow[],
): Promise<{ loss: number; tokens: number; norm: number } | null> {
  const { tf, config, parameters, moments } = state;
  const tokens = rows.reduce((sum, row) => sum + countTargets(row), 0);
  if (tokens === 0) return null;
  const gradients = parameters.map(({ values }) => new Float32Array(values.length));
  const model = placeModel(tf, parameters);
  let loss = 0;
  for (const row of rows) {
    loss += addRowGradients(tf, config, model, { row, weight: 1 / tokens }, gradients) / tokens;
    await setImmediate();
  }
  disposeModel(tf, model);
  const norm = clipGradients(gradients, config.clip);
  const lr = rateOf(state, state.updates);
  for (const [i, { values }] of parameters.entries()) {
    // The embeddings have no decay, because those of rare ids would shrink between the steps in which they occur.
    const decay = i === 0 ? 0 : config.weightDecay;
    adamW(values, gradients[i]!, moments[i]!, { lr, decay, step: state.updates });
  }
  state.updates += 1;
  return { loss, tokens, norm };
}

function rateOf({ config, context }: State, update: number): number {
  return learningRate(config, update, context.steps * config.updates);
}

function countTargets(row: ModelRow): number {
  return targetsOf(row).reduce((count, id) => count + (id < 0 ? 0 : 1), 0);
}

async function validate({ tf, config, context, parameters, numbers }: State): Promise<Metrics | undefined> {
  const { validation } = context;
  const steps = Math.min(validation?.epochSteps ?? 0, config.validateRows);
  if (validation === null || steps === 0) return undefined;
  const model = placeModel(tf, parameters);
  const losses = new LossByPosition();
  const bySource = new LossBySource();
  for (let step = 0; step < steps; step += 1) {
    const batch = await validation.batchAhead({ epoch: 0, step }, 0, 1);
    for (const [r, whole] of modelRows(batch, numbers).entries()) {
      const sources = context.validationSources?.(batch.rows[r]!) ?? null;
      const sourceAt = sources === null ? null : tokenSources(whole, sources);
      let start = 0;
      for (const row of cutRow(whole, config.context)) {
        const targets = targetsOf(row);
        const positions = positionsOf(row.lengths, row.ids.length);
        const found = rowLosses(tf, config, model, row);
        for (let i = 0; i < targets.length; i += 1) {
          if (targets[i]! < 0) continue;
          losses.add(positions[i]!, found[i]!);
          if (sourceAt !== null) bySource.add(sourceAt[start + i]!, found[i]!);
        }
        start += row.ids.length;
      }
    }
  }
  disposeModel(tf, model);
  const byPosition = losses.buckets();
  const sources = bySource.sources();
  return {
    validation: {
      ...{ loss: losses.mean, tokens: losses.tokens, byPosition },
      ...(sources.length === 0 ? {} : { bySource: sources }),
    },
  };
}

/** Returns the source of each token of a row; padding has none. */
function tokenSources({ lengths }: ModelRow, sources: readonly string[]): string[] {
  return Array.from(sources).flatMap((source, piece) => new Array<string>(lengths[piece]!).fill(source));
}

function saveState({ config, ids, parameters, moments, steps, updates }: State, path: string): void {
  const arrays = parameters.flatMap(({ name, shape, values }, i) => [
    { name, shape, values },
    { name: `adam.first.${name}`, shape, values: moments[i]!.first },
    { name: `adam.second.${name}`, shape, values: moments[i]!.second },
  ]);
  const vocabulary = { name: 'vocabulary', shape: [ids.length], values: ids };
  const metadata = { config: JSON.stringify(config), steps: String(steps), updates: String(updates) };
  writeSafetensors(path, [vocabulary, ...arrays], metadata);
}

function restoreState(state: State, path: string): void {
  const { arrays, metadata } = readSafetensors(path);
  const fill = (name: string, into: Float32Array | Int32Array) => {
    const values = arrays.get(name)?.values;
    if (values?.length !== into.length) {
      throw new LongmixError('checkpoint-mismatch', `the checkpoint is of another model: ${name} differs`, {
        where: path,
        cure: 'resume with the settings and the shards that it was made with',
      });
    }
    into.set(values);
  };
  const ids = new Int32Array(state.ids.length);
  fill('vocabulary', ids);
  for (const [i, { name, values }] of state.parameters.entries()) {
    fill(name, values);
    fill(`adam.first.${name}`, state.moments[i]!.first);
    fill(`adam.second.${name}`, state.moments[i]!.second);
  }
  if (ids.some((id, i) => id !== state.ids[i])) {
    throw new LongmixError('checkpoint-mismatch', 'the checkpoint is of a model with other ids', {
      where: path,
      cure: 'resume on the shards that it was made with',
    });
  }
  state.steps = Number(metadata.steps);
  state.updates = Number(metadata.updates);
}
