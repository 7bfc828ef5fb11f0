/** In the documentation, recipes are accepted, links lead somewhere, and tables are up to date. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAblation } from '../src/recipe/ablation/parse-ablation.ts';
import { parseRecipe } from '../src/recipe/parse-recipe.ts';
import { temporaryFolder } from './support/folder.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.split(sep).join('/')}`),
  'bench/RESULTS.md',
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** npm puts these in whatever `files` says. */
const always = ['README.md', 'LICENSE', 'package.json'];
const { files: listed } = JSON.parse(read('package.json')) as { files: readonly string[] };

/** Whether a path of the clone is in the package. */
function ships(path: string): boolean {
  return always.includes(path) || listed.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

const snippets = pages.flatMap((page) =>
  Array.from(read(page).matchAll(/^```yaml\n(.*?)^```/gms), ([, yaml], i) => [page, i + 1, yaml!] as const),
);

describe('the documents', () => {
  it('have recipes to copy', () => expect(snippets.length).toBeGreaterThan(5));

  it.each(snippets)('%s: recipe %i is accepted', (_, __, yaml) => {
    // An ablation in a document is over the first recipe of docs/mixes.md.
    const base = snippets.find(([page]) => page === 'docs/mixes.md')![2];
    if (/^base:/m.test(yaml))
      expect(parseAblation(yaml, 'arms.yaml', () => base).arms.length).toBeGreaterThan(1);
    else expect(parseRecipe(yaml, 'recipe.yaml').sources.length).toBeGreaterThan(0);
  });

  it.each(pages)('%s: its links lead somewhere', (page) => {
    for (const [, link] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(root, dirname(page), link!)), link).toBe(true);
    }
  });

  it.each(pages.filter(ships))('%s: its links lead to what is in the package, too', (page) => {
    const links = Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, link]) => link!);
    const targets = links.map((link) => posix.join(posix.dirname(page), link).replace(/\/$/, ''));
    expect(targets.filter((target) => !ships(target))).toEqual([]);
  });

  it.each(pages.filter((page) => page !== 'docs/trainers.md'))(
    '%s: the files that it names are there',
    (page) => {
      const named = Array.from(
        read(page).matchAll(/`((?:src|test|scripts|trainers)\/[\w./-]+)`/g),
        ([, path]) => path!,
      );
      expect(named.filter((path) => !path.includes('NAME') && !existsSync(join(root, path)))).toEqual([]);
    },
  );

  it('are all in the index', () => {
    const indexed = ['docs/README.md', 'docs/decisions/README.md'].flatMap((index) =>
      Array.from(read(index).matchAll(/\]\(([^)#]+)\)/g), ([, link]) => posix.join(dirname(index), link!)),
    );
    expect(pages.filter((page) => page.startsWith('docs/') && !indexed.includes(page))).toEqual([
      'docs/README.md',
    ]);
  });

  it('have a trainer in JavaScript that learns, saves and goes on', async () => {
    const [, code] = /^```js\n(.*?)^```/ms.exec(read('docs/trainers.md'))!;
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine.mjs'), code!);
    const { default: trainer } = (await import(pathToFileURL(join(folder, 'mine.mjs')).href)) as {
      default: { [method: string]: (given: unknown) => { loss: number } };
    };
    // The last of the six ids is padding.
    const batch = { inputIds: [1, 1, 1, 2, 1, 0], rows: [0, 1], width: 3, padding: [0, 1] };
    const step = () => trainer.step!({ ...batch, inputIds: Uint16Array.from(batch.inputIds) }).loss;
    trainer.start!({ manifest: { tokenizer: { vocabularySize: 4 } } });
    const losses = [step(), step()];
    expect(losses[0]).toBeCloseTo(
      -(Math.log(1 / 4) + Math.log(2 / 5) + Math.log(3 / 6) + Math.log(1 / 7) + Math.log(4 / 8)) / 5,
    );
    trainer.save!(folder);
    const third = step();
    expect(third).toBeLessThan(losses[1]!);
    trainer.restore!(folder);
    expect(step()).toBe(third);
  });

  it('list the keys that a recipe has', () => {
    const made = execFileSync(process.execPath, [join(root, 'scripts/recipe-keys.mjs')], {
      encoding: 'utf8',
    });
    expect(read('docs/recipe-keys.md'), 'node scripts/recipe-keys.mjs > docs/recipe-keys.md').toBe(made);
  });
});
