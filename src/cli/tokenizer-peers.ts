/**
 * Finds the libraries that tokenizers come from on this machine: npm's `tokenizers` and @dqbd/tiktoken (tiktoken's Rust
 * in WebAssembly, which longmix depends on), else Python's tokenizers, tiktoken, sentencepiece and mistral-common. With
 * --python, the Python libraries come first.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { DescribedTokenizer } from '../tokenize/load.ts';
import type { TokenizerModel } from '../tokenize/model.ts';
import { pythonPeer } from './python-peer.ts';

export interface Peer {
  /** Name and version. */
  readonly name: string;
  /** Returns the tokens of each text. */
  tokens(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

type Find = (tokenizer: DescribedTokenizer, python: string) => Promise<Peer | null>;

const inPython: Find = (tokenizer, python) => runPython(python, tokenizer);

/** Libraries by form of the tokenizer file, the best first. */
const peers: Readonly<Record<DescribedTokenizer['form'], readonly Find[]>> = {
  huggingface: [npmTokenizers, inPython],
  tiktoken: [npmTiktoken, inPython],
  encoding: [npmTiktoken, inPython],
  tekken: [inPython, npmTiktoken],
  sentencepiece: [inPython],
};
const packages: Readonly<Record<DescribedTokenizer['form'], string>> = {
  huggingface: 'tokenizers, from npm or for Python',
  tiktoken: 'tiktoken for Python',
  encoding: 'tiktoken for Python',
  tekken: 'mistral-common for Python',
  sentencepiece: 'sentencepiece for Python',
};

/** @throws LongmixError `peer-missing` */
export async function findPeer(tokenizer: DescribedTokenizer, python: string | undefined): Promise<Peer> {
  const { form } = tokenizer;
  const command = python ?? process.env.PYTHON ?? 'python3';
  const finds = python === undefined ? peers[form] : [inPython, ...peers[form]];
  for (const find of finds) {
    const peer = await find(tokenizer, command);
    if (peer !== null) return peer;
  }
  throw new LongmixError('peer-missing', 'no library on this machine can check this tokenizer', {
    where: tokenizer.file ?? tokenizer.name,
    cure: `install ${packages[form]}; --python COMMAND says which Python to ask (asked: ${command})`,
    exitCode: 1,
  });
}

/** Loads a package from longmix's dependencies, or from the working directory. */
function requireAny(name: string): { readonly module: unknown; readonly version: string } | null {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from);
    try {
      const module: unknown = require(name);
      const folder = name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
      const file = require.resolve
        .paths(folder)!
        .map((path) => join(path, folder, 'package.json'))
        .find((path) => readable(path) !== null)!;
      const { version } = JSON.parse(readable(file)!) as { version: string };
      return { module, version };
    } catch {
      // The package is missing, or doesn't run on this machine.
    }
  }
  return null;
}

