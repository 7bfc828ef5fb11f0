/**
 * Finds and loads TensorFlow.js. It is an optional peer dependency, because it is large and nothing else in longmix
 * needs it.
 *
 * `@tensorflow/tfjs-node` (native kernels) is used if it is installed, else the WASM backend. Both are searched beside
 * longmix and then from the working directory, for a longmix that is installed globally.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as TensorFlow from '@tensorflow/tfjs';
import { LongmixError } from 'longmix';

export type Tf = typeof TensorFlow;
export type Tensor = TensorFlow.Tensor;

/** @throws LongmixError `peer-missing` if neither is installed */
export async function loadTfjs(load: (name: string) => Promise<unknown> = loadPeer): Promise<Tf> {
  const native = (await load('@tensorflow/tfjs-node')) as Tf | null;
  if (native !== null) {
    await native.ready();
    return native;
  }
  const tf = (await load('@tensorflow/tfjs')) as Tf | null;
  const wasm = await load('@tensorflow/tfjs-backend-wasm');
  if (tf === null || wasm === null) {
    const missing = tf === null ? '@tensorflow/tfjs' : '@tensorflow/tfjs-backend-wasm';
    throw new LongmixError('peer-missing', `the tfjs trainer needs ${missing}, which is not installed`, {
      cure: 'npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm (or @tensorflow/tfjs-node, which is faster)',
    });
  }
  await tf.setBackend('wasm');
  return tf;
}

/** Returns the module, or null if it is not installed. If it is installed but broken, its error is thrown. */
async function loadPeer(name: string): Promise<unknown> {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href]) {
    let file: string;
    try {
      file = createRequire(from).resolve(name);
    } catch {
      continue;
    }
    const loaded = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return loaded.default ?? loaded;
  }
  return null;
}
