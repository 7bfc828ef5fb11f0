/** Makes the compiled map that SentencePiece's `spm_normalize` makes, from texts and their replacements, plainly. */

interface Node {
  readonly children: Map<number, Node>;
  value: number | null;
}

export function makeCharsmap(rules: Readonly<Record<string, string>>): Uint8Array {
  const root: Node = { children: new Map(), value: null };
  const blob: number[] = [];
  for (const [from, to] of Object.entries(rules)) {
    let node = root;
    for (const byte of Buffer.from(from)) {
      const child = node.children.get(byte) ?? { children: new Map(), value: null };
      node.children.set(byte, child);
      node = child;
    }
    node.value = blob.length;
    blob.push(...Buffer.from(to), 0);
  }
  const units: number[] = [0];
  const used = new Set([0]);
  place(root, 0);
  const blocks = Math.ceil(Math.max(...used, 255) / 256 + 1) * 256;
  const array = Uint32Array.from({ length: blocks }, (_, i) => units[i] ?? 0);
  return Buffer.concat([Uint32Array.of(array.byteLength), array, Uint8Array.from(blob)].map(bytesOf));

  /** A node's children lie at `at ^ offset ^ byte`, its value at `at ^ offset`. */
  function place(node: Node, at: number): void {
    const labels = [...node.children.keys(), ...(node.value === null ? [] : [0])];
    let offset = 1;
    while (labels.some((label) => used.has(at ^ offset ^ label)) || used.has(at ^ offset)) offset += 1;
    units[at] = (units[at] ?? 0) | (offset << 10) | (node.value === null ? 0 : 0x100);
    if (node.value !== null) units[at ^ offset] = node.value | 0x80000000;
    used.add(at ^ offset);
    for (const byte of node.children.keys()) {
      used.add(at ^ offset ^ byte);
      units[at ^ offset ^ byte] = byte;
    }
    for (const [byte, child] of node.children) place(child, at ^ offset ^ byte);
  }
}

function bytesOf(array: Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
