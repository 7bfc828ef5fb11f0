import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LedgerEntry } from '../../src/nouns/ledger.ts';
import type { PlannedCell } from '../../src/nouns/mix.ts';
import type { ReportData } from '../../src/report/html/data.ts';
import { htmlReport } from '../../src/report/html/html-report.ts';
import { shorten } from '../../src/report/table.ts';
import {
  ablationReport,
  armOf,
  hostileNames,
  manyCurvesReport,
  plainArm,
  planReport,
  statsReport,
} from '../support/report-data.ts';

const curriculum = planReport(armOf('curriculum', 0));
const plain = planReport(plainArm('plain'));
/** Nothing was taken, nothing is in the rows, nobody knows the histogram. */
const nothing = emptied(plain);
/** One arm that was trained, for a step, by a trainer that says nothing of a validation set. */
const oneStep: ReportData = {
  ...plain,
  training: {
    trainer: 'command',
    tokens: 4096,
    arms: [{ name: 'plain', losses: [{ tokens: 4096, loss: 7.5 }], validation: null }],
  },
};
const reports = {
  ...{ curriculum, plain, nothing, ablation: ablationReport, stats: statsReport },
  ...{ manyCurves: manyCurvesReport, oneStep },
};

const integer = (value: number) => Math.round(value).toLocaleString('en-US');

/** Text as it stands in the page. */
function escaped(text: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };
  return text.replace(/[&<>"']/g, (letter) => `&${names[letter]};`);
}

/** Opening and closing tags. Nothing of a user's has a `<` or a `>` of its own. */
function tagsOf(page: string): string[] {
  return page.match(/<[!/a-zA-Z][^>]*>/g) ?? [];
}

/** What stands in the page's tables, a cell each. */
function tableCells(page: string): Set<string> {
  return new Set(
    Array.from(page.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g), ([, text]) => text!.replace(/<[^>]+>/g, '')),
  );
}

function emptied(report: ReportData): ReportData {
  const zero = (entry: LedgerEntry) => ({ ...entry, packedOnce: 0, packedInstances: 0, read: 0 });
  const untaken = (cell: PlannedCell) => ({
    ...cell,
    achieved: 0,
    taken: 0,
    requested: 0,
    usable: 0,
    tokens: 0,
  });
  return {
    ...report,
    arms: report.arms.map((arm) => ({
      ...arm,
      recipe: null,
      ledger: { ...arm.ledger, ...zero(arm.ledger), rows: 0, rowTokens: 0, specialTokens: 0, padding: 0 },
      phases: arm.phases.map((phase) => ({ ...phase, cells: phase.cells.map(untaken) })),
      sets: arm.sets.map((set) => ({
        ...set,
        piecesPerRow: null,
        quality: { ...set.quality, pieces: 0, meanPieceLength: 0, meanContextLength: 0, fitting: 0 },
        ledger: { ...set.ledger, ...zero(set.ledger), rows: 0, rowTokens: 0, specialTokens: 0, padding: 0 },
      })),
    })),
  };
}

