/** The arms' losses: over the training tokens, and on the validation set by the context of a prediction. */
import { compact, integer } from '../../base/words.ts';
import type { PositionLoss } from '../../nouns/training.ts';
import { shorten } from '../table.ts';
import { type LineStyle, positionChart, tokenChart } from './curve-charts.ts';
import type { ArmCurves, TrainingData } from './data.ts';
import type { Draw } from './draw.ts';
import { figure, grid, lineKeys } from './figure.ts';
import { htmlTable } from './html-table.ts';
import { html, type Markup } from './markup.ts';
import { sourceColours } from './palette.ts';

const dashes = [
  [1, 0],
  [7, 3],
  [2, 2],
  [12, 4],
] as const;
/** The most lines that colours and dashes can distinguish. The tables have all arms. */
const mostLines = 12;
/** The most points of a chart. If there are more steps, each point is the mean of several. */
const mostPoints = 150;

type Drawn = ArmCurves & LineStyle;

export async function trainingSection(draw: Draw, training: TrainingData): Promise<Markup> {
  const { arms, trainer, tokens } = training;
  const drawn = arms.slice(0, mostLines).map((arm, i): Drawn => {
    return { ...arm, colour: `source-${(i % sourceColours) + 1}`, dash: dashes[i % dashes.length]! };
  });
  const validated = drawn.filter(({ validation }) => (validation?.byPosition.length ?? 0) > 0);
  const panels = [
    ...(validated.length === 0 ? [] : [await positionFigure(draw, validated)]),
    ...(validated.length < 2 ? [] : [await differenceFigure(draw, validated)]),
    ...(drawn.every(({ losses }) => losses.length === 0) ? [] : [await tokenFigure(draw, drawn)]),
  ];
  return html`<p>Each arm was trained by ${trainer} on up to ${compact(tokens)} tokens. Losses are in nats per token; lower is better.</p>
${panels.length === 0 ? null : html`${lineKeys(drawn)}${grid(panels)}`}${
  arms.length > mostLines
    ? html`<p class="note">The first ${mostLines} of ${arms.length} arms; the tables have all.</p>`
    : null
}${resultsTable(arms)}${
  validated.length === 0
    ? html`<p class="note">There is no validation loss by position: it needs a validation split and a trainer that reports it.</p>`
    : positionTable(arms)
}${sourceTable(arms)}`;
}

async function positionFigure(draw: Draw, arms: readonly Drawn[]): Promise<Markup> {
  const curves = arms.map((arm) => ({ ...arm, points: arm.validation!.byPosition }));
  const chart = await draw(positionChart(curves), {
    title: 'Validation loss by position',
    description: arms.map((arm) => `${arm.name}: ${inWords(arm.validation!.byPosition)}`).join(' '),
  });
  return figure('Validation loss by position', chart);
}

/**
 * Losses fall by whole nats along the context, but mixes differ by hundredths, so only a chart of differences shows it.
 */
async function differenceFigure(draw: Draw, arms: readonly Drawn[]): Promise<Markup> {
  const [base, ...others] = arms as [Drawn, ...Drawn[]];
  const curves = others.map((arm) => ({ ...arm, points: differences(arm, base) }));
  const chart = await draw(positionChart(curves, 0), {
    title: `Validation loss by position, less that of ${base.name}`,
    description: curves.map(({ name, points }) => `${name}: ${inWords(points)}`).join(' '),
  });
  return figure(`The same, less that of ${shorten(base.name, 20)}`, chart);
}

/** Differences of the losses, for positions at which both arms have tokens. */
function differences(arm: ArmCurves, base: ArmCurves): PositionLoss[] {
  const before = new Map(base.validation!.byPosition.map(({ from, loss }) => [from, loss]));
  return arm.validation!.byPosition.flatMap((one) => {
    const loss = before.get(one.from);
    return loss === undefined ? [] : [{ ...one, loss: one.loss - loss }];
  });
}

