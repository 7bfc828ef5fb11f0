/** Says what memory a plan takes, before it is made: one process makes it, wherever the tasks of the build are run. */
import { bytes, counted } from '../../base/words.ts';

/** Measured: bench/planner.mjs, docs/scale.md. */
const bytesPerDocument = 39;
/** A smaller share of the memory is not worth a word. */
const worthTelling = 0.25;

/** null: there is nothing to say. @param memory that this process may use */
export function planMemoryNote(documents: number, memory: number): string | null {
  const needed = documents * bytesPerDocument;
  if (needed < worthTelling * memory) return null;
  const cure =
    needed < 0.8 * memory
      ? ''
      : '; a machine with more memory, or builds of parts of the corpus, can plan it';
  return `the plan of ${counted(documents, 'document')} takes about ${bytes(needed)} of this machine's ${bytes(memory)}${cure}`;
}
