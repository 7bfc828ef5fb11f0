/** Draws the ledger as a flow: tokens read, less dropped tokens, plus repeats, special tokens and padding. */

import { compact } from '../../base/words.ts';
import { dropReasons, type Ledger } from '../../nouns/ledger.ts';
import { shortReasonNames } from '../reasons.ts';
import { linear, lineNames } from './axes.ts';
import type { Chart } from './draw.ts';

interface Step {
  readonly name: string;
  readonly colour: 'before' | 'after' | 'lost' | 'more' | 'idle';
  /** Tokens before and after the step. A balance starts from 0. */
  readonly from: number;
  readonly to: number;
  readonly sign: '' | '−' | '+';
}

/** Returns every step that changes the number of tokens, and the three balances. */
export function ledgerSteps(ledger: Ledger): Step[] {
  const { read, packedOnce, packedInstances, specialTokens, padding, rowTokens } = ledger;
  const steps: Step[] = [{ name: 'read', colour: 'before', from: 0, to: read, sign: '' }];
  let stand = read;
  for (const reason of dropReasons) {
    const lost = ledger.dropped[reason] ?? 0;
    if (lost === 0) continue;
    const name = shortReasonNames[reason];
    steps.push({ name, colour: 'lost', from: stand, to: stand - lost, sign: '−' });
    stand -= lost;
  }
  steps.push({ name: 'packed once', colour: 'after', from: 0, to: packedOnce, sign: '' });
  const added = [
    ['repeats', 'more', packedInstances - packedOnce],
    ['special tokens', 'idle', specialTokens],
    ['padding', 'idle', padding],
  ] as const;
  stand = packedOnce;
  for (const [name, colour, more] of added) {
    if (more === 0) continue;
    steps.push({ name, colour, from: stand, to: stand + more, sign: '+' });
    stand += more;
  }
  steps.push({ name: 'rows × width', colour: 'after', from: 0, to: rowTokens, sign: '' });
  return steps;
}

const lineHeight = 24;
const width = 152;

export function ledgerChart(ledger: Ledger): Chart {
  const steps = ledgerSteps(ledger);
  const most = Math.max(1, ...steps.flatMap(({ from, to }) => [from, to]));
  const values = steps.map(({ colour, from, to, sign }, i) => ({
    colour: `var(--${colour})`,
    low: Math.min(from, to),
    // Make bars at least about a pixel wide, so that they are visible.
    high: Math.max(from, to, Math.min(from, to) + most / width),
    y0: i + 0.18,
    y1: i + 0.82,
    y: i + 0.5,
    label: `${sign}${compact(Math.abs(to - from))}`,
  }));
  // Each step begins where the one before ends; a balance ends at its value.
  const joints = values.slice(1).map((_, i) => ({ x: steps[i]!.to, y0: i + 0.82, y1: i + 1.18 }));
  const x = <F extends string>(field: F) => ({ ...linear(field, [0, most]), axis: null });
  const y = <F extends string>(field: F) => linear(field, [0, steps.length], true);
  return {
    width,
    height: steps.length * lineHeight,
    padding: { left: 132, right: 64, top: 4, bottom: 4 },
    layer: [
      {
        data: { values },
        mark: { type: 'rect', stroke: null },
        encoding: {
          x: x('low'),
          x2: { field: 'high' },
          y: { ...y('y0'), axis: lineNames(steps.map(({ name }) => name)) },
          y2: { field: 'y1' },
          color: { field: 'colour', type: 'nominal', scale: null },
        },
      },
      {
        data: { values: joints },
        mark: { type: 'rule', color: 'var(--muted)' },
        encoding: { x: x('x'), y: y('y0'), y2: { field: 'y1' } },
      },
      {
        data: { values },
        mark: { type: 'text', align: 'left', x: width + 8, fontSize: 12 },
        encoding: { y: y('y'), text: { field: 'label' } },
      },
    ],
  };
}
