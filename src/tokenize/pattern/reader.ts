/** The pattern's text as the parser walks over it, by code points, with errors that carry the place. */
import { OversizedPattern, PatternError, UnsupportedPattern } from './syntax.ts';

/** Deeper nesting of groups or classes is refused, not run into the end of the stack. */
export const deepestNesting = 200;

export class PatternReader {
  readonly source: readonly string[];
  at = 0;

  constructor(pattern: string) {
    this.source = Array.from(pattern);
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  /** The character `ahead` places on; '' after the end. */
  peek(ahead = 0): string {
    return this.source[this.at + ahead] ?? '';
  }

  startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i += 1) if (this.peek(i) !== text[i]) return false;
    return true;
  }

  takeIf(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  /** @param inside what ends too early where the pattern does */
  take(inside: string): string {
    const char = this.source[this.at];
    if (char === undefined) this.fail(`${inside} is not finished`);
    this.at += 1;
    return char;
  }

  /** The text up to `end`, which is passed over; null if there is none, and nothing is taken. */
  takeUpTo(end: string): string | null {
    const found = this.source.indexOf(end, this.at);
    if (found < 0) return null;
    const text = this.source.slice(this.at, found).join('');
    this.at = found + 1;
    return text;
  }

  /** What matches the regular expression from here on, at most 60 characters; null if nothing does. */
  takeMatch(regex: RegExp): RegExpExecArray | null {
    const match = regex.exec(this.source.slice(this.at, this.at + 60).join(''));
    if (match !== null) this.at += Array.from(match[0]).length;
    return match;
  }

  fail(rule: string, offset: number = this.at): never {
    throw new PatternError(rule, this.source, offset);
  }

  unsupported(what: string, offset: number = this.at): never {
    throw new UnsupportedPattern(what, this.source, offset);
  }

  oversized(what: string, offset: number = this.at): never {
    throw new OversizedPattern(what, this.source, offset);
  }
}
