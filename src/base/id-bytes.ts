/** Bytes of a token id, in stores (`uint16`, `uint32`) and in shards (`uint16`, `int32`). */
export function idBytes(dtype: 'uint16' | 'uint32' | 'int32'): number {
  return dtype === 'uint16' ? 2 : 4;
}
