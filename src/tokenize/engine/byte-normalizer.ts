/** A normalizer over UTF-8. Returns the text between the two places, normalized; null: it stays. `continued`: it goes on from an earlier part. */
export type ByteNormalizer = (
  text: Uint8Array,
  start: number,
  end: number,
  continued: boolean,
) => Uint8Array | null;
