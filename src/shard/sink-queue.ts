/** A queue for Arrow's writer, which needs one. It passes bytes on at once and keeps nothing. */

import { arrow } from '../base/arrow.ts';
import type { Sink } from '../nouns/files.ts';

export class SinkQueue extends arrow.AsyncByteQueue {
  readonly #sink: Sink;
  /** Bytes passed on so far. */
  bytes = 0;

  constructor(sink: Sink) {
    super();
    this.#sink = sink;
  }

  override write(value: ArrayBufferView | ArrayBufferLike): void {
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
    this.bytes += bytes.byteLength;
    if (bytes.byteLength > 0) this.#sink.write(bytes);
  }
}
