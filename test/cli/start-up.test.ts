/** What a command loads. Every module costs start-up, and what speaks to a network is for those who name an address. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { jsonLines, longmixOk, workplace } from '../support/command.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
place.write('web.jsonl', jsonLines(40));
place.write('mix.yaml', 'sources: { web: web.jsonl }\nsequences: { length: 256 }\n');

/** Paths of the files that the command and its threads ran, as V8's coverage lists them. */
async function loadedBy(args: readonly string[]): Promise<string[]> {
  const folder = join(place.path, `coverage-${args[0]}`);
  vi.stubEnv('NODE_V8_COVERAGE', folder);
  try {
    await longmixOk(args, place.path);
  } finally {
    vi.unstubAllEnvs();
  }
  const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const urls = (reports as { result: { url: string }[] }[]).flatMap(({ result }) =>
    result.map(({ url }) => url),
  );
  return [...new Set(urls)].filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
}

describe('a command without remote addresses', () => {
  it.each([[['--version']], [['plan', 'mix.yaml', '--out', 'out']]])(
    'loads no client of remote places: %j',
    async (args) => {
      const loaded = await loadedBy(args);
      expect(loaded.some((path) => path.endsWith('dist/bin/longmix.js'))).toBe(true);
      // In quotes, as code has it: docstrings name the code of this error too.
      const clients = loaded.filter((path) => /["']remote-unreachable["']/.test(readFileSync(path, 'utf8')));
      expect(clients).toEqual([]);
    },
  );
});
