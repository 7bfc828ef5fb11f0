/** `longmix ablate`, as a user runs it: one store, one folder per arm, one comparison. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AblationReport } from '../../src/build/ablation-file.ts';
import { hashes } from '../support/folder.ts';
import {
  expectMessage,
  filesBelow,
  jsonLines,
  longmixOk,
  type Workplace,
  workplace,
} from '../support/in-process.ts';
import { readSplit } from '../support/reconstruct.ts';

const base = {
  tokenizer: 'gpt2',
  sources: { notes: 'notes.jsonl', more: 'more.jsonl' },
  split: { validation: '5%' },
  sequences: { length: 512 },
  seed: 5,
};
const rule = (more: object) => ({ mix: { length: { threshold: 128, scope: 'global', ...more } } });

/** A base recipe, an ablation of these arms, and a corpus. JSON is YAML. */
function prepare(place: Workplace, ablation: object): void {
  place.write('notes.jsonl', jsonLines(400));
  place.write('more.jsonl', jsonLines(150).replaceAll('words', 'other words'));
  place.write('mix.yaml', JSON.stringify(base));
  place.write('arms.yaml', JSON.stringify({ name: 'arms', base: './mix.yaml', ...ablation }));
}

const five = {
  arms: {
    original: {},
    'keep-20': rule({ keep_short: '20%' }),
    'keep-50': rule({ keep_short: '50%' }),
    'keep-50-concat': { ...rule({ keep_short: '50%' }), sequences: { packing: 'concat' } },
    'no-long': rule({ remove: 'long' }),
  },
};

function documentsOf(folder: string): Set<number> {
  return new Set(readSplit(folder, 'train').rows.flatMap(({ docIds }) => docIds));
}

