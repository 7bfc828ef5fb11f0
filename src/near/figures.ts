/** Counts clusters, for the plan. */

/** Clusters of several documents, the documents in them, and those of the largest. */
export interface NearFigures {
  readonly clusters: number;
  readonly documents: number;
  readonly largest: number;
}

/** @param first the first document of each document's cluster */
export function nearFigures(first: Uint32Array): NearFigures {
  const sizes = new Map<number, number>();
  for (let d = 0; d < first.length; d += 1) {
    const cluster = first[d]!;
    if (cluster !== d) sizes.set(cluster, (sizes.get(cluster) ?? 1) + 1);
  }
  let documents = 0;
  let largest = 0;
  for (const size of sizes.values()) {
    documents += size;
    largest = Math.max(largest, size);
  }
  return { clusters: sizes.size, documents, largest };
}
