import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repairBlocks } from '../../../src/read/input/utf8.ts';
import { createReadCounts } from '../../../src/read/read.ts';
import { readSource, sourceOf, temporaryFolder } from '../helpers.ts';

/** Bytes that are often nearly UTF-8: whole characters, their halves, and noise. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'é', '長', '😀', '\ufeff', '\ufffd').map((text) => Buffer.from(text)),
      fc
        .tuple(fc.constantFrom('é', '長', '😀'), fc.integer({ min: 1, max: 3 }))
        .map(([text, length]) => Buffer.from(text).subarray(0, length)),
      fc
        .constantFrom('edA080', 'f4908080', 'c080', 'e08080', 'f08080', '80', 'bf', 'ff', 'f5')
        .map((hex) => Buffer.from(hex, 'hex')),
      fc.uint8Array({ maxLength: 4 }).map((noise) => Buffer.from(noise)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts));

async function* blocksOf(whole: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < whole.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    yield whole.subarray(at, at + size);
    at += size;
  }
}

test('any bytes in blocks of any sizes become what TextDecoder makes of the whole', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(bytes, sizes, async (whole, blockSizes) => {
      const parts: Uint8Array[] = [];
      for await (const part of repairBlocks(blocksOf(whole, blockSizes), createReadCounts())) {
        // Fatal: each block must be well-formed by itself.
        new TextDecoder('utf-8', { fatal: true }).decode(part);
        parts.push(part);
      }
      expect(Buffer.concat(parts).toString()).toBe(new TextDecoder().decode(whole));
    }),
    { numRuns: 2000 },
  );
});

test('the count of replacements does not depend on the blocks, nor count what was U+FFFD before', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 7 }), async (whole, size) => {
      const counts = createReadCounts();
      for await (const _ of repairBlocks(blocksOf(whole, [size]), counts));
      const before = whole.toString('latin1').split('\u00ef\u00bf\u00bd').length - 1;
      const after = new TextDecoder().decode(whole).split('\ufffd').length - 1;
      expect(counts.replaced).toBe(after - before);
    }),
    { numRuns: 1000 },
  );
});

test.each(['txt', 'jsonl', 'json', 'csv'])(
  'bytes that are not UTF-8 in a .%s file are replaced and counted',
  async (format) => {
    const path = join(temporaryFolder(), `a.${format}`);
    const [before, after] = {
      txt: ['', ''],
      jsonl: ['{"text":"', '"}'],
      json: ['[{"text":"', '"}]'],
      csv: ['text\n', ''],
    }[format]!;
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`${before}café `), Buffer.from([0xff, 0xfe]), Buffer.from(`!${after}`)]),
    );
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents[0]!.text).toBe('café \ufffd\ufffd!');
    expect(counts.replaced).toBe(2);
  },
);
