/**
 * Arrow from the library's own minified file: the same code as `apache-arrow`, which is a hundred modules, loads in 15 ms
 * instead of 95, and every command and every worker thread waits for it. Whoever needs Arrow takes it from here, because
 * objects of the one are none of the classes of the other.
 */
import { createRequire } from 'node:module';
import type * as Arrow from 'apache-arrow';

export const arrow: typeof Arrow = createRequire(import.meta.url)('apache-arrow/Arrow.esnext.min');
