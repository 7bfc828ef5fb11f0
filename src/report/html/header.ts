/** The top of the page: its title, and the figures that people ask for first. */

import { bytes, compact, counted, integer, percent, percentFine } from '../../base/words.ts';
import { rowLengths } from '../arm-figures.ts';
import type { ArmData, ReportData } from './data.ts';
import { html, type Markup } from './markup.ts';
import { share, sum } from './sums.ts';

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export function header({ title, tokenizer, seed, arms, corpora }: ReportData): Markup {
  const kind = arms.length > 1 ? `ablation of ${arms.length} arms` : arms.length === 1 ? 'mix' : 'corpus';
  const facts = [['tokenizer', tokenizer], ...(seed === null ? [] : [['seed', String(seed)]])];
  const tiles =
    arms.length === 0
      ? cellTiles(corpora.flatMap(({ cells }) => cells))
      : arms.length === 1
        ? [readTile(arms[0]!), ...mixTiles(arms[0]!)]
        : [readTile(arms[0]!), ...spanTiles(arms)];
  return html`<header>
<p class="kind">longmix, ${kind}</p>
<h1>${title}</h1>
<p class="facts">${facts.map(([name, value]) => html`<span>${name!} <b>${value!}</b></span> `)}</p>
<dl class="tiles">
${tiles.map(
  ({ name, value, note }) => html`<div><dt>${name}</dt><dd><b>${value}</b> <span>${note}</span></dd></div>
`,
)}</dl>
</header>`;
}

function cellTiles(cells: ReportData['corpora'][number]['cells']): Tile[] {
  const sources = new Set(cells.map(({ source }) => source)).size;
  return [
    { name: 'Tokens', value: compact(sum(cells, ({ tokens }) => tokens)), note: '' },
    { name: 'Documents', value: integer(sum(cells, ({ documents }) => documents)), note: '' },
    { name: 'Sources', value: integer(sources), note: '' },
  ];
}

/** Tokens read, for all splits together. Each set's ledger accounts for all tokens of its split. */
function readTile({ ledger, sets }: ArmData): Tile {
  const validation = sets.find(({ split }) => split === 'validation')?.ledger;
  const documents = ledger.documents + (validation?.documents ?? 0);
  return {
    name: 'Read',
    value: compact(ledger.read + (validation?.read ?? 0)),
    note: `tokens of ${counted(documents, 'document')}`,
  };
}

function mixTiles(arm: ArmData): Tile[] {
  const cells = arm.phases.flatMap((phase) => phase.cells);
  const { ledger } = arm;
  const tokens = sum(cells, ({ achieved }) => achieved);
  const asked = sum(cells, ({ requested }) => requested);
  return [
    { name: 'Mix', value: compact(tokens), note: `tokens of ${compact(asked)} asked for` },
    ...longTile(arm),
    {
      name: 'Rows',
      value: integer(ledger.rows),
      note: `of ${rowLengths(arm)} tokens`,
    },
    {
      name: 'Fill',
      value: percentFine(share(ledger.packedInstances, ledger.rowTokens)),
      note: 'document tokens in the rows',
    },
    {
      name: 'Disk',
      value: bytes(sum(arm.sets, (set) => set.bytes)),
      note: counted(arm.sets.length, 'shard set'),
    },
  ];
}

function longTile(arm: ArmData): Tile[] {
  const cells = arm.phases.flatMap((phase) => phase.cells);
  const long = cells.filter((cell) => cell.long);
  if (long.length === 0) return [];
  const before = share(
    sum(long, ({ tokens }) => tokens),
    sum(cells, ({ tokens }) => tokens),
  );
  return [
    {
      name: 'Long documents',
      value: percent(longShare(arm)),
      note: `of the mix, ${percent(before)} of the corpus`,
    },
  ];
}

function longShare({ phases }: ArmData): number {
  const cells = phases.flatMap((phase) => phase.cells);
  return share(
    sum(cells, ({ long, achieved }) => (long ? achieved : 0)),
    sum(cells, ({ achieved }) => achieved),
  );
}

/** Shows the range of each figure over all arms. */
function spanTiles(arms: readonly ArmData[]): Tile[] {
  const span = (pick: (arm: ArmData) => number, show: (value: number) => string): string => {
    const values = arms.map(pick);
    const [least, most] = [show(Math.min(...values)), show(Math.max(...values))];
    return least === most ? least : `${least} – ${most}`;
  };
  const tokens = (arm: ArmData) =>
    sum(
      arm.phases.flatMap(({ cells }) => cells),
      ({ achieved }) => achieved,
    );
  const anyLong = arms.some(({ phases }) => phases.some(({ cells }) => cells.some(({ long }) => long)));
  return [
    { name: 'Mix', value: span(tokens, compact), note: 'tokens per arm' },
    ...(anyLong ? [{ name: 'Long documents', value: span(longShare, percent), note: 'of the mix' }] : []),
    { name: 'Rows', value: span(({ ledger }) => ledger.rows, integer), note: 'an arm' },
    {
      name: 'Disk',
      value: bytes(sum(arms, ({ sets }) => sum(sets, (set) => set.bytes))),
      note: `all ${arms.length} arms`,
    },
  ];
}
