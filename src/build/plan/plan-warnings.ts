/**
 * Warnings about a plan, such as a good colleague would give before it is built. A warning never stops a build:
 * an infeasible plan is an error, which is thrown elsewhere.
 */

import { bucketName } from '../../base/bucket-name.ts';
import { compact, counted, integer, length, percent } from '../../base/words.ts';
import type { PlannedCell } from '../../nouns/mix.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import type { BuildPlan, PlannedSet } from '../nouns.ts';

/** Up to this many epochs, repeated data is worth nearly as much as new (Muennighoff et al. 2023, arXiv 2305.16264). */
const worthwhileEpochs = 4;
/** As a share of the mix. Smaller differences are rounding that nobody would notice. */
const noticedDrift = 0.005;
/** The same for a mix of a single source. It cannot miss its share, so a few tokens more or less need no warning. */
const noticedAlone = 0.05;
const emptyRows = 0.05;
const lostTokens = 0.05;
const leftOver = 0.05;

export function planWarnings(recipe: Recipe, plan: BuildPlan): string[] {
  const many = plan.phases.length > 1;
  const perPhase = recipe.phases.flatMap((phase, i) => {
    const { cells } = plan.phases[i]!;
    const mix = [
      ...repeats(cells),
      ...longRule(phase, cells),
      ...takesLongAway(phase, cells),
      ...withoutDocuments(phase, cells),
      ...drift(cells),
    ];
    return [
      ...(many ? mix.map((text) => `phase ${phase.name}: ${text}`) : mix),
      ...rowWarnings(
        plan.sets.filter((set) => set.phase === phase.name),
        cells,
      ),
    ];
  });
  return [
    ...perPhase,
    ...cutChats(plan),
    ...notFound(plan),
    ...replaced(plan),
    ...validation(recipe, plan),
    ...steps(plan),
  ];
}

/** A part of a conversation without its beginning teaches answers to questions that the model did not see. */
function cutChats({ sets, table, wholeFrom }: BuildPlan): string[] {
  if (wholeFrom === undefined) return [];
  const cut = new Set<number>();
  for (const { rows } of sets)
    for (const piece of rows.cuts.piece) {
      const document = rows.document[piece]!;
      if (wholeFrom[table.source[document]!]! > 0) cut.add(document);
    }
  if (cut.size === 0) return [];
  return [
    `${counted(cut.size, 'conversation')} ${cut.size === 1 ? 'does' : 'do'} not fit a row and ${cut.size === 1 ? 'is' : 'are'} cut: longer rows keep them whole (sequences.length), and overlong: exclude leaves them out`,
  ];
}

/** A run of another corpus, or one whose texts have been cleaned since: nothing can be known to be read. */
function notFound({ without }: BuildPlan): string[] {
  return without.flatMap(({ name, documents, absent }) =>
    documents === 0 && absent > 0
      ? [`mix.without: none of the ${counted(absent, 'document')} that ${name} has read is in this corpus`]
      : [],
  );
}

/** A run may have been trained on other rows than those that are there now. */
function replaced({ without }: BuildPlan): string[] {
  return without.flatMap(({ name, replaced: at }) =>
    at === undefined
      ? []
      : [
          `mix.without: the shards of ${name} were replaced on ${at.slice(0, 10)}, when its corpus had changed; a run that read the earlier ones has read other rows than are left out here`,
        ],
  );
}

function repeats(cells: readonly PlannedCell[]): string[] {
  const often = cells.filter(({ epochs }) => epochs > worthwhileEpochs);
  if (often.length === 0) return [];
  const most = often.reduce((a, b) => (b.epochs > a.epochs ? b : a));
  const others =
    often.length === 1
      ? ''
      : ` (and ${counted(often.length - 1, 'other cell')} more than ${worthwhileEpochs})`;
  return [
    `${most.source}, ${bucketName(most.bucket)} tokens: repeated ${most.epochs.toFixed(1)} times${others}; beyond ${worthwhileEpochs} a repeat is worth little`,
  ];
}

function longRule({ mix, sequences }: Recipe['phases'][number], cells: readonly PlannedCell[]): string[] {
  if (mix.length === null) return [];
  const { threshold, scope, rule } = mix.length;
  const warnings: string[] = [];
  if (threshold > sequences.length && rule.kind !== 'remove_long') {
    warnings.push(
      `documents are long from ${length(threshold)} tokens, and a row has ${length(sequences.length)}: no row can hold a whole long document`,
    );
  }
  const except = mix.length.except ?? [];
  const asked = cells.filter(({ source, requested }) => requested > 0 && !except.includes(source));
  const used = [...new Set(asked.map(({ source }) => source))];
  const without = used.filter((source) => !cells.some((cell) => cell.source === source && cell.long));
  if (scope === 'per-source' && without.length > 0 && without.length < used.length) {
    warnings.push(
      `${few(without)}: no document of ${length(threshold)} tokens or more, so the length rule has no effect there`,
    );
  }
  return warnings;
}

