/**
 * The report in a browser: it requests nothing, logs nothing to the console, fits a desktop and a phone, is readable in
 * light and dark, and prints. The test is skipped, with a message, if there is no Chromium; LONGMIX_REQUIRE_CHROMIUM=1
 * makes that a failure. `scripts/chromium.sh` installs it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../../scripts/chromium.mjs';
import { htmlReport } from '../../src/report/html/html-report.ts';
import {
  ablationReport,
  armOf,
  manyCurvesReport,
  plainArm,
  planReport,
  statsReport,
} from '../support/report-data.ts';
import { chartsOffThePage, lowContrasts, overlappingLabels, strayingLabels } from './in-page.ts';

const executable = findChromium();
if (executable === null) {
  const why = 'no Chromium at $CHROMIUM or /usr/bin/chromium (scripts/chromium.sh installs it)';
  if (process.env.LONGMIX_REQUIRE_CHROMIUM === '1') throw new Error(`test/report/browser: ${why}`);
  console.warn(`test/report/browser is SKIPPED: ${why}`);
}

const reports = {
  plain: planReport(plainArm('plain')),
  curriculum: planReport(armOf('curriculum', 0)),
  ablation: ablationReport,
  'many arms that were trained': manyCurvesReport,
  stats: statsReport,
};

const views = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1280, 390].map((width) => ({ colorScheme, width })),
);

describe.skipIf(executable === null)('in Chromium', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'longmix-report-'));
    browser = await launchChromium(executable!);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(Object.entries(reports))('the report of %s', (name, report) => {
    let page: Page;
    let address = '';
    /** What the console and the network heard. */
    const said: string[] = [];

    beforeAll(async () => {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, await htmlReport(report));
      address = pathToFileURL(file).href;
      page = await browser.newPage();
      page.on('console', (message) => said.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => said.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => said.push(`dialog: ${dialog.message()}`));
      page.on('request', (request) => said.push(`request: ${request.url()}`));
      await page.goto(address);
      await unfold(true);
    });

    async function unfold(open: boolean): Promise<void> {
      await page.evaluate((wanted) => {
        for (const details of document.querySelectorAll('details')) details.open = wanted;
      }, open);
    }

    test.each(views)('$colorScheme, $width pixels wide', async ({ colorScheme, width }) => {
      await page.emulateMedia({ media: 'screen', colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)',
      );
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await page.evaluate(lowContrasts)).toEqual([]);
      expect(await page.evaluate(overlappingLabels)).toEqual([]);
      expect(await page.evaluate(strayingLabels)).toEqual([]);
    });

    test('prints, light whatever the screen is, with nothing off the paper', async () => {
      await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      // A4 less the margins, at 96 dots an inch.
      await page.setViewportSize({ width: 688, height: 1000 });
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(27, 31, 36)');
      expect(await page.evaluate(lowContrasts)).toEqual([]);
      expect(await page.evaluate(overlappingLabels)).toEqual([]);
      expect(await page.evaluate(chartsOffThePage)).toEqual([]);
    });

    test('folded figures are on paper too, but for arms that are closed', async () => {
      await unfold(false);
      await page.emulateMedia({ media: 'print' });
      const heights = await page.evaluate(() =>
        Array.from(
          document.querySelectorAll('details pre'),
          (recipe) => recipe.getBoundingClientRect().height,
        ),
      );
      expect(heights).toHaveLength(report.arms.length);
      for (const height of heights) expect(height > 0).toBe(report.arms.length === 1);
      await unfold(true);
    });

    test('says nothing, and asks for nothing but itself', () => {
      expect(said).toEqual([`request: ${address}`]);
    });
  });
});
