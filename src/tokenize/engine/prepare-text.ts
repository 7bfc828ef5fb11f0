/**
 * Turns documents into the segments that the kernel tokenizes one by one: added tokens are cut out, segments are
 * normalized, more added tokens are cut out of them, then they get their prefix (see kernel-plan.ts). It works on
 * bytes. Text that needs no change is passed on without a copy. Cost: one or two tests per byte; only segments that a
 * normalization form or a regular expression may change become strings.
 */
import { AddedFinder, type AddedSink } from './find-added.ts';
import { createByteNormalizer } from './normalize-bytes.ts';
import type { Preparation } from './preparation.ts';
import { GrowingNumbers, hasMetaspace, isMetaspaceAt, Segments, space } from './segments.ts';
import { skipSpaces, spaceAt } from './space-bytes.ts';
import { createWordSpacer } from './space-words.ts';

export interface PreparedText {
  readonly text: Uint8Array;
  /** End of each segment, in bytes. Valid until the next call. */
  readonly ends: Uint32Array;
  /** Number of segments up to the end of each document. */
  readonly documentEnds: Uint32Array;
  /** Ids of the added tokens in order. Valid until the next call. */
  readonly addedIds: Uint32Array;
  /** Number of segments before each added token. */
  readonly addedPlaces: Uint32Array;
  /** Number of added tokens up to the end of each document. */
  readonly documentAdded: Uint32Array;
  /**
   * Whether the text is the documents' own and not a copy. Then the text of each added token is a segment of its own,
   * and the added token replaces the tokens of this segment.
   */
  readonly isInPlace: boolean;
}

/** The function returns null if the documents can be tokenized as they are. */
export type Prepare = (text: Uint8Array, ends: ArrayLike<number>, continued: boolean) => PreparedText | null;

