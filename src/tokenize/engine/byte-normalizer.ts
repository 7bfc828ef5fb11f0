/**
 * A normalizer over UTF-8. Returns the normalized text[start, end), or null if it does not change. `continued`: the
 * text continues an earlier part.
 */
export type ByteNormalizer = (
  text: Uint8Array,
  start: number,
  end: number,
  continued: boolean,
) => Uint8Array | null;
