/** Folders of cases: a file with bad input, and a file with its message. UPDATE_GOLDEN=1 writes the messages. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { describeError, LongmixError } from '../../src/errors.ts';

/** The message of what `parse` throws, which must be a user's mistake. */
export function messageOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(LongmixError);
    const code = expect.stringMatching(/^(recipe|ablation)-(invalid|missing)$/);
    expect(error).toMatchObject({ code, exitCode: 2 });
    return describeError(error as LongmixError);
  }
  throw new Error('it was accepted');
}

/**
 * Tests for every case in a folder. The input's extension is not .yaml, which biome would mend or refuse.
 * @param parse gets a case's text, and NAME.yaml as its file
 */
export function goldenMessages(
  folder: URL,
  extension: string,
  parse: (text: string, file: string) => unknown,
): void {
  const namesOf = (ending: string): string[] =>
    readdirSync(folder)
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length));
  const names = namesOf(extension);

  test.each(names)('%s', (name) => {
    const golden = new URL(`${name}.txt`, folder);
    const text = readFileSync(new URL(`${name}${extension}`, folder), 'utf8');
    const message = `${messageOf(() => parse(text, `${name}.yaml`))}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, message);
    expect(message).toBe(readFileSync(golden, 'utf8'));
  });

  it('has an input for every expected message', () => {
    expect(namesOf('.txt')).toEqual(names);
    expect(names.length).toBeGreaterThan(15);
  });

  it("never speaks in zod's words", () => {
    for (const name of names) {
      expect(readFileSync(new URL(`${name}.txt`, folder), 'utf8')).not.toMatch(
        /Invalid|Too (big|small)|Unrecognized/,
      );
    }
  });
}
