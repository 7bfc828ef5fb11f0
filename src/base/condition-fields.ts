/** The fields that a condition reads, by how it reads them. */
import type { Condition } from '../nouns/carried.ts';

export interface ConditionFields {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

export function conditionFields(condition: Condition): ConditionFields {
  const numbers = new Set<string>();
  const texts = new Set<string>();
  const visit = (one: Condition): void => {
    if ('or' in one) one.or.forEach(visit);
    else if ('and' in one) one.and.forEach(visit);
    else if ('not' in one) visit(one.not);
    else (typeof ('in' in one ? one.in[0] : one.value) === 'number' ? numbers : texts).add(one.field);
  };
  visit(condition);
  return { numbers: [...numbers], texts: [...texts] };
}
