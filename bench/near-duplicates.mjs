/**
 * Near copies: how fast they are found in a real corpus, beside datatrove's MinHash, and how much memory many documents
 * take.
 *
 *   node bench/near-duplicates.mjs --corpus FOLDER [--peer PYTHON] [--passes 3]
 *     FOLDER has .jsonl.gz files with a `text` field. PYTHON has datatrove (bench/python/peer_minhash.py); both take
 *     turns. Tokens are made before, and their time is given apart: a recipe needs them anyway.
 *   node bench/near-duplicates.mjs --documents 10000000
 *     Made sketches, in a temporary folder of 230 bytes per document; a tenth of them are near copies of others.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadNear, sketchStore } from '../dist/build/store/sketches.js';
import { ensureStore } from '../dist/build/store/token-store.js';
import { bands, bins, signatureWords, sketchVersion } from '../dist/near/sketch.js';
import { recipeFrom } from '../dist/recipe/recipe-from.js';
import { writeColumns } from '../dist/storage/columns-file.js';
import { loadDocuments } from '../dist/store/reader.js';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    peer: { type: 'string' },
    passes: { type: 'string', default: '3' },
    documents: { type: 'string' },
    child: { type: 'string' },
  },
});
const partDocuments = 100_000;

if (values.child !== undefined) measureMade(values.child, Number(values.documents));
else {
  const work = mkdtempSync(join(tmpdir(), 'longmix-near-'));
  process.on('exit', () => rmSync(work, { recursive: true, force: true }));
  if (values.corpus !== undefined) await measureCorpus(values.corpus, work);
  if (values.documents !== undefined) {
    makeSketches(work, Number(values.documents));
    const self = fileURLToPath(import.meta.url);
    spawnSync(process.execPath, [self, '--child', work, '--documents', values.documents], {
      stdio: 'inherit',
    });
  }
}

async function measureCorpus(corpus, work) {
  const recipe = recipeFrom({
    name: 'near',
    sources: { corpus: { path: join(corpus, '*.jsonl.gz') } },
    documents: { near_duplicates: 'cluster' },
  });
  const began = performance.now();
  const store = await ensureStore(recipe, join(work, 'store'), { workers: 1 });
  const tokenized = performance.now() - began;
  const table = loadDocuments(store.folder, store.manifest);
  const { textBytes, tokens, documents } = store.manifest.totals;
  const mb = textBytes / 1e6;
  console.log(`${documents} documents, ${mb.toFixed(1)} MB of text, ${tokens} tokens`);
  console.log(`tokenize: ${(tokenized / 1000).toFixed(2)} s, one worker, with the start of its thread`);
  console.log('| what | s | MB/s | near copies | clusters |\n|---|---|---|---|---|');
  for (let pass = 0; pass < Number(values.passes); pass += 1) {
    for (const { name } of store.manifest.parts)
      rmSync(join(store.folder, `${name}.sketch`), { force: true });
    const start = process.cpuUsage();
    const clock = performance.now();
    await sketchStore(store, [recipe], {});
    const sketched = performance.now();
    const near = loadNear(store, table, [recipe]);
    const done = performance.now();
    const cpu = process.cpuUsage(start);
    const first = near.clusters.get(0.8);
    const clusters = new Set(first.filter((leader, d) => leader !== d));
    const copies = first.filter((leader, d) => leader !== d).length;
    row('longmix, sketches', sketched - clock, mb, '', '');
    row('longmix, sketches and clusters', done - clock, mb, copies + clusters.size, clusters.size);
    row('longmix, CPU of both', (cpu.user + cpu.system) / 1000, mb, '', '');
    if (values.peer === undefined) continue;
    const script = fileURLToPath(new URL('./python/peer_minhash.py', import.meta.url));
    const { stdout } = spawnSync(values.peer, [script, corpus, join(work, 'peer')], { encoding: 'utf8' });
    const peer = JSON.parse(stdout.trim().split('\n').at(-1));
    row('datatrove, signatures', peer.signatures * 1000, peer.text_mb, '', '');
    row('datatrove, CPU of all', peer.cpu_s * 1000, peer.text_mb, '', '');
    row('datatrove, all', (peer.signatures + peer.buckets + peer.clusters) * 1000, peer.text_mb, '', '');
  }
}

function row(what, ms, mb, copies, clusters) {
  console.log(
    `| ${what} | ${(ms / 1000).toFixed(2)} | ${((1000 * mb) / ms).toFixed(1)} | ${copies} | ${clusters} |`,
  );
}

/** Files as `sketchStore` writes them. */
function makeSketches(folder, documents) {
  mkdirSync(folder, { recursive: true });
  let state = 17;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) >>> 0;
  };
  for (let part = 0; part * partDocuments < documents; part += 1) {
    const count = Math.min(partDocuments, documents - part * partDocuments);
    const keys = new Uint32Array(bands * count);
    const signatures = new Uint32Array(signatureWords * count);
    for (let d = 0; d < count; d += 1) {
      const original = d > 0 && random() % 10 === 0 ? random() % d : null;
      for (let band = 0; band < bands; band += 1)
        keys[band * count + d] = original !== null && band % 3 > 0 ? keys[band * count + original] : random();
      for (let word = 0; word < signatureWords; word += 1)
        signatures[d * signatureWords + word] =
          original !== null && word % 8 > 0 ? signatures[original * signatureWords + word] : random();
    }
    const name = `part-${part}`;
    const about = { format: 'longmix-sketches', version: sketchVersion, part: name };
    writeColumns(join(folder, `${name}.sketch`), about, { bands: keys, signatures });
  }
  writeFileSync(join(folder, 'made'), `${bins}`);
}

function measureMade(folder, documents) {
  const parts = Array.from({ length: Math.ceil(documents / partDocuments) }, (_, part) => ({
    name: `part-${part}`,
    documents: Math.min(partDocuments, documents - part * partDocuments),
  }));
  const lengths = new Uint32Array(documents).fill(100);
  const start = performance.now();
  const recipes = [{ documents: { nearDuplicates: { rule: 'cluster', similarity: 0.8 } } }];
  const near = loadNear({ folder, manifest: { parts } }, { count: documents, lengths }, recipes);
  const seconds = (performance.now() - start) / 1000;
  const first = near.clusters.get(0.8);
  const rss = process.resourceUsage().maxRSS / 1e6;
  const copies = first.filter((leader, d) => leader !== d).length;
  console.log(
    `${documents} documents: ${seconds.toFixed(1)} s, ${rss.toFixed(2)} GB at most, ${copies} near copies`,
  );
}
