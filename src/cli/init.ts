/** `longmix init`: writes a first recipe for a corpus, with its content and possible changes, or fills in a preset. */
import { existsSync, fstatSync, type Stats, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { isUrl } from '../base/is-url.ts';
import { counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { type FoundSource, findSources } from '../init/find-sources.ts';
import { type Filled, fillPreset, presetList, presetText } from '../init/presets.ts';
import { scalar, sourceText } from '../init/source-text.ts';
import { writeFile } from '../storage/commit.ts';
import { hideSecrets } from '../storage/remote-settings.ts';
import { refuseOwnOutput } from './options.ts';

interface Flags {
  readonly out?: string;
  readonly preset?: string;
  readonly presets?: boolean;
}

/**
 * Refers to a schema file beside the recipe. The file is hidden, so that a corpus in that folder doesn't include it.
 * The user creates it, because a path into the installed package would be different on the next machine.
 */
const modeline = `# yaml-language-server: $schema=.recipe.schema.json
# (An editor that knows YAML completes and checks this file after: longmix schema > .recipe.schema.json)
`;

export async function runInit(corpus: string | undefined, flags: Flags): Promise<void> {
  if (flags.presets === true) {
    process.stdout.write(presetList());
    return;
  }
  if (corpus === undefined) {
    throw new LongmixError('corpus-missing', 'init needs a corpus to look at', {
      cure: 'give a directory with text in it, or a file; longmix init --presets lists the published recipes',
    });
  }
  // Check the preset before searching the corpus, which may take a while.
  const preset = flags.preset === undefined ? null : presetText(flags.preset);
  const out = flags.out === undefined ? null : resolve(flags.out);
  if (out !== null && existsSync(out)) {
    throw new LongmixError('output-exists', `${flags.out} already exists`, {
      cure: 'choose another name with --out, or remove it',
    });
  }
  const root = isUrl(corpus) ? hideSecrets(corpus) : localRoot(corpus);
  const base = out === null ? process.cwd() : dirname(out);
  const { sources, kinds } = await findSources(root, {
    outputBelow: !isUrl(root) && statSync(root).isDirectory() && isBelow(root, base),
    recipe: out,
    isRecipe: isStandardOutput(),
    // A preset's sources are matched to folders and files.
    byPath: preset !== null,
  });
  const { text, changes } =
    preset === null
      ? { text: recipeText(sources, base, kinds), changes: [] }
      : fromPreset(preset, flags, sources, base);
  const joined = sources.filter((source) => source.join !== null).map(({ name }) => name);
  const repositories =
    joined.length === 0 ? [] : [`${joined.join(', ')}: a repository is one document (join: directory)`];
  if (out === null) process.stdout.write(text);
  else writeFile(out, text);
  for (const note of [...kinds, ...repositories, ...changes]) process.stderr.write(`note: ${note}\n`);
  if (out === null) return;
  process.stderr.write(
    `wrote ${flags.out}: ${counted(sources.length, 'source')}; next: longmix plan ${flags.out}\n`,
  );
}

function localRoot(corpus: string): string {
  const root = resolve(corpus);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new LongmixError('corpus-missing', `no such file or directory: ${corpus}`, {
      cure: 'give a directory with text in it, or a file',
    });
  }
  if (stats.isDirectory()) refuseOwnOutput(corpus);
  return root;
}

function fromPreset(preset: string, flags: Flags, sources: readonly FoundSource[], base: string): Filled {
  const { text, changes } = fillPreset(preset, sources, base);
  const head = `# From the preset ${flags.preset}, by longmix init; look before you build: longmix plan FILE\n#\n`;
  return { text: modeline + head + text, changes };
}

function isBelow(root: string, folder: string): boolean {
  const below = relative(root, folder);
  return below !== '..' && !below.startsWith(`..${sep}`);
}

/**
 * Recognizes the output file: with `longmix init . > mix.yaml` the shell creates mix.yaml before we list the corpus.
 */
function isStandardOutput(): (path: string) => boolean {
  let output: Stats;
  try {
    output = fstatSync(1);
  } catch {
    return () => false;
  }
  if (!output.isFile()) return () => false;
  return (path) => {
    if (isUrl(path)) return false;
    const stats = statSync(path);
    return stats.ino === output.ino && stats.dev === output.dev;
  };
}

function recipeText(sources: readonly FoundSource[], base: string, kinds: readonly string[]): string {
  return `${modeline}# A first recipe, by longmix init. Paths are relative to this file; its name names the build (or name: does).
# Look before you build:  longmix stats FILE  (lengths),  longmix plan FILE  (what the mix gives)
tokenizer: cl100k_base            # or o200k_base, gpt2 ..., or { file: ./tokenizer.json }
sources:
${kinds.map((kind) => `  # ${kind}\n`).join('')}${sources.map((source) => sourceText(source, base)).join('\n')}
split: { validation: 1% }         # by document; its documents are in no training row
mix:
  tokens: all                     # or an amount, such as 500M
${sharesText(sources)}  # Give long documents more weight: at least 4,096 tokens is long, and they shall be 60% of the tokens:
  # length: { threshold: 4K, long_share: 60%, method: drop }
sequences:
  length: 8K                      # tokens of a row
  packing: best-fit               # no document that fits in a row is cut; or concat, pad
  eos: true
seed: 17
`;
}

/** Writes equal shares for the user to change, because the sources' tokens are unknown before tokenizing. */
function sharesText(sources: readonly FoundSource[]): string {
  const names = sources.flatMap(({ name, named }) => named?.names ?? [name]);
  if (names.length === 1) return '';
  const even = Math.floor(100 / names.length);
  const shares = names.map((name, i) => {
    return `${scalar(name)}: ${i === 0 ? 100 - even * (names.length - 1) : even}%`;
  });
  return `  # Share of the tokens by source, for a start all alike; without it they are as in the corpus:\n  # shares: { ${shares.join(', ')} }\n`;
}
