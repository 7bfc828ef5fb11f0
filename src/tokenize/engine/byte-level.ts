/**
 * GPT-2's byte alphabet: a byte-level vocabulary is written in characters that each stand for one byte. Printable bytes
 * are written as themselves, the others (blanks, controls) as U+0100 and up in the order of the bytes.
 */

const byteOf = new Map<string, number>();
for (let byte = 0, next = 0x100; byte < 256; byte += 1) {
  const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  byteOf.set(String.fromCodePoint(printable ? byte : next), byte);
  if (!printable) next += 1;
}

const encoder = new TextEncoder();
const characters = [...byteOf.keys()];

/** The character of each byte. */
export function alphabetCharacters(): readonly string[] {
  return characters;
}

/** Writes the UTF-8 bytes of a text in the alphabet. */
export function toByteLevel(text: string): string {
  return Array.from(encoder.encode(text), (byte) => characters[byte]!).join('');
}

/** The bytes that a token stands for; null if the token is not written in the alphabet. */
export function bytesOfByteLevel(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i += 1) {
    const byte = byteOf.get(token[i]!);
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}
