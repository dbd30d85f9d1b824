// The lesson page: read, practised and completed without scripts; nicer with them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, watched } from './audit.mjs';
import { launch } from './chromium.mjs';
import { signIn } from './people.mjs';
import { Trio } from './trio.mjs';

const LESSON = 'what-is-physical-ai';
let trio, browser, context, page, complaints;
before(async () => {
  [trio, browser] = await Promise.all([Trio.start(), launch()]);
  ({ context, page, complaints } = await watched(browser, [trio.web, trio.auth], { viewport: { width: 1440, height: 900 } }));
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.getByRole('link', { name: /^Read/ }).waitFor();
});
after(async () => { await browser?.close(); await trio?.stop(); });

const open = (tab = page) => tab.goto(`${trio.web}/lessons/${LESSON}`);

test('without scripts a lesson is read, an exercise answered, the lesson completed', async () => {
  const plain = await browser.newContext({ storageState: await context.storageState(), javaScriptEnabled: false });
  const tab = await plain.newPage();
  await open(tab);
  assert.ok(await tab.locator('.prose math').count() > 0);
  assert.equal(await tab.locator('[data-tutor-open]:visible').count(), 0, 'no button that does nothing');
  await tab.locator('.toc a').nth(2).click();
  assert.match(tab.url(), /#/);
  const exercise = tab.locator('.exercise').first();
  await exercise.getByLabel('Your answer').fill('a guess </textarea><b>');
  await exercise.getByRole('button', { name: 'Submit answer' }).click();
  await exercise.getByText('Not there yet').waitFor();
  assert.match(tab.url(), /\/lessons\/what-is-physical-ai\?tried=/);
  await exercise.getByText('Your last answer').click();
  assert.equal(await exercise.locator('[data-last-answer]').textContent(), 'a guess </textarea><b>');
  await tab.getByRole('button', { name: /mark as complete/i }).click();
  await tab.getByText('You completed this lesson').waitFor();
  await tab.getByRole('link', { name: 'Next lesson', exact: true }).click();
  await tab.getByRole('link', { name: /^Previous/ }).waitFor();
  await plain.close();
});

test('the contents say where one is, and lead there', async () => {
  await open();
  await page.locator('.toc a').nth(4).click();
  await page.waitForFunction(() => document.querySelector('.toc a[aria-current=location]') === document.querySelectorAll('.toc a')[4]);
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await page.waitForFunction(() => !document.querySelector('.toc a[aria-current]'));
  const measure = await page.locator('.lesson-article > .prose > p').first()
    .evaluate((one) => one.getBoundingClientRect().width / Number.parseFloat(getComputedStyle(one).fontSize));
  assert.ok(measure > 30 && measure < 42, `a line is ${measure} em wide`);
});

test('on paper there is the lesson, and nothing that one would press', async () => {
  await open();
  await page.locator('html[data-tutor=ready]').waitFor();
  await page.emulateMedia({ media: 'print' });
  const shown = (selector) => page.locator(`${selector}:visible`).count();
  assert.ok(await shown('.lesson-article > .prose > p') > 5);
  for (const selector of ['.site-header', '.site-footer', '.toc', '#tutor', '[data-tutor-open]', '.neighbours', '.exercises form']) {
    assert.equal(await shown(selector), 0, selector);
  }
  await page.emulateMedia({ media: null });
});

test('a listing is highlighted and copied as it stands', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: trio.web });
  await open();
  assert.ok(await page.locator('.prose pre code span[class^=hl-]').count() > 0);
  const figure = page.locator('[data-lesson-content] figure.code').first();
  await figure.scrollIntoViewIfNeeded();
  await figure.hover();
  await figure.getByRole('button', { name: 'Copy' }).click();
  await figure.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await figure.locator('code').textContent());
});

test('“I’m stuck” opens the tutor with that exercise, and the last answer goes on in its field', async () => {
  await open();
  await page.locator('html[data-tutor=ready]').waitFor();
  const exercise = page.locator('.exercise').first();
  assert.equal(await exercise.getByLabel('Your answer').inputValue(), 'a guess </textarea><b>');
  const slug = await exercise.getAttribute('data-exercise-slug');
  await exercise.getByRole('button', { name: 'I’m stuck' }).click();
  const field = page.getByLabel('Your question');
  assert.match(await field.inputValue(), /stuck/);
  const sent = page.waitForRequest((request) => request.url().endsWith('/panel/chatkit') && /threads\.create/.test(request.postData() ?? ''));
  await field.press('Enter');
  assert.equal(JSON.parse((await sent).postData()).metadata.pageContext.exercise, slug);
  await page.locator('.msg-tutor').first().waitFor();
  await page.locator('#tutor').getByRole('button', { name: 'Send' }).waitFor();
});

test('a lesson with the panel’s code is less than 350 KB, the code less than 250 KB', async () => {
  const fresh = await browser.newContext({ storageState: await context.storageState() });
  const tab = await fresh.newPage();
  const session = await fresh.newCDPSession(tab);
  await session.send('Network.enable');
  const sizes = new Map();
  const names = new Map();
  session.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, new URL(response.url).pathname));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await open(tab);
  await tab.locator('html[data-tutor=ready]').waitFor();
  await tab.waitForLoadState('networkidle');
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const wasm = [...sizes].find(([id]) => names.get(id)?.endsWith('.wasm'))?.[1] ?? 0;
  console.log(`a lesson page is ${total} bytes, of which WebAssembly ${wasm}`);
  assert.ok(wasm > 0 && wasm < 250_000, `${wasm}`);
  assert.ok(total < 350_000, `${total}`);
  await fresh.close();
});

test('the lesson page is accessible in both themes, and nothing complained', async () => {
  await page.evaluate(() => sessionStorage.clear());
  await open();
  await page.locator('html[data-tutor=ready]').waitFor();
  await inspect(page, 'lesson');
  assert.deepEqual(complaints, []);
});
