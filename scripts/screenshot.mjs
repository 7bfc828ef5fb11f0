/**
 * Makes the picture of a report for README: the first page of REPORT.html as users see it, light, 1280 pixels wide.
 *
 *   node scripts/screenshot.mjs REPORT.html PICTURE.png     (make screenshot)
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, launchChromium } from './chromium.mjs';

const [report, picture] = process.argv.slice(2);
const executable = findChromium();
if (report === undefined || picture === undefined || executable === null) {
  console.error(
    executable === null
      ? 'screenshot: no Chromium at $CHROMIUM or /usr/bin/chromium (scripts/chromium.sh installs it)'
      : 'usage: node scripts/screenshot.mjs REPORT.html PICTURE.png',
  );
  process.exit(2);
}

const browser = await launchChromium(executable);
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 1215 },
    deviceScaleFactor: 1,
    colorScheme: 'light',
  });
  await page.goto(pathToFileURL(resolve(report)).href);
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
}
console.log(`${picture}: ${Math.round(statSync(picture).size / 1000)} KB`);
