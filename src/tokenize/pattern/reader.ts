/** Reads the pattern's text for the parser, by code points. Errors carry the place. */
import { OversizedPattern, PatternError, UnsupportedPattern } from './syntax.ts';

/** Deeper nesting of groups or classes is refused, so that the parser never overflows the stack. */
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

  /** The character `ahead` places after this one; '' after the end. */
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

  /** @param inside for the error: the construct that is not finished if the pattern ends here */
  take(inside: string): string {
    const char = this.source[this.at];
    if (char === undefined) this.fail(`${inside} is not finished`);
    this.at += 1;
    return char;
  }

  /** Takes the text up to `end`, and skips `end`; null if `end` does not follow, and then nothing is taken. */
  takeUpTo(end: string): string | null {
    const found = this.source.indexOf(end, this.at);
    if (found < 0) return null;
    const text = this.source.slice(this.at, found).join('');
    this.at = found + 1;
    return text;
  }

  /** Takes the match of the regular expression in the next 60 characters; null if it does not match. */
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
