/** `longmix init`: a first recipe for a corpus, with what is in it and what can be changed. */
import { existsSync, fstatSync, type Stats, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { LongmixError } from '../errors.ts';
import { bytes, counted } from '../report/format.ts';
import { writeFile } from '../run/commit.ts';
import { type FoundSource, findSources } from './find-sources.ts';
import { refuseOwnOutput } from './options.ts';

interface Flags {
  readonly out?: string;
}

export async function runInit(corpus: string, flags: Flags): Promise<void> {
  const out = flags.out === undefined ? null : resolve(flags.out);
  if (out !== null && existsSync(out)) {
    throw new LongmixError('output-exists', `${flags.out} is there already`, {
      cure: 'give another name with --out, or remove it',
    });
  }
  const root = resolve(corpus);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new LongmixError('corpus-missing', `no such file or directory: ${corpus}`, {
      cure: 'give a directory with text in it, or a file',
    });
  }
  if (stats.isDirectory()) refuseOwnOutput(corpus);
  const base = out === null ? process.cwd() : dirname(out);
  const sources = await findSources(root, {
    outputBelow: stats.isDirectory() && isBelow(root, base),
    recipe: out,
    isRecipe: isStandardOutput(),
  });
  const text = recipeText(sources, base);
  if (out === null) {
    process.stdout.write(text);
    return;
  }
  writeFile(out, text);
  process.stderr.write(
    `wrote ${flags.out}: ${counted(sources.length, 'source')}; next: longmix plan ${flags.out}\n`,
  );
}

function isBelow(root: string, folder: string): boolean {
  const below = relative(root, folder);
  return below !== '..' && !below.startsWith(`..${sep}`);
}

/** With `longmix init . > mix.yaml` the shell has made mix.yaml, a text file, before we look. */
function isStandardOutput(): (path: string) => boolean {
  let output: Stats;
  try {
    output = fstatSync(1);
  } catch {
    return () => false;
  }
  if (!output.isFile()) return () => false;
  return (path) => {
    const stats = statSync(path);
    return stats.ino === output.ino && stats.dev === output.dev;
  };
}

function recipeText(sources: readonly FoundSource[], base: string): string {
  return `# A first recipe, by longmix init. Paths are relative to this file; its name names the build (or name: does).
# Look before you build:  longmix stats FILE  (lengths),  longmix plan FILE  (what the mix gives)
tokenizer: cl100k_base            # or o200k_base, gpt2 ..., or { file: ./tokenizer.json }
sources:
${sources.map((source) => sourceText(source, base)).join('\n')}
split: { validation: 1% }         # by document; its documents are in no training row
mix:
  tokens: all                     # or an amount, such as 500M
${sharesText(sources)}  # Give long documents more weight: at least 4,096 tokens is long, and they shall be 60% of the tokens:
  # length: { threshold: 4096, long_share: 60%, method: drop }
sequences:
  length: 8192                    # tokens of a row
  packing: best-fit               # no document that fits in a row is cut; or concat, pad
  eos: true
seed: 17
`;
}

/** Even shares, to be changed: what the sources really have in tokens is not known before they are tokenized. */
function sharesText(sources: readonly FoundSource[]): string {
  if (sources.length === 1) return '';
  const even = Math.floor(100 / sources.length);
  const shares = sources.map(({ name }, i) => {
    return `${scalar(name)}: ${i === 0 ? 100 - even * (sources.length - 1) : even}%`;
  });
  return `  # Share of the tokens by source; without it, what the sources have:\n  # shares: { ${shares.join(', ')} }\n`;
}

function sourceText(
  { name, path, include, exclude, textField, files, bytes: size }: FoundSource,
  base: string,
): string {
  const shown = relative(base, path).replaceAll(sep, '/') || '.';
  const settings = [
    `path: ${scalar(/^\.{0,2}\/|^\.\.?$/.test(shown) ? shown : `./${shown}`)}`,
    ...(textField.name === 'text' ? [] : [`text: ${scalar(textField.name)}`]),
    ...(include === null ? [] : [`include: ${scalar(include)}`]),
    ...(exclude.length === 0 ? [] : [`exclude: [${exclude.map(scalar).join(', ')}]`]),
  ];
  const remark = textField.problem === null ? '' : `  # mend this source: ${textField.problem}\n`;
  return `${remark}  ${scalar(name)}: { ${settings.join(', ')} }   # ${counted(files, 'file')}, about ${bytes(size)}`;
}

/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const yamlWords = /^(true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)$/i;

/** Plain where every YAML parser reads it as text, quoted otherwise. JSON's strings are YAML's. */
function scalar(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) && !yamlWords.test(text) ? text : JSON.stringify(text);
}
