/** Draws the natural, the requested and the achieved share, with one line per group. */
import { percent } from '../../base/words.ts';
import { shorten } from '../table.ts';
import { bareAxis, linear, lineNames, shareTicks } from './axes.ts';
import type { Chart } from './draw.ts';

export interface ShareLine {
  readonly name: string;
  readonly before: number;
  readonly requested: number;
  readonly achieved: number;
}

const lineHeight = 24;
const width = 188;

/** `most`: the largest share in any of the charts to compare. */
export function shareChart(lines: readonly ShareLine[], most: number): Chart {
  const axis = shareTicks(most);
  const x = <F extends string>(field: F) => linear(field, [0, axis.most]);
  const y = <F extends string>(field: F) => linear(field, [0, lines.length], true);
  const values = lines.map((line, i) => ({ ...line, label: percent(line.achieved), y: i + 0.5 }));
  const bar = (field: 'before' | 'achieved', thick: number, colour: string): Chart['layer'][number] => ({
    data: { values: values.map((line) => ({ ...line, y0: line.y - thick / 2, y1: line.y + thick / 2 })) },
    mark: { type: 'rect', color: `var(--${colour})` },
    encoding: {
      x: { ...x(field), axis: bareAxis(axis.ticks.filter((_, i) => i % 2 === 0)) },
      x2: { datum: 0 },
      y: { ...y('y0'), axis: lineNames(lines.map(({ name }) => shorten(name, 15))) },
      y2: { field: 'y1' },
    },
  });
  return {
    width,
    height: lines.length * lineHeight,
    padding: { left: 104, right: 56, top: 4, bottom: 22 },
    layer: [
      bar('before', 0.75, 'before'),
      bar('achieved', 0.4, 'after'),
      {
        data: { values },
        mark: {
          type: 'tick',
          color: 'var(--ink)',
          opacity: 1,
          orient: 'vertical',
          size: lineHeight - 2,
          thickness: 2,
        },
        encoding: { x: x('requested'), y: y('y') },
      },
      {
        data: { values },
        mark: { type: 'text', align: 'left', x: width + 8, fontSize: 12 },
        encoding: { y: y('y'), text: { field: 'label' } },
      },
    ],
  };
}