function readable(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

interface NativeTokenizers {
  readonly Tokenizer: {
    fromString(json: string): {
      encodeBatch(
        texts: string[],
        options: { addSpecialTokens: boolean },
      ): Promise<readonly { getIds(): number[] }[]>;
    };
  };
}

interface AddedEntry {
  readonly special: boolean;
  readonly content: string;
  readonly id: number;
}

/**
 * The npm package lacks `encode_special_tokens`, so the special tokens are renamed to names that no text contains. (If
 * they were removed, the package would renumber the others.) A special token that is in the vocabulary needs no entry.
 */
async function npmTokenizers({ file }: DescribedTokenizer): Promise<Peer | null> {
  const found = requireAny('tokenizers');
  if (found === null || file === null) return null;
  const json = JSON.parse(readFileSync(file, 'utf8')) as {
    added_tokens?: AddedEntry[];
    post_processor: unknown;
    model: { vocab: Readonly<Record<string, number>> | readonly (readonly [string, number])[] };
  };
  const { vocab } = json.model;
  const pieces = new Set(Array.isArray(vocab) ? vocab.map(([piece]) => String(piece)) : Object.keys(vocab));
  json.added_tokens = (json.added_tokens ?? []).flatMap((token) => {
    if (!token.special) return [token];
    if (pieces.has(token.content)) return [];
    return [{ ...token, content: `\u{10fffd}${token.id}\u{10fffd}` }];
  });
  json.post_processor = null;
  const { Tokenizer } = found.module as NativeTokenizers;
  const engine = Tokenizer.fromString(JSON.stringify(json));
  return {
    name: `tokenizers ${found.version} (npm, Hugging Face's Rust)`,
    async tokens(texts) {
      const encodings = await engine.encodeBatch([...texts], { addSpecialTokens: false });
      return encodings.map((encoding) => encoding.getIds());
    },
  };
}

interface TiktokenModule {
  readonly Tiktoken: new (
    ranks: string,
    special: Readonly<Record<string, number>>,
    pattern: string,
  ) => { encode_ordinary(text: string): Uint32Array };
}

async function npmTiktoken({ model }: DescribedTokenizer): Promise<Peer | null> {
  const found = requireAny('@dqbd/tiktoken/lite');
  if (found === null || model === null) return null;
  const { Tiktoken } = found.module as TiktokenModule;
  const engine = new Tiktoken(rankLines(model), {}, model.steps.splits[0]!.pattern);
  return {
    name: `@dqbd/tiktoken ${found.version} (npm, tiktoken's Rust)`,
    async tokens(texts) {
      return normalized(model, texts).map((text) => [...engine.encode_ordinary(text)]);
    },
  };
}

/** Writes the vocabulary in the form of @dqbd/tiktoken: `! FIRST_RANK token token ...`. */
function rankLines({ vocabulary }: TokenizerModel): string {
  const lines: string[] = [];
  vocabulary.pieces.forEach((piece, id) => {
    if (piece === undefined) return;
    const token = Buffer.from(piece).toString('base64');
    if (id > 0 && vocabulary.pieces[id - 1] !== undefined) lines[lines.length - 1] += ` ${token}`;
    else lines.push(`! ${id} ${token}`);
  });
  return lines.join('\n');
}

/** Normalizes the texts, as Qwen's program does before it calls tiktoken. */
function normalized({ steps }: TokenizerModel, texts: readonly string[]): readonly string[] {
  const form = steps.normalizers.find(({ kind }) => kind === 'form');
  return form?.kind === 'form' ? texts.map((text) => text.normalize(form.form)) : texts;
}

/** Runs the library in Python, once for all texts; null: this Python lacks it. */
async function runPython(python: string, tokenizer: DescribedTokenizer): Promise<Peer | null> {
  const { form, file, model, name } = tokenizer;
  const isTiktoken = form === 'tiktoken' || form === 'encoding';
  const question = {
    ...{ form, file, name },
    ...(isTiktoken && model !== null && { pattern: model.steps.splits[0]!.pattern, ranks: rankLines(model) }),
  };
  const version = await ask(python, { ...question, texts: [] });
  if (version === null) return null;
  return {
    name: `${version.peer} (Python)`,
    async tokens(texts) {
      const asked = isTiktoken && model !== null ? normalized(model, texts) : texts;
      const answer = await ask(python, { ...question, texts: asked });
      if (answer !== null) return answer.tokens;
      throw new LongmixError('peer-failed', `${version.peer} failed on the texts`, {
        where: file ?? name,
        cure: 'try another peer: npm install tokenizers, or --python COMMAND',
        exitCode: 1,
      });
    },
  };
}

interface Answer {
  readonly peer: string;
  readonly tokens: readonly (readonly number[])[];
}

function ask(python: string, question: unknown): Promise<Answer | null> {
  return new Promise((resolve) => {
    const child = spawn(python, ['-c', pythonPeer], { stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.on('error', () => resolve(null));
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString();
      resolve(code === 0 && output !== '' ? (JSON.parse(output) as Answer) : null);
    });
    child.stdin.end(JSON.stringify(question));
  });
}
