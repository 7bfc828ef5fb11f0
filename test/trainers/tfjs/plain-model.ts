/** The same model in double precision, with loops and the whole matrix of pairs. The fast model must agree with it. */
import type { ModelShape, Parameter } from '../../../trainers/tfjs/model.ts';
import type { ModelRow } from '../../../trainers/tfjs/rows.ts';

type Matrix = number[][];

/** Loss of the token after each token; 0 where there is none. */
export function plainLosses(shape: ModelShape, parameters: readonly Parameter[], row: ModelRow): number[] {
  const [embeddings, ...weights] = parameters.map(matrixOf);
  const { document, position } = places(row);
  let x = Array.from(row.ids, (id) => norm(embeddings![id]!));
  for (let at = 0; at < weights.length; at += 6) {
    const [query, key, value, read, up, down] = weights.slice(at, at + 6) as Matrix[];
    const seen = x.map(norm);
    const q = times(seen, query!).map((one, i) => turned(one, position[i]!, shape));
    const k = times(seen, key!).map((one, i) => turned(one, position[i]!, shape));
    x = plus(x, times(attend(q, k, times(seen, value!), document, shape), read!));
    const inner = times(x.map(norm), up!).map((one) => one.map((value) => Math.max(0, value) ** 2));
    x = plus(x, times(inner, down!));
  }
  return x.map(norm).map((h, i) => {
    const next = i + 1;
    const isPadding = next >= row.ids.length - row.padding;
    if (isPadding || document[next] !== document[i]) return 0;
    const logits = embeddings!.map((one) => dot(h, one));
    const most = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
    return most + Math.log(sum) - logits[row.ids[next]!]!;
  });
}

function places({ lengths }: ModelRow): { document: number[]; position: number[] } {
  const pairs = Array.from(lengths).flatMap((length, document) =>
    Array.from({ length }, (_, position) => ({ document, position })),
  );
  return { document: pairs.map((pair) => pair.document), position: pairs.map((pair) => pair.position) };
}

function attend(
  q: Matrix,
  k: Matrix,
  v: Matrix,
  document: readonly number[],
  { width, heads }: ModelShape,
): Matrix {
  const size = width / heads;
  return q.map((query, i) => {
    const out = new Array<number>(width).fill(0);
    const visible = k.map((_, j) => j).filter((j) => j <= i && document[j] === document[i]);
    for (let head = 0; head < width; head += size) {
      const part = (one: readonly number[]) => one.slice(head, head + size);
      const scores = visible.map((j) => dot(part(query), part(k[j]!)) / Math.sqrt(size));
      const most = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - most));
      const total = powers.reduce((a, b) => a + b, 0);
      for (const [n, j] of visible.entries()) {
        for (let c = head; c < head + size; c += 1) out[c]! += (powers[n]! / total) * v[j]![c]!;
      }
    }
    return out;
  });
}

function turned(x: readonly number[], position: number, { width, heads, ropeBase }: ModelShape): number[] {
  const size = width / heads;
  const half = size / 2;
  return x.map((own, c) => {
    const within = c % size;
    const pair = within % half;
    const angle = position * ropeBase ** ((-2 * pair) / size);
    const other = within < half ? -x[c + half]! : x[c - half]!;
    return own * Math.cos(angle) + other * Math.sin(angle);
  });
}

function norm(x: readonly number[]): number[] {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + 1e-6);
  return x.map((one) => one * scale);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, one, i) => sum + one * b[i]!, 0);
}

function times(x: Matrix, w: Matrix): Matrix {
  return x.map((row) => w[0]!.map((_, c) => row.reduce((sum, one, i) => sum + one * w[i]![c]!, 0)));
}

function plus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) => row.map((one, c) => one + b[i]![c]!));
}

function matrixOf({ shape: [rows, columns], values }: Parameter): Matrix {
  return Array.from({ length: rows }, (_, r) => Array.from(values.subarray(r * columns, (r + 1) * columns)));
}