export function createPreparation(preparation: Preparation): Prepare {
  const { prefix, metaspace, words } = preparation;
  const raw = new AddedFinder(preparation.added);
  const normalize =
    preparation.normalizers.length === 0 ? null : createByteNormalizer(preparation.normalizers);
  const inNormalized = new AddedFinder(preparation.addedNormalized);
  const always = prefix !== null || words !== null;
  // A token that strips white space may take text that is part of another token, too.
  const strips = preparation.added.some(({ lstrip, rstrip }) => lstrip || rstrip);
  const mayStayInPlace = !always && !strips && normalize === null && preparation.addedNormalized.length === 0;
  const spaceWords = words === 'together' ? createWordSpacer(prefix === 'always') : null;
  const out = new Segments();
  const addedIds = new GrowingNumbers();
  const addedPlaces = new GrowingNumbers();
  /** The segment that `isNormal` found to change, with its normalized bytes, so that it is not normalized twice. */
  let firstChange: { readonly start: number; readonly end: number; readonly bytes: Uint8Array } | null = null;

  /** State of the text that is being prepared. */
  let text: Uint8Array = new Uint8Array(0);
  let documentStart = 0;
  /** Whether the text or its normalized form may contain U+2581. */
  let hasUnderlines = false;
  let isContinued = false;
  /** State of the segment that is being prepared. */
  let normal: Uint8Array = text;
  let normalStart = 0;
  let isFirst = false;

  const takeToken = (id: number) => {
    addedIds.push(id);
    addedPlaces.push(out.count);
  };
  const rawSink: AddedSink = {
    token: takeToken,
    text(start, end) {
      isFirst = start === documentStart;
      const changed = normalizeSegment(start, end);
      normal = changed ?? text;
      normalStart = changed === null ? start : 0;
      inNormalized.find(normal, normalStart, changed === null ? end : changed.length, normalizedSink);
    },
  };
  const normalizedSink: AddedSink = {
    token: takeToken,
    text(start, end) {
      if (words === 'together') return takeWordsTogether(start, end);
      if (words === 'apart') return takeWords(start, end);
      take(start, end, isFirst && start === normalStart);
    },
  };

  const inPlaceSink = new InPlaceSink(out, addedIds, addedPlaces);

  function normalizeSegment(start: number, end: number): Uint8Array | null {
    if (normalize === null) return null;
    if (firstChange !== null && firstChange.start === start && firstChange.end === end)
      return firstChange.bytes;
    return normalize(text, start, end, isContinued && isFirst);
  }

  /** Adds each word as a segment, and drops the white space. */
  function takeWords(start: number, end: number): void {
    for (let at = skipSpaces(normal, start, end); at < end; ) {
      let next = at;
      while (next < end && spaceAt(normal, next, end) === 0) next += 1;
      take(at, next, isFirst && at === normalStart);
      at = skipSpaces(normal, next, end);
    }
  }

  /** Adds all words as one segment, with a space before each. */
  function takeWordsTogether(start: number, end: number): void {
    const begins = !(isContinued && isFirst && start === normalStart);
    const spaced = spaceWords!(normal, start, end, hasUnderlines, begins);
    if (spaced.length === 0) return;
    out.append(spaced, 0, spaced.length);
    out.end(out.length);
  }

  function take(start: number, end: number, isStart: boolean): void {
    const isSpaced = normal[start] === space || (hasUnderlines && isMetaspaceAt(normal, start));
    const prefixed =
      prefix === 'always' ||
      (prefix === 'unless-space' && !isSpaced) ||
      (prefix === 'first-unless-space' && isStart && !isSpaced);
    if (prefixed && !(isContinued && isStart)) out.push(space);
    if (hasUnderlines) out.appendSpaced(normal, start, end);
    else out.append(normal, start, end);
    out.end(out.length);
  }

  /** Whether normalization changes no document. Keeps the first change in `firstChange`. */
  function isNormal(ends: ArrayLike<number>, continued: boolean): boolean {
    if (normalize === null) return true;
    for (let i = 0, start = 0; i < ends.length; i += 1) {
      const end = ends[i]!;
      const bytes = normalize(text, start, end, continued && i === 0);
      if (bytes !== null) {
        // Copy the bytes: the normalizer may overwrite them in its next call.
        firstChange = { start, end, bytes: bytes.slice() };
        return false;
      }
      start = end;
    }
    return true;
  }

  /** A match that spans two documents does no harm: documents are then searched one by one. */
  const hasTokens = () => raw.mayFind(text, 0, text.length) || inNormalized.mayFind(text, 0, text.length);

  return (chunk, ends, continued) => {
    text = chunk;
    raw.keep(chunk);
    inNormalized.keep(chunk);
    firstChange = null;
    const isWritten = metaspace && hasMetaspace(text);
    hasUnderlines = isWritten || (metaspace && normalize !== null);
    if (!always && !isWritten && !hasTokens() && isNormal(ends, continued)) return null;
    const isInPlace = mayStayInPlace && !hasUnderlines;
    out.clear(isInPlace ? 0 : text.length);
    addedIds.clear();
    addedPlaces.clear();
    const documentEnds = new Uint32Array(ends.length);
    const documentAdded = new Uint32Array(ends.length);
    documentStart = 0;
    for (let i = 0; i < ends.length; i += 1) {
      const end = ends[i]!;
      isContinued = continued && i === 0;
      raw.find(text, documentStart, end, isInPlace ? inPlaceSink : rawSink);
      documentEnds[i] = out.count;
      documentAdded[i] = addedIds.length;
      documentStart = end;
    }
    const prepared = isInPlace ? text : out.text();
    return {
      text: prepared,
      ends: out.ends(),
      documentEnds,
      addedIds: addedIds.numbers(),
      addedPlaces: addedPlaces.numbers(),
      documentAdded,
      isInPlace,
    };
  };
}

/** Makes the text of an added token a segment like any other. A class for the same reason as AddedFinder. */
class InPlaceSink implements AddedSink {
  readonly #out: Segments;
  readonly #ids: GrowingNumbers;
  readonly #places: GrowingNumbers;

  constructor(out: Segments, ids: GrowingNumbers, places: GrowingNumbers) {
    this.#out = out;
    this.#ids = ids;
    this.#places = places;
  }

  text(_start: number, end: number): void {
    this.#out.end(end);
  }

  token(id: number, _start: number, end: number): void {
    this.#ids.push(id);
    this.#places.push(this.#out.count);
    this.#out.end(end);
  }
}