describe('longmix ablate', () => {
  it('gathers the tokens of each arm if told to, with the same bytes', async () => {
    using place = workplace();
    prepare(place, { arms: { original: {}, 'no-long': rule({ remove: 'long' }) } });
    for (const gather of ['never', 'always']) {
      const args = [
        'ablate',
        'arms.yaml',
        '--out',
        gather,
        '--gather',
        gather,
        '--set',
        `store=${place.path}/store`,
      ];
      const { stderr } = await longmixOk(args, place.path);
      expect(stderr.match(/(original|no-long): gather: /g)?.length ?? 0).toBe(gather === 'always' ? 2 : 0);
    }
    const [direct, gathered] = ['never', 'always'].map((out) => hashes(join(place.path, out)));
    expect(gathered).toEqual(direct);
    expect(filesBelow(join(place.path, 'always')).filter((name) => name.includes('gather-'))).toEqual([]);
  });

  it('builds every arm from one store, and arms that share a rule share its documents', async () => {
    using place = workplace();
    prepare(place, five);
    const { stdout, stderr } = await longmixOk(['ablate', 'arms.yaml', '--html', 'arms.html'], place.path);
    const out = join(place.path, 'out/arms');
    expect(stderr.match(/tokenize: /g)).toHaveLength(1);
    expect(readdirSync(out).sort()).toEqual([...Object.keys(five.arms), 'ablation.json', 'store'].sort());
    for (const arm of Object.keys(five.arms)) {
      expect(stdout).toMatch(new RegExp(`^arm .*\\b${arm}\\b`, 'm'));
      await longmixOk(['verify', join(out, arm), '--deep'], place.path);
    }
    const [original, keep20, keep50, concat] = Object.keys(five.arms).map((arm) =>
      documentsOf(join(out, arm)),
    );
    expect(concat).toEqual(keep50);
    // Rounding moves at most a document at the edge of a cell.
    expect([...keep20!].filter((d) => !keep50!.has(d)).length).toBeLessThanOrEqual(4);
    expect([...keep50!].filter((d) => !original!.has(d))).toEqual([]);

    const report = JSON.parse(readFileSync(join(out, 'ablation.json'), 'utf8')) as AblationReport;
    expect(report.arms.map(({ arm }) => arm)).toEqual(Object.keys(five.arms));
    expect(report.arms[1]!.changes).toEqual({
      'mix.length': { threshold: 128, scope: 'global', keep_short: '20%' },
    });
    const verified = await longmixOk(['verify', out, '--deep'], place.path);
    expect(verified.stdout.match(/\/train/g)).toHaveLength(5);
    rmSync(join(out, 'keep-20'), { recursive: true });
    const armGone = await place.run('verify', out);
    expect(armGone.code).toBe(1);
    expect(armGone.stdout).toMatch(/keep-20: no finished shards, though ablation\.json lists it/);
    const held = report.arms.map(({ ledgers }) => ledgers.validation!.packedOnce);
    expect(new Set(held).size).toBe(1);
    expect(readFileSync(join(place.path, 'arms.html'), 'utf8')).toContain('keep-50-concat');
  });

  it('does nothing a second time, and builds a new arm from the tokens that are there', async () => {
    using place = workplace();
    prepare(place, five);
    await longmixOk(['ablate', 'arms.yaml', '--quiet'], place.path);
    const shards = () =>
      filesBelow(place.path).filter((name) => name.endsWith('.arrow') || name.endsWith('.tokens'));
    const times = () => shards().map((name) => [name, statSync(join(place.path, name)).mtimeMs]);
    const before = times();
    await longmixOk(['ablate', 'arms.yaml', '--quiet'], place.path);
    expect(times()).toEqual(before);

    prepare(place, { arms: { ...five.arms, pad: { sequences: { packing: 'pad' } } } });
    const { stderr } = await longmixOk(['ablate', 'arms.yaml'], place.path);
    expect(stderr).not.toContain('tokenize: ');
    expect(new Map(times() as [string, number][])).toEqual(
      new Map([
        ...(before as [string, number][]),
        ...(times() as [string, number][]).filter(([name]) => name.includes('/pad/')),
      ]),
    );
    expect(existsSync(join(place.path, 'out/arms/pad/train/manifest.json'))).toBe(true);
  });

  it('compares with --plan and writes no shard', async () => {
    using place = workplace();
    prepare(place, { grid: { 'mix.length.threshold': [64, 128], 'mix.length.keep_short': ['20%', '50%'] } });
    place.write('mix.yaml', JSON.stringify({ ...base, ...rule({ keep_short: '10%' }) }));
    const { stdout } = await longmixOk(['ablate', 'arms.yaml', '--plan', '--json'], place.path);
    const { arms } = JSON.parse(stdout) as AblationReport;
    expect(arms).toHaveLength(4);
    const tokens = arms.map(({ ledgers }) => ledgers.train!.packedOnce);
    expect(tokens[0]).toBeLessThan(tokens[1]!);
    expect(tokens[2]).toBeLessThan(tokens[3]!);
    expect(readdirSync(join(place.path, 'out/arms'))).toEqual(['store']);
  });

  it('stops at an arm that cannot be had, with its name, before any arm is written', async () => {
    using place = workplace();
    prepare(place, { arms: { fine: {}, greedy: { mix: { tokens: '1B', method: 'drop' } } } });
    const outcome = await place.run('ablate', 'arms.yaml');
    expectMessage(
      outcome,
      2,
      /arm greedy: the mix asks for more than the corpus has/,
      /mix\.tokens of at most [\d,]+/,
    );
    expect(readdirSync(join(place.path, 'out/arms'))).toEqual(['store']);
  });
});

describe('documents.length: chars/3.68', () => {
  it("measures thresholds by characters, as Fu's code does", async () => {
    using place = workplace();
    // 40 characters in one token-poor word each: long by characters, short by tokens.
    const words = Array.from({ length: 60 }, (_, i) => JSON.stringify({ text: `${i} ${' '.repeat(800)}` }));
    const texts = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({ text: `${i} plain words`.repeat(3) }),
    );
    place.write('a.jsonl', [...words, ...texts].join('\n'));
    const recipe = { tokenizer: 'cl100k_base', sources: { a: 'a.jsonl' }, sequences: { length: 64 } };
    const removeLong = { mix: { length: { threshold: 200, remove: 'long' } } };
    const plan = async (more: object) => {
      place.write('mix.yaml', JSON.stringify({ ...recipe, ...removeLong, ...more }));
      return JSON.parse((await longmixOk(['plan', 'mix.yaml', '--json'], place.path)).stdout);
    };
    const exact = await plan({});
    expect(exact.ledgers.train.packedDocuments).toBe(120);
    const estimated = await plan({ documents: { length: 'chars/3.68' } });
    expect(estimated.ledgers.train.packedDocuments).toBe(60);
    // 803 characters / 3.68 = 218.2; 804 / 3.68 = 218.5.
    expect(estimated.phases[0].cells.map((cell: { long: boolean }) => cell.long)).toEqual([false, true]);
    const edge = await plan({
      documents: { length: 'chars/3.68' },
      mix: { length: { threshold: 219, remove: 'long' } },
    });
    expect(edge.ledgers.train.packedDocuments).toBe(120);
  });
});
