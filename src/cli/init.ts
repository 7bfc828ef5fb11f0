/** `longmix init`: a first recipe for a directory, with what is in it and what can be changed. */
import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { LongmixError } from '../errors.ts';
import { discover } from '../read/discover.ts';
import { defaultRecipe } from '../recipe/default-recipe.ts';
import { bytes, integer } from '../report/format.ts';
import { writeFile } from '../run/commit.ts';
import { unitBytes } from '../run/parts.ts';
import type { ReadUnit, SourceSpec } from '../types.ts';

interface Flags {
  readonly out?: string;
}

export async function runInit(corpus: string, flags: Flags): Promise<void> {
  const root = resolve(corpus);
  const [whole] = defaultRecipe(root).sources;
  const units = await discover(whole!);
  const base = flags.out === undefined ? process.cwd() : dirname(resolve(flags.out));
  const text = recipeText(whole!, units, root, base);
  if (flags.out === undefined) {
    process.stdout.write(text);
    return;
  }
  const out = resolve(flags.out);
  if (existsSync(out)) {
    throw new LongmixError('output-exists', `${flags.out} is there already`, {
      cure: 'give another name with --out',
    });
  }
  writeFile(out, text);
  process.stderr.write(`wrote ${flags.out}; next: longmix plan ${flags.out}\n`);
}

interface Found {
  readonly name: string;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

/** One source a first-level directory, one for the files beside them. */
function findSources(whole: SourceSpec, units: readonly ReadUnit[], root: string): Found[] {
  const groups = new Map<string, ReadUnit[]>();
  for (const unit of units) {
    const [first, ...rest] = unit.name.split('/');
    const key = rest.length === 0 ? '.' : first!;
    groups.set(key, [...(groups.get(key) ?? []), unit]);
  }
  if (groups.size === 1) return [found(whole.name, root, units)];
  return [...groups].map(([key, mine]) => {
    if (key !== '.') return found(key, resolve(root, key), mine);
    // Files beside directories: one source each, or a source of the directory would take the others' files too.
    return found(basename(root), root, mine);
  });
}

function found(name: string, path: string, units: readonly ReadUnit[]): Found {
  const files = new Set(units.flatMap((unit) => unit.files.map((file) => file.path)));
  return { name, path, files: files.size, bytes: units.reduce((sum, unit) => sum + unitBytes(unit), 0) };
}

function recipeText(whole: SourceSpec, units: readonly ReadUnit[], root: string, base: string): string {
  const sources = findSources(whole, units, root).map(({ name, path, files, bytes: size }) => {
    const shown = relative(base, path).replaceAll('\\', '/') || '.';
    const only = path === root && units.some((unit) => unit.name.includes('/')) ? ', include: "*"' : '';
    const spec = `{ path: ${quoted(shown.startsWith('.') ? shown : `./${shown}`)}${only} }`;
    return `  ${quoted(name)}: ${spec}   # ${integer(files)} ${files === 1 ? 'file' : 'files'}, about ${bytes(size)}`;
  });
  return `# A first recipe, by longmix init. Paths are relative to this file.
# Look before you build:  longmix stats FILE  (lengths),  longmix plan FILE  (what the mix gives)
name: ${quoted(whole.name)}
tokenizer: cl100k_base            # or o200k_base, p50k_base, r50k_base, gpt2
sources:
${sources.join('\n')}
split: { validation: 1% }         # by document; its documents are in no training row
mix:
  tokens: all                     # or an amount, such as 500M
  # Give long documents more weight: at least 4,096 tokens is long, and they shall be 60 % of the tokens.
  # length: { threshold: 4096, long_share: 60%, method: drop }
sequences:
  length: 8192                    # tokens of a row
  packing: best-fit               # no document that fits in a row is cut; or concat, pad
  eos: true
seed: 17
`;
}

/** Plain where YAML reads it as a string, quoted otherwise. */
function quoted(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}
