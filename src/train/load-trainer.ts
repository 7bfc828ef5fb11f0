/** Loads a trainer by its name, or by the path of a module. */

import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../base/package-root.ts';
import { LongmixError } from '../errors.ts';
import { statOf } from '../storage/files.ts';
import type { Trainer } from './trainer.ts';

/** The modules that come with longmix, by short name. */
const shipped: Readonly<Record<string, URL>> = {
  tfjs: new URL('dist/trainers/tfjs/tfjs-trainer.js', packageRoot),
};

/** All trainer names that are not the path of a module. */
const shortNames = [...Object.keys(shipped), 'command'];

/**
 * @throws LongmixError `trainer-unknown` | `trainer-broken` | `trainer-invalid` | `command-missing`. The methods of a
 * module throw `trainer-failed`
 */
export async function loadTrainer(nameOrPath: string, command: readonly string[] = []): Promise<Trainer> {
  if (command.length > 0 && nameOrPath !== 'command') {
    throw new LongmixError('flag-invalid', `--trainer ${nameOrPath} takes no command`, {
      cure: 'a command after -- is for --trainer command',
    });
  }
  if (nameOrPath === 'command') return (await import('./command.ts')).commandTrainer(command);
  const module = Object.hasOwn(shipped, nameOrPath) ? shipped[nameOrPath]! : null;
  return moduleTrainer(nameOrPath, module === null ? resolve(nameOrPath) : fileURLToPath(module));
}

/** @param path as the user gave it, for messages */
async function moduleTrainer(path: string, file: string): Promise<Trainer> {
  if (statOf(file)?.kind !== 'file') {
    throw new LongmixError('trainer-unknown', `no trainer "${path}", and no file of that path`, {
      cure: `use ${shortNames.join(', ')}, or the path of an ES module such as ./mine.js`,
    });
  }
  let made: unknown;
  try {
    made = await orStuck(async () => {
      const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
      return typeof module.default === 'function' ? module.default() : module.default;
    });
  } catch (cause) {
    throw new LongmixError('trainer-broken', `${path} cannot be loaded: ${firstLine(cause)}`, {
      cure: 'node FILE shows where; an ES module ends in .mjs, or its package.json says "type": "module"',
      cause,
    });
  }
  if (!isTrainer(made)) {
    throw new LongmixError('trainer-invalid', `${path}: its default export does not make a trainer`, {
      cure: 'export default { step(batch) { ... } }, or a function that returns that; see src/train/trainer.ts',
    });
  }
  return namedIn(path, file, made);
}

const methods = ['start', 'step', 'finish', 'stop', 'save', 'restore'] as const;

/** Makes errors from a trainer's methods name the method and the place in its file, so they don't look like our bug. */
function namedIn(path: string, file: string, trainer: Trainer): Trainer {
  const named = methods.flatMap((name) => {
    const method = trainer[name] as ((...args: unknown[]) => unknown) | undefined;
    if (method === undefined) return [];
    const run = async (...args: unknown[]) => {
      try {
        return await orStuck(() => method.apply(trainer, args));
      } catch (cause) {
        if (cause instanceof LongmixError || (cause as Error)?.name === 'AbortError') throw cause;
        const place = placeIn(file, cause);
        throw new LongmixError('trainer-failed', `${path}: its ${name} failed: ${firstLine(cause)}`, {
          cure: place === null ? 'fix the trainer' : `it was thrown at ${place}`,
          exitCode: 1,
          cause,
        });
      }
    };
    return [[name, run]];
  });
  return { ...Object.fromEntries(named), reportsSteps: trainer.reportsSteps === true } as unknown as Trainer;
}

/** Rejects if the call's promise can never settle. Node would otherwise exit without a message. */
async function orStuck(call: () => unknown): Promise<unknown> {
  let tell = () => {};
  const stuck = new Promise<never>((_, reject) => {
    tell = () => reject(new Error('it waits for something that never happens'));
  });
  process.once('beforeExit', tell);
  try {
    return await Promise.race([call(), stuck]);
  } finally {
    process.off('beforeExit', tell);
  }
}

/** Returns the innermost place in the file that the stack names, such as `mine.js:12:7`. */
function placeIn(file: string, error: unknown): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(`${pathToFileURL(file).href}:`);
  const place = at < 0 ? null : /:\d+:\d+/.exec(stack.slice(at + pathToFileURL(file).href.length));
  return place === null ? null : `${basename(file)}${place[0]}`;
}

function isTrainer(value: unknown): value is Trainer {
  if (typeof value !== 'object' || value === null) return false;
  const found = value as Record<string, unknown>;
  return (
    typeof found.step === 'function' &&
    methods.every((name) => found[name] === undefined || typeof found[name] === 'function')
  );
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!;
}