async function tokenFigure(draw: Draw, arms: readonly Drawn[]): Promise<Markup> {
  const steps = Math.max(...arms.map(({ losses }) => losses.length));
  const group = Math.ceil(steps / mostPoints);
  const curves = arms.map((arm) => ({ ...arm, points: meansOf(arm.losses, group) }));
  const chart = await draw(tokenChart(curves), {
    title: 'Training loss over tokens',
    description: arms.map((arm) => `${arm.name}: ${fallInWords(arm)}`).join(' '),
  });
  return figure(`Training loss${group > 1 ? `, mean of ${group} steps` : ''}`, chart);
}

/** Averages groups of consecutive steps. Each mean stands at the tokens of its group's last step. */
function meansOf(losses: ArmCurves['losses'], group: number): ArmCurves['losses'] {
  return Array.from({ length: Math.ceil(losses.length / group) }, (_, i) => {
    const some = losses.slice(i * group, (i + 1) * group);
    return { tokens: some.at(-1)!.tokens, loss: some.reduce((sum, { loss }) => sum + loss, 0) / some.length };
  });
}

function resultsTable(arms: readonly ArmCurves[]): Markup {
  return htmlTable({
    caption: 'What the arms learned, in nats per token',
    columns: ['arm', 'steps', 'tokens', 'first loss', 'last loss', 'validation'],
    groups: [
      {
        rows: arms.map(({ name, losses, validation }) => [
          name,
          integer(losses.length),
          integer(losses.at(-1)?.tokens ?? 0),
          ...[losses[0]?.loss, losses.at(-1)?.loss, validation?.loss].map(shownLoss),
        ]),
      },
    ],
  });
}

function positionTable(arms: readonly ArmCurves[]): Markup {
  const all = arms.flatMap(({ validation }) => validation?.byPosition ?? []);
  const edges = [...new Set(all.map(({ from }) => from))].sort((a, b) => a - b);
  const rows = edges.map((edge) => {
    const found = arms.map(({ validation }) => validation?.byPosition.find(({ from }) => from === edge));
    const fewest = Math.min(...found.flatMap((one) => (one === undefined ? [] : [one.tokens])));
    return [`${integer(edge)}+`, integer(fewest), ...found.map((one) => shownLoss(one?.loss))];
  });
  return htmlTable({
    caption:
      'Validation loss by how many tokens of its document were seen before; guesses: of the arm that has the fewest',
    columns: ['seen before', 'guesses', ...arms.map(({ name }) => name)],
    groups: [{ rows }],
  });
}

function sourceTable(arms: readonly ArmCurves[]): Markup | null {
  const all = arms.flatMap(({ validation }) => validation?.bySource ?? []);
  if (all.length === 0) return null;
  const rows = [...new Set(all.map(({ source }) => source))].map((source) => {
    const found = arms.map(({ validation }) => validation?.bySource?.find((one) => one.source === source));
    return [
      source,
      integer(found.find((one) => one !== undefined)!.tokens),
      ...found.map((one) => shownLoss(one?.loss)),
    ];
  });
  return htmlTable({
    caption: 'Validation loss by source',
    columns: ['source', 'guesses', ...arms.map(({ name }) => name)],
    groups: [{ rows }],
  });
}

function shownLoss(loss: number | undefined): string {
  return loss === undefined ? '-' : loss.toFixed(3);
}

function inWords(points: readonly PositionLoss[]): string {
  return `${points.map(({ from, loss }) => `${loss.toFixed(3)} from ${integer(from)}`).join(', ')}.`;
}

function fallInWords({ losses }: ArmCurves): string {
  if (losses.length === 0) return 'no loss was reported.';
  const [first, last] = [losses[0]!, losses.at(-1)!];
  return `from ${first.loss.toFixed(3)} to ${last.loss.toFixed(3)} after ${integer(last.tokens)} tokens.`;
}
