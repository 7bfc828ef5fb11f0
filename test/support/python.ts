/**
 * The Pythons that read longmix's output: .venv from scripts/python-env.sh, or the one in the path; and .venv-oldest.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Null where there is none that can import datasets and pyarrow, and says so; LONGMIX_REQUIRE_PYTHON=1 makes that a
 * failure.
 * @param who the test that is skipped then
 */
export function findPython(who: string): string | null {
  const ours = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
  for (const candidate of [ours, 'python3']) {
    if (candidate.includes('/') && !existsSync(candidate)) continue;
    try {
      execFileSync(candidate, ['-c', 'import datasets, pyarrow'], { stdio: 'ignore' });
      return candidate;
    } catch {
      // Not there, or without the packages.
    }
  }
  const why = 'no python3 that can import datasets and pyarrow (scripts/python-env.sh makes one)';
  if (process.env.LONGMIX_REQUIRE_PYTHON === '1') throw new Error(`${who}: ${why}`);
  console.warn(`${who} is SKIPPED: ${why}`);
  return null;
}

/** One with the oldest `datasets` that shards are tested with; null where there is none, and says so. */
export function findOldestPython(who: string): string | null {
  const oldest = fileURLToPath(new URL('../../.venv-oldest/bin/python', import.meta.url));
  if (existsSync(oldest)) return oldest;
  console.warn(
    `${who} is SKIPPED: no .venv-oldest (scripts/python-env.sh makes one, where pip has its old packages)`,
  );
  return null;
}