/** Warns if a long_share rule lowers the share of long documents, because the corpus already has more of them. */
function takesLongAway({ mix }: Recipe['phases'][number], cells: readonly PlannedCell[]): string[] {
  const { length: rule, shares } = mix;
  if (rule?.rule.kind !== 'long_share') return [];
  const asked = rule.rule.share;
  const bySource = [...grouped(cells, ({ source }) => source)]
    .filter(([source]) => !rule.except?.includes(source))
    .map(([source, mine]) => {
      const measure = (some: readonly PlannedCell[]) =>
        some.reduce((sum, cell) => sum + (mix.sharesOf === 'documents' ? cell.documents : cell.usable), 0);
      const whole = measure(mine);
      const weight = shares === null ? whole : (shares.get(source) ?? 0);
      return { source, weight, long: whole === 0 ? 0 : measure(mine.filter(({ long }) => long)) / whole };
    })
    .filter(({ weight }) => weight > 0);
  const counted = mix.sharesOf;
  if (rule.scope === 'global') {
    const weight = bySource.reduce((sum, each) => sum + each.weight, 0);
    const long =
      bySource.reduce((sum, each) => sum + each.weight * each.long, 0) / Math.max(weight, Number.MIN_VALUE);
    if (long <= asked + noticedDrift) return [];
    return [
      `${percent(long)} of the ${counted} are long, and long_share asks for ${percent(asked)}: the rule removes long text`,
    ];
  }
  const more = bySource.filter(({ long }) => long > asked + noticedDrift);
  if (more.length === 0) return [];
  const list = few(more.map(({ source, long }) => `${source} ${percent(long)}`));
  return [
    `long ${counted} have a larger share than the ${percent(asked)} that long_share asks for (${list}): the rule removes long text there`,
  ];
}

/** Warns of sources that get no document: the mix asks for less than one document, and documents are taken whole. */
function withoutDocuments({ mix }: Recipe['phases'][number], cells: readonly PlannedCell[]): string[] {
  const bands = grouped(cells, ({ source, long }) =>
    mix.length === null ? source : `${source}, ${long ? 'long' : 'short'} documents`,
  );
  const empty = [...bands].flatMap(([band, mine]) => {
    const asked = mine.reduce((sum, { requested }) => sum + requested, 0);
    return asked > 0 && mine.every(({ taken }) => taken === 0)
      ? [`${band} (${integer(Math.max(1, asked))} tokens)`]
      : [];
  });
  if (empty.length === 0) return [];
  return [
    `no document is taken from cells that are asked for fewer tokens than one document has: ${few(empty)}`,
  ];
}

function grouped(
  cells: readonly PlannedCell[],
  nameOf: (cell: PlannedCell) => string,
): Map<string, PlannedCell[]> {
  const groups = new Map<string, PlannedCell[]>();
  for (const cell of cells) groups.set(nameOf(cell), [...(groups.get(nameOf(cell)) ?? []), cell]);
  return groups;
}

const namedAtMost = 5;

/** Shortens a list to fit in a few lines. */
function few(names: readonly string[]): string {
  const more = names.length - namedAtMost;
  return more > 1 ? `${names.slice(0, namedAtMost).join(', ')} and ${integer(more)} more` : names.join(', ');
}

/** Warns of sources that miss their share. Documents are taken whole, so a few large ones can't hit a share exactly. */
function drift(cells: readonly PlannedCell[]): string[] {
  const total = cells.reduce((sum, { requested }) => sum + requested, 0);
  const sources = new Set(cells.map((cell) => cell.source));
  if (total === 0) return [];
  const noticed = sources.size === 1 ? noticedAlone : noticedDrift;
  const warnings: string[] = [];
  for (const source of sources) {
    const mine = cells.filter((cell) => cell.source === source);
    const asked = mine.reduce((sum, { requested }) => sum + requested, 0) / total;
    const got = mine.reduce((sum, { achieved }) => sum + achieved, 0) / total;
    if (Math.abs(got - asked) <= noticed) continue;
    const moved = mine.some(({ redistributed }) => redistributed !== 0);
    const why = moved ? 'redistributed' : 'its documents are too large to come closer';
    warnings.push(`${source}: asked for ${percent(asked)} of the mix, gets ${percent(got)} (${why})`);
  }
  const more = warnings.length - namedAtMost;
  return more > 1
    ? [
        ...warnings.slice(0, namedAtMost),
        `${integer(more)} more sources get a share other than the one asked for`,
      ]
    : warnings;
}

