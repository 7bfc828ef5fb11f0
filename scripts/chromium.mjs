/** Where Chromium is, and how it is started here: by itself, asking nothing of anyone, with a new empty profile. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** $CHROMIUM, else Debian's; null where there is none. */
export function findChromium() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return existsSync(path) ? path : null;
}

/** Playwright makes the profile, and removes it when the browser is closed. */
export function launchChromium(executablePath) {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox', // which Chromium insists on as root
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
