/** Counts what the server does, and reports it in the text format of Prometheus. */

/** Upper bounds of the histogram's buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #bucketCounts = new Array<number>(buckets.length).fill(0);
  #firstBatches = 0;
  #firstBatchSeconds = 0;
  bytes = 0;
  rows = 0;
  openStreams = 0;
  /** Streams whose reader took nothing for too long. */
  stalled = 0;
  /** Connections refused because they exceeded the limit. */
  refused = 0;

  /** @param path one of the server's paths, or `other`, so that no client can make the table grow */
  request(path: string, code: number): void {
    const labels = `path="${path}",code="${code}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
  }

  /** @param seconds from the request's arrival until its first batch was handed to the system */
  firstBatch(seconds: number): void {
    this.#firstBatches += 1;
    this.#firstBatchSeconds += seconds;
    for (const [i, bound] of buckets.entries()) if (seconds <= bound) this.#bucketCounts[i]! += 1;
  }

  text(): string {
    const first = 'longmix_time_to_first_batch_seconds';
    const lines = [
      ...described('longmix_requests_total', 'counter', 'Requests, by path and status code.'),
      ...[...this.#requests].sort().map(([labels, count]) => `longmix_requests_total{${labels}} ${count}`),
      ...single('longmix_stream_bytes_total', 'counter', 'Bytes of streams sent.', this.bytes),
      ...single('longmix_stream_rows_total', 'counter', 'Rows sent.', this.rows),
      ...single('longmix_open_streams', 'gauge', 'Streams that are being sent.', this.openStreams),
      ...single('longmix_streams_stalled_total', 'counter', 'Streams cut: nobody read them.', this.stalled),
      ...single(
        'longmix_connections_refused_total',
        'counter',
        'Connections beyond the limit.',
        this.refused,
      ),
      ...single(
        'process_resident_memory_bytes',
        'gauge',
        'Resident memory of the process.',
        process.memoryUsage.rss(),
      ),
      ...described(first, 'histogram', 'From a request for a stream to its first batch.'),
      ...buckets.map((bound, i) => `${first}_bucket{le="${bound}"} ${this.#bucketCounts[i]}`),
      `${first}_bucket{le="+Inf"} ${this.#firstBatches}`,
      `${first}_sum ${this.#firstBatchSeconds}`,
      `${first}_count ${this.#firstBatches}`,
    ];
    return `${lines.join('\n')}\n`;
  }
}

function described(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function single(name: string, type: string, help: string, value: number): string[] {
  return [...described(name, type, help), `${name} ${value}`];
}
