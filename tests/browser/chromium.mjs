// Debian's Chromium, headless, that talks to nobody but us.
import { chromium } from 'playwright-core';

const OPTIONS = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
};

export function launch() {
  return chromium.launch(OPTIONS);
}

/** A browser that keeps cookies and the like in `folder`, as one that is closed and opened again. */
export function persistent(folder) {
  return chromium.launchPersistentContext(folder, OPTIONS);
}
