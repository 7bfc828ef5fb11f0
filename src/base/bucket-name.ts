import type { Bucket } from '../nouns/mix.ts';
import { length } from './words.ts';

export function bucketName({ from, to }: Bucket): string {
  if (to === null) return `>= ${length(from)}`;
  return from === 0 ? `< ${length(to)}` : `${length(from)} - ${length(to)}`;
}