function rowWarnings(sets: readonly PlannedSet[], cells: readonly PlannedCell[]): string[] {
  return [...sets.flatMap(padding), ...lost(sets, cells), ...sets.flatMap(cuts), ...sets.flatMap(groups)];
}

function padding({ name, rows, ledger, sequences }: PlannedSet): string[] {
  const share = ledger.padding / (rows.rows * rows.width);
  if (share <= emptyRows) return [];
  const fits = sequences.packing === 'best-fit' || sequences.packing === 'groups';
  const why = fits ? 'few documents, or one row more than they fill' : 'packing: best-fit wastes less';
  return [`${name}: ${percent(share)} of the tokens are padding (${why})`];
}

/** Warns of tokens that no row holds. They are lost after the mix was made, and some sources lose more than others. */
function lost(sets: readonly PlannedSet[], cells: readonly PlannedCell[]): string[] {
  const [first] = sets;
  if (first === undefined) return [];
  // All sets of a phase have the same counts of the tokens that none of them holds, so the first set is enough.
  const { overlong_truncated, overlong_excluded, tail_discarded, elsewhere } = first.ledger.dropped;
  const tokens = overlong_truncated + tail_discarded;
  const kept = first.ledger.packedOnce + elsewhere;
  if (tokens + overlong_excluded <= lostTokens * kept) return [];
  const all = kept + tokens + overlong_excluded;
  const { packing, overlong, tails, decompose } = first.sequences;
  const ends =
    packing === 'decompose'
      ? `decompose.smallest: ${decompose!.smallest}`
      : `overlong: ${overlong}, tails: ${tails}`;
  const shares = sharesMoved(sets, cells);
  const warnings: string[] = [];
  if (tokens > 0)
    warnings.push(`${compact(tokens)} tokens are lost at the ends of rows (packing: ${packing}, ${ends})`);
  if (overlong_excluded > 0)
    warnings.push(
      `${compact(overlong_excluded)} tokens (${percent(overlong_excluded / all)}) are of documents that are longer than a row and left out (overlong: exclude)`,
    );
  return warnings.map((warning, i) => `${first.name}: ${warning}${i === 0 ? shares : ''}`);
}

/** The shares of the sources in the rows, if they differ from those of the mix; else ''. */
function sharesMoved(sets: readonly PlannedSet[], cells: readonly PlannedCell[]): string {
  const inRows = sharesBySource(
    sets.flatMap(({ ledger }) =>
      ledger.cells.map(({ source, packedInstances }) => [source, packedInstances]),
    ),
  );
  const inMix = sharesBySource(cells.map(({ source, achieved }) => [source, achieved]));
  const moved = [...inMix].some(
    ([source, share]) => Math.abs((inRows.get(source) ?? 0) - share) > noticedDrift,
  );
  if (!moved) return '';
  const list = [...inMix.keys()].map((source) => `${source} ${percent(inRows.get(source) ?? 0)}`);
  return `; in the rows the mix is then ${few(list)}`;
}

function sharesBySource(tokens: readonly (readonly [source: string, tokens: number])[]): Map<string, number> {
  const total = tokens.reduce((sum, [, count]) => sum + count, 0);
  const shares = new Map<string, number>();
  for (const [source, count] of tokens) shares.set(source, (shares.get(source) ?? 0) + count / total);
  return shares;
}

function cuts({ name, quality }: PlannedSet): string[] {
  if (quality.fittingCut <= 0.5 * quality.fitting) return [];
  return [`${name}: more than half of the documents that fit in a row are cut; packing: best-fit cuts none`];
}

/** A trainer that keeps attention inside each document gains nothing from documents that stand together. */
function groups({ name, sequences, groups: figures }: PlannedSet): string[] {
  if (sequences.packing !== 'groups') return [];
  const masked =
    sequences.intent === undefined
      ? [
          `${name}: packing groups is void where attention stays inside each document, as it does by default: add sequences.intent: no-mask, and train without such a mask`,
        ]
      : [];
  const none = figures?.groups === 0 ? [`${name}: no group has two documents in the rows`] : [];
  return [...masked, ...none];
}

function validation(recipe: Recipe, plan: BuildPlan): string[] {
  if (recipe.validation === 0 || plan.ledgers.validation !== undefined) return [];
  return [
    `split.validation is ${percent(recipe.validation)} of the documents, which rounds to no document here`,
  ];
}

function steps({ steps: plan }: BuildPlan): string[] {
  return (plan?.sets ?? []).flatMap(({ name, rows, rowsPerStep, steps: whole, rest }) => {
    if (whole === 0)
      return [
        `${name}: ${counted(rows, 'row')}, but a step takes ${rowsPerStep}: there is not one whole step`,
      ];
    if (rest <= leftOver * rows) return [];
    return [
      `${name}: ${percent(rest / rows)} of the rows are left over (less than a step); a smaller tokens_per_step leaves fewer`,
    ];
  });
}
