/** A trainer by its name, or by the path of a module. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LongmixError } from '../errors.ts';
import type { Trainer } from './trainer.ts';

/** The ones that come with longmix; loaded when named. */
const named: Readonly<Record<string, (command: readonly string[]) => Promise<Trainer>>> = {
  tfjs: async () => (await import('./tfjs/tfjs-trainer.ts')).tfjsTrainer(),
  command: async (command) => (await import('./command.ts')).commandTrainer(command),
};

/** @throws LongmixError `trainer-unknown` | `trainer-broken` | `trainer-invalid` | `command-missing` */
export async function loadTrainer(nameOrPath: string, command: readonly string[] = []): Promise<Trainer> {
  if (command.length > 0 && nameOrPath !== 'command') {
    throw new LongmixError('flag-invalid', `--trainer ${nameOrPath} takes no command`, {
      cure: 'a command behind -- is for --trainer command',
    });
  }
  const make = Object.hasOwn(named, nameOrPath) ? named[nameOrPath] : undefined;
  return make === undefined ? moduleTrainer(nameOrPath) : make(command);
}

async function moduleTrainer(path: string): Promise<Trainer> {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new LongmixError('trainer-unknown', `no trainer "${path}", and no file of that path`, {
      cure: `use ${Object.keys(named).join(', ')}, or the path of an ES module such as ./mine.js`,
    });
  }
  let made: unknown;
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    made = typeof module.default === 'function' ? await module.default() : module.default;
  } catch (cause) {
    throw new LongmixError('trainer-broken', `${path} can't be loaded: ${firstLine(cause)}`, {
      cure: 'node FILE shows where; an ES module ends in .mjs, or its package.json says "type": "module"',
      cause,
    });
  }
  if (!isTrainer(made)) {
    throw new LongmixError('trainer-invalid', `${path}: its default export makes no trainer`, {
      cure: 'export default { step(batch) { ... } }, or a function that returns that; see src/train/trainer.ts',
    });
  }
  return made;
}

function isTrainer(value: unknown): value is Trainer {
  if (typeof value !== 'object' || value === null) return false;
  const methods = value as Record<string, unknown>;
  const optional = ['start', 'finish', 'stop', 'save', 'restore'];
  return (
    typeof methods.step === 'function' &&
    optional.every((name) => methods[name] === undefined || typeof methods[name] === 'function')
  );
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!;
}
