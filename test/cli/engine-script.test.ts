/** `--engine script`: the printed script builds what threads build, by shares of lists, and ends with the first error. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { expectMessage, jsonLines, longmixOk, shell, workplace } from '../support/command.ts';
import { hashes } from '../support/folder.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());

it('a script runs all lists, and says when a share fails', async () => {
  for (const name of ['a', 'b']) place.write(`${name}.jsonl`, jsonLines(60));
  const recipe =
    'sources: { a: { path: a.jsonl }, b: { path: b.jsonl } }\nsequences: { length: 64 }\nshards: { size: 32KB }\n';
  place.write('mix.yaml', recipe);
  await longmixOk(['build', 'mix.yaml', '--out', 'threads', '--quiet'], place.path);
  const args = [
    'build',
    'mix.yaml',
    '--out',
    'own',
    '--engine',
    'script',
    '--tasks',
    '2',
    '--gather',
    'always',
  ];
  const { stdout } = await longmixOk(args, place.path);
  place.write('build.sh', stdout);
  // Tokens are taken from the store beside it, if there is one; these are made again.
  const env = `LONGMIX_STORE='${join(place.path, 'stores')}'`;
  const ran = await shell(`${env} sh build.sh`, { cwd: place.path });
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr.match(/ task \d+: /g)!.length).toBeGreaterThan(4);
  expect(shardsOf('own')).toEqual(shardsOf('threads'));
  writeFileSync(join(place.path, 'mix.yaml'), recipe.replace('64', '32'));
  writeFileSync(join(place.path, 'each.sh'), 'each() { echo "$1" >> lists; return 3; }\n');
  const failed = await shell(`LONGMIX_EACH=./each.sh sh build.sh`, { cwd: place.path });
  expect(failed.code).not.toBe(0);
}, 60_000);

/** The manifest names the store's place, which differs. */
function shardsOf(out: string): Record<string, string> {
  const { 'manifest.json': _, ...files } = hashes(join(place.path, out, 'train'));
  return files;
}

it('flags that an engine does not have are refused', async () => {
  expectMessage(await place.run('build', 'mix.yaml', '--tasks', '4'), 2, /--tasks is for an engine/);
  expectMessage(
    await place.run('build', 'mix.yaml', '--engine', 'script', '--detach'),
    2,
    /takes --tasks only/,
  );
  expectMessage(
    await place.run('build', 'mix.yaml', '--engine', 'slurm', '--engine-set', 'array=1'),
    2,
    /longmix sets it itself/,
  );
  expectMessage(
    await place.run('build', 'mix.yaml', '--engine', 'slurm', '--tasks', '0'),
    2,
    /--tasks: found "0"/,
  );
});
