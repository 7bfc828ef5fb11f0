/**
 * Documents to the segments that the kernel tokenizes each by itself: added tokens are cut out, segments are normalized,
 * more added tokens are cut out of them, then they get their prefix (see kernel-plan.ts). All in bytes. Text that
 * needs none of it is handed on as it is, and to see that costs a look or two at each byte; only segments that a normalization
 * form or a regular expression may change become strings.
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
  /** Segments up to the end of each document. */
  readonly documentEnds: Uint32Array;
  /** Ids of the added tokens in their order. Valid until the next call. */
  readonly addedIds: Uint32Array;
  /** The number of segments before each. */
  readonly addedPlaces: Uint32Array;
  /** Added tokens up to the end of each document. */
  readonly documentAdded: Uint32Array;
  /**
   * The text is that of the documents, not a copy: the text of each added token is a segment of its own, whose tokens the added
   * one replaces.
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
  // Tokens that strip white space may take what another one has.
  const strips = preparation.added.some(({ lstrip, rstrip }) => lstrip || rstrip);
  const mayStayInPlace = !always && !strips && normalize === null && preparation.addedNormalized.length === 0;
  const spaceWords = words === 'together' ? createWordSpacer(prefix === 'always') : null;
  const out = new Segments();
  const addedIds = new GrowingNumbers();
  const addedPlaces = new GrowingNumbers();
  /** A segment that was normalized to see whether it changes, so that it is not done twice. */
  let firstChange: { readonly start: number; readonly end: number; readonly bytes: Uint8Array } | null = null;

  /** Of the text that is being prepared. */
  let text: Uint8Array = new Uint8Array(0);
  let documentStart = 0;
  /** The text, or what normalizers make of it, may have U+2581. */
  let hasUnderlines = false;
  let isContinued = false;
  /** Of the segment that is being prepared. */
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

  /** The words between white space. */
  function takeWords(start: number, end: number): void {
    for (let at = skipSpaces(normal, start, end); at < end; ) {
      let next = at;
      while (next < end && spaceAt(normal, next, end) === 0) next += 1;
      take(at, next, isFirst && at === normalStart);
      at = skipSpaces(normal, next, end);
    }
  }

  /** They all get a space before them, and are one segment. */
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

  /** Looks for a document that normalization changes, and keeps what becomes of it. */
  function isNormal(ends: ArrayLike<number>, continued: boolean): boolean {
    if (normalize === null) return true;
    for (let i = 0, start = 0; i < ends.length; i += 1) {
      const end = ends[i]!;
      const bytes = normalize(text, start, end, continued && i === 0);
      if (bytes !== null) {
        // A copy: the next text may be written over it.
        firstChange = { start, end, bytes: bytes.slice() };
        return false;
      }
      start = end;
    }
    return true;
  }

  /** A match from one document into the next would do no harm: the documents are then looked at one by one. */
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

/** The text of an added token is a segment like any other. A class, as AddedFinder is. */
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
