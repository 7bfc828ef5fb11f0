/** Recipe keys as flags (test/recipe/settings.test.ts tests their values), and the forms of a corpus argument. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectMessage, filesBelow, jsonLines, workplace } from '../support/in-process.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());

beforeAll(() => {
  place.write('web/a.jsonl', jsonLines(40));
  place.write('web/b.jsonl', jsonLines(40, 'content'));
  place.write('mix.yaml', 'sources: { web: web/b.jsonl }\nsequences: { length: 256 }\nseed: 3\n');
  place.write('arms.yaml', 'base: mix.yaml\narms: { plain: {}, short: { sequences: { length: 128 } } }\n');
});

const flags = ['--text', 'content', '--store', 'shared', '--length', '1K'];

test('build, stats, plan and ablate take them, and say which tokens they reuse', async () => {
  const built = await place.run('build', 'mix.yaml', ...flags, '--seed', '5', '--quiet');
  expect(built).toMatchObject({ code: 0, stderr: '' });
  const manifest = JSON.parse(readFileSync(join(place.path, 'out/mix/train/manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ length: 1024, recipe: { seed: 5 } });
  const reused = /^tokens reused: 40 documents, .* tokens \(cl100k_base\) in .*shared$/m;
  const plan = await place.run(
    'plan',
    'web/b.jsonl',
    ...flags,
    '--store',
    'other',
    '--set',
    'mix.tokens=1K',
    '--json',
  );
  expect(plan.stderr).not.toMatch(reused);
  expect(JSON.parse(plan.stdout)).toMatchObject({ recipe: { phases: [{ mix: { tokens: 1000 } }] } });
  expect(await place.run('stats', 'mix.yaml', ...flags)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(reused),
  });
  const arms = await place.run('ablate', 'arms.yaml', ...flags, '--plan', '--json');
  expect(arms).toMatchObject({ code: 0, stderr: expect.stringMatching(reused) });
  const lengths = (JSON.parse(arms.stdout) as { arms: { sets: { width: number }[] }[] }).arms;
  expect(lengths.map(({ sets }) => sets[0]!.width)).toEqual([1024, 128]);
  expectMessage(await place.run('stats', 'shared', '--seed', '1'), 2, /--seed 1 is a recipe setting/);
});

test('a setting that is no key of a recipe is the trainer’s only where one is started', async () => {
  const { code, stderr } = await place.run('ablate', 'arms.yaml', ...flags, '--plan', '--set', 'layers=1');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^longmix: --set layers=1: unknown key `layers` in the recipe/);
});

test('a glob is a corpus, named after the folder before its first wildcard', async () => {
  const { code, stderr } = await place.run('build', 'web/a*.jsonl', '--length', '128');
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Built web$/m) });
  expect(stderr).toMatch(/^read +40 documents/m);
});

test('an address of an unknown kind is refused with those that are known, and no folder is made', async () => {
  const before = filesBelow(place.path);
  expectMessage(
    await place.run('build', 'ftp://host/corpus'),
    2,
    /ftp:\/\/host\/corpus: not an address that longmix reads.*\n {2}write s3:\/\/BUCKET/,
  );
  expect(filesBelow(place.path)).toEqual(before);
});

test('--html where it cannot be written is refused before the work', async () => {
  for (const [html, why] of [
    ['nowhere/page.html', /no such file or directory/],
    ['web', /that is a folder/],
    ['mix.yaml/page.html', /a file/],
  ] as const) {
    expectMessage(await place.run('plan', 'mix.yaml', '--out', 'out/none', '--html', html), 2, why);
  }
  expect(filesBelow(join(place.path, 'out')).filter((name) => name.startsWith('none'))).toEqual([]);
});

test('verify of what is not there says so', async () => {
  expectMessage(await place.run('verify', 'out/nosuch'), 2, /^longmix: there is no folder out\/nosuch\n/);
});
