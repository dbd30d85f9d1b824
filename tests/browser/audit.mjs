// What every page must be: accessible, as narrow as the screen, quiet in the console, and without anything foreign.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { photograph } from './people.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = [360, 1440].flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, colorScheme })));

/** A page in a browser context of its own that remembers what its console said and what it loaded from elsewhere. */
export async function watched(browser, own, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message, page)) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    const foreign = !request.isNavigationRequest() && protocol !== 'data:' && !own.includes(origin);
    if (foreign) complaints.push(`${page.url()} loads ${request.url()}`);
  });
  return { context, page, complaints };
}

/** Chromium complains of pages whose own status is 4xx; a refused form has one on purpose. */
function isRefusal(message, page) {
  return /status of 4\d\d/.test(message.text()) && message.location().url === page.url();
}

/** Ends what is still moving: a colour on its way to another theme's has neither's contrast. */
async function settle() {
  await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
  for (const animation of document.getAnimations()) animation.finish();
}

/** How far the page reaches beyond its screen, in pixels. */
function beyond(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Looks at the page in both themes on a phone's and on a desk's screen, and sees that it fits a tablet's. */
export async function inspect(page, name) {
  await page.evaluate(AXE);
  for (const { width, colorScheme } of LOOKS) {
    const look = `${name}, ${width} px, ${colorScheme}`;
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settle);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), [], look);
    assert.equal(await beyond(page), 0, `${look}: wider than the screen`);
    await photograph(page, `${name}-${width}-${colorScheme}`, { fullPage: true });
  }
  await page.setViewportSize({ width: 768, height: 1024 });
  assert.equal(await beyond(page), 0, `${name}, 768 px: wider than the screen`);
  await page.setViewportSize({ width: LOOKS.at(-1).width, height: 800 });
}
