/**
 * Writes zstd without a compressor (Node 20 has none): frames of raw and run-length blocks, as in RFC 8878. The output
 * of a real compressor is tested with files that the zstd command line made.
 */
const maxBlock = 128 * 1024;
const maxFrame = 300_000;

/** Several frames, a skippable one between them. */
export function zstdFrames(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += maxFrame) {
    parts.push(Buffer.from('502a4d1803000000616263', 'hex'), zstdFrame(bytes.subarray(at, at + maxFrame)));
  }
  return Buffer.concat(parts);
}

function zstdFrame(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  // One segment, content size in 4 bytes, no checksum.
  header[4] = 0xa0;
  header.writeUInt32LE(bytes.length, 5);
  const parts: Uint8Array[] = [header];
  for (let at = 0; at === 0 || at < bytes.length; at += maxBlock) {
    const block = bytes.subarray(at, at + maxBlock);
    const last = at + maxBlock >= bytes.length ? 1 : 0;
    const repeats = block.length > 1 && block.every((byte) => byte === block[0]);
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((block.length << 3) | (repeats ? 2 : 0) | last, 0, 3);
    parts.push(blockHeader, repeats ? block.subarray(0, 1) : block);
  }
  return Buffer.concat(parts);
}
