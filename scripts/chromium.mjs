/** Finds Chromium and starts it, without background network requests and with a new empty profile. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Path of $CHROMIUM, else of Debian's Chromium; null: there is none. */
export function findChromium() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return existsSync(path) ? path : null;
}

/** Starts Chromium. Playwright makes the profile, and removes it when the browser is closed. */
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
