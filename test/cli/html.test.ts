import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, workplace } from '../support/in-process.ts';

test('--html writes a page, the same for a plan and its build, and for any number of workers', async () => {
  using place = workplace();
  const { write, run, path } = place;
  write('web.jsonl', jsonLines(300));
  write('recipe.yaml', 'name: tiny\nsources: { "<web>": web.jsonl }\nsequences: { length: 512 }\n');
  write(
    'ablation.yaml',
    'name: arms\nbase: recipe.yaml\narms:\n  best: {}\n  cut: { sequences: { packing: concat } }\n',
  );
  const page = async (command: string, subject: string, ...more: string[]) => {
    const outcome = await run(command, subject, '--html', `${command}.html`, '--quiet', ...more);
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    return readFileSync(join(path, `${command}.html`), 'utf8');
  };

  const { stderr } = await run('plan', 'recipe.yaml', '--out', 'out', '--html', 'plan.html');
  expect(stderr).toMatch(/^wrote plan\.html$/m);
  const plan = await page('plan', 'recipe.yaml', '--out', 'out', '--workers', '1');
  expect(await page('build', 'recipe.yaml', '--out', 'out', '--workers', '2')).toBe(plan);
  expect(plan).toContain('<h1>tiny</h1>');
  expect(plan).toContain('documents in a row');
  expect(await page('stats', 'out')).toContain('&lt;web&gt;');
  const arms = await page('ablate', 'ablation.yaml', '--out', 'arms');
  expect(arms).toContain('ablation of 2 arms');
  expect(arms).toContain('<code>sequences.packing</code>');
  for (const text of [plan, arms]) expect(text).not.toContain('<web>');
});
