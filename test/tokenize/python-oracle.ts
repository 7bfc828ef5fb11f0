/**
 * Hugging Face's tokenizers in Python, which has `encode_special_tokens`; the npm package lacks it. If neither
 * .venv-tokenizers (made by scripts/tokenizer-peers.sh) nor another Python has the package, tests that need it are
 * skipped. LONGMIX_TOKENIZERS_PYTHON names a Python to use.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peersMissing } from '../support/peers.ts';

const script = `
import json, sys
from tokenizers import Tokenizer
out = []
for case in json.load(sys.stdin):
    tokens = []
    try:
        tokenizer = Tokenizer.from_str(case["file"])
        tokenizer.encode_special_tokens = True
        for text in case["texts"]:
            try: tokens.append(tokenizer.encode(text, add_special_tokens=False).ids)
            except BaseException: tokens.append(None)
        out.append(tokens)
    except BaseException as error:
        out.append(str(error))
json.dump(out, sys.stdout)
`;

export const tokenizersPython: string | null = findPython();

function findPython(): string | null {
  const peers = fileURLToPath(new URL('../../.venv-tokenizers/bin/python', import.meta.url));
  for (const candidate of [process.env.LONGMIX_TOKENIZERS_PYTHON, peers, 'python3']) {
    if (candidate === undefined) continue;
    if (spawnSync(candidate, ['-c', 'import tokenizers'], { stdio: 'ignore' }).status === 0) return candidate;
  }
  peersMissing();
  process.stderr.write(
    'test/tokenize: no python3 that can import tokenizers; the tests that ask it are skipped\n',
  );
  return null;
}

/**
 * For each file the tokens of its texts, in one process. null: the library fails on the text. A string: it does not
 * read the file, and why.
 */
export function pythonTokens(
  cases: readonly { readonly file: string; readonly texts: readonly string[] }[],
): (string | (number[] | null)[])[] {
  const { stdout, status, stderr } = spawnSync(tokenizersPython!, ['-c', script], {
    input: JSON.stringify(cases),
    maxBuffer: 2 ** 30,
    env: { ...process.env, RUST_BACKTRACE: '0' },
  });
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}