describe.each(Object.entries(reports))('the report of %s', async (_, report) => {
  const page = await htmlReport(report);
  const again = await htmlReport(report);

  test('is the same bytes every time', () => expect(again).toBe(page));

  test('needs no network and no script', () => {
    const style = page.match(/<style>([^<]*)<\/style>/)![1]!;
    expect(page).not.toMatch(/https?:/);
    expect(style + tagsOf(page).join('')).not.toMatch(/url\(|@import|javascript:|data:/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('has only elements and attributes of ours', () => {
    const elements =
      '!doctype html head meta title style body header main nav section footer h1 h2 h3 h4 h5 p ul li a b i span dl dt dd div ' +
      'table caption thead tbody tr th td figure figcaption details summary pre code svg desc g path line text';
    const attributes =
      'lang charset http-equiv content name class id style href role tabindex scope colspan rowspan aria-label aria-labelledby ' +
      'aria-describedby width height viewBox d fill stroke stroke-width stroke-dasharray transform x2 y2 text-anchor font-size font-weight';
    const tags = tagsOf(page);
    const used = new Set(tags.map((tag) => tag.match(/^<\/?([^\s/>]+)/)![1]!));
    expect([...used].filter((name) => !elements.split(' ').includes(name))).toEqual([]);
    const given = new Set(
      tags.flatMap((tag) => Array.from(tag.matchAll(/\s([^\s="]+)="[^"]*"/g), ([, name]) => name!)),
    );
    expect([...given].filter((name) => !attributes.split(' ').includes(name))).toEqual([]);
    const targets = tags.flatMap((tag) => Array.from(tag.matchAll(/\shref="([^"]*)"/g), ([, to]) => to![0]));
    expect(new Set([...targets, '#'])).toEqual(new Set(['#']));
  });

  test('nests what it opens', () => {
    const open: string[] = [];
    const wrong: string[] = [];
    const single = ['meta', 'br'];
    for (const [, close, name, self] of page.matchAll(/<(\/?)([a-z][\w]*)[^>]*?(\/?)>/g)) {
      if (self === '/' || single.includes(name!)) continue;
      if (close !== '/') open.push(name!);
      else if (open.at(-1) === name) open.pop();
      else wrong.push(name!);
    }
    expect({ open, wrong }).toEqual({ open: [], wrong: [] });
  });

  test('ids are unique, and what refers to them finds them', () => {
    const ids = Array.from(page.matchAll(/\sid="([^"]*)"/g), ([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const references = Array.from(
      page.matchAll(/\s(?:aria-labelledby|aria-describedby|href)="#?([^"]*)"/g),
      ([, id]) => id!,
    );
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('every chart says what it shows, every table has a caption and heads', () => {
    const charts = page.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    for (const chart of charts)
      expect(chart).toMatch(
        /^<svg role="img" aria-labelledby="\S+" aria-describedby="\S+"[^>]*><title[^>]*>[^<]+<\/title><desc[^>]*>[^<]+<\/desc>/,
      );
    const tables = page.match(/<table>[\s\S]*?<\/table>/g) ?? [];
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) {
      expect(table).toMatch(/^<table>\n<caption>[^<]+<\/caption>/);
      expect(table.match(/<th(?! scope="(col|row|rowgroup)")[\s>]/g)).toBeNull();
    }
  });

  test('headings have no gaps', () => {
    const levels = Array.from(page.matchAll(/<h([1-6])[ >]/g), ([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    for (const [i, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
  });

  test('no figure is missing where there is one to show', () => {
    expect(page.replace(/<pre[\s\S]*?<\/pre>/g, '')).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('names everything', () => {
    const texts = [report.title, report.tokenizer, ...(report.seed === null ? [] : [String(report.seed)])];
    for (const corpus of report.corpora) texts.push(corpus.name, ...corpus.cells.map(({ source }) => source));
    for (const arm of report.arms) {
      texts.push(...arm.warnings.map((warning) => warning), ...arm.sets.map(({ name }) => name));
      texts.push(...arm.phases.flatMap(({ cells }) => cells.map(({ source }) => source)));
      if (report.arms.length > 1) texts.push(arm.name);
      if (arm.phases.length > 1) texts.push(...arm.phases.map(({ name }) => name));
      texts.push(JSON.stringify(arm.recipe, null, 2));
    }
    for (const text of new Set(texts)) expect(page).toContain(escaped(text));
  });

  test('has every figure of the data in a table', () => {
    const cells = tableCells(page);
    const expectFigure = (figure: string) => expect(cells).toContain(figure);
    const { corpora, arms } = report;
    for (const { documents, tokens } of [
      ...corpora.flatMap((corpus) => corpus.cells),
      ...arms.flatMap(({ phases }) => phases.flatMap((phase) => phase.cells)),
    ]) {
      expectFigure(integer(documents));
      expectFigure(integer(tokens));
    }
    for (const cell of arms.flatMap(({ phases }) => phases.flatMap((phase) => phase.cells))) {
      const { usable, requested, redistributed, taken, achieved, epochs } = cell;
      for (const figure of [usable, requested, taken, achieved]) expectFigure(integer(figure));
      const sign = redistributed < 0 ? '−' : redistributed > 0 ? '+' : '';
      expectFigure(`${sign}${integer(Math.abs(redistributed))}`);
      if (usable > 0) expectFigure(epochs.toFixed(2));
    }
    const ledgers = arms.flatMap((arm) => [arm.ledger, ...arm.sets.map(({ ledger }) => ledger)]);
    for (const ledger of ledgers) {
      const { read, packedOnce, packedInstances, specialTokens, rows } = ledger;
      for (const figure of [
        read,
        packedOnce,
        packedInstances - packedOnce,
        specialTokens,
        rows,
        ledger.rowTokens,
      ])
        expectFigure(integer(figure));
      for (const lost of Object.values(ledger.dropped)) if (lost > 0) expectFigure(integer(lost));
      expectFigure(integer(ledger.documents));
      expectFigure(integer(ledger.packedDocuments));
    }
    for (const {
      ledger: { padding },
      quality,
      piecesPerRow,
    } of arms.flatMap(({ sets }) => sets)) {
      expect([...cells].some((cell) => cell.startsWith(`${integer(padding)} (`))).toBe(true);
      expectFigure(`${(quality.fill * 100).toFixed(3)}%`);
      expectFigure(`${(quality.rowsOverConcat * 100).toFixed(3)}%`);
      expectFigure(`${integer(quality.fittingCut)} of ${integer(quality.fitting)}`);
      for (const figure of [quality.pieces, quality.meanPieceLength, quality.meanContextLength])
        expectFigure(integer(figure));
      for (const bin of piecesPerRow ?? []) if (bin.rows > 0) expect(page).toContain(`: ${bin.rows} rows.`);
    }
  });
});

describe('the page', () => {
  beforeEach(() => void vi.spyOn(console, 'warn'));
  afterEach(() => vi.restoreAllMocks());

  test('charts are made without a complaint of vega', async () => {
    await htmlReport(ablationReport);
    expect(console.warn).not.toHaveBeenCalled();
  });

  test('hostile names stay text in charts too', async () => {
    const page = await htmlReport(curriculum);
    const labels = Array.from(page.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text);
    const [script, , attributes] = hostileNames;
    expect(labels).toContain(shorten(script!, 15).replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    expect(labels).toContain(shorten(attributes!, 15));
  });

  test('a source that only a later arm has is in its charts', async () => {
    const late = { ...plainArm('late'), phases: armOf('', 0).phases.slice(0, 1) };
    const page = await htmlReport({ ...plain, arms: [plainArm('first'), late] });
    expect(page).toContain('</i>code</span>');
  });

  test('a phase without cells', async () => {
    const arm = { ...plainArm('none'), phases: [{ name: 'train', cells: [] }] };
    for (const arms of [[arm], [arm, arm]])
      expect(await htmlReport({ ...plain, arms })).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('what arms change is there as written, beside what the base has', async () => {
    const page = await htmlReport(ablationReport);
    const code = (text: string) => `<code>${text}</code>`;
    const row = (...[key, ...cells]: string[]) =>
      `<th scope="row">${code(key!)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
    const rule = '{ threshold: 4Ki, keep_short: 20% }';
    expect(page).toContain(row('mix.max_epochs', code('4'), '', code('&lt;b&gt;2&lt;/b&gt;'), code('4')));
    expect(page).toContain(row('mix.length', code(rule), '', '', 'not set'));
    expect(page).toContain(row('mix.shares', 'not set', '', code('{ web: 60%, books: 40% }'), ''));
  });

  test('one source a panel, as far as there are not too many', async () => {
    const page = await htmlReport(plain);
    expect(page.match(/<figcaption>(web|books)<\/figcaption>/g)).toHaveLength(2);
  });
});

test('nothing loads vega before a page is made', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const loading = files.filter((name) =>
    /^import (?!type )[^;]* from 'vega(-lite)?'/m.test(readFileSync(`${src}${name}`, 'utf8')),
  );
  expect(loading).toEqual([]);
});
