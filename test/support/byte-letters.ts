/** The letter for each byte in byte-level vocabularies (GPT-2's `bytes_to_unicode`). */
export const byteLetters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(isPrintable ? byte : next++);
  });
})();

/** A text in them. */
export function inByteLetters(text: string): string {
  return Array.from(Buffer.from(text), (byte) => byteLetters[byte]!).join('');
}

/** The bytes that a piece in them stands for. */
export function bytesOfByteLetters(piece: string): Buffer {
  return Buffer.from([...piece].map((letter) => byteLetters.indexOf(letter)));
}
