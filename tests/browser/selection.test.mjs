// “Ask about this”: in prose, listings, formulas and tables, by mouse, finger and keyboard, and nowhere else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { signIn } from './people.mjs';
import { Trio } from './trio.mjs';

let trio, browser, context, page;
before(async () => {
  [trio, browser] = await Promise.all([Trio.start(), launch()]);
  context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  page = await context.newPage();
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.getByRole('link', { name: /^Read/ }).waitFor();
});
after(async () => { await browser?.close(); await trio?.stop(); });

const button = () => page.locator('.ask-about-this:not([hidden])');
const quoted = () => page.locator('#tutor .tutor-attached blockquote');

/** A lesson, with the panel closed. */
async function open(lesson) {
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${trio.web}/lessons/${lesson}`);
  await page.locator('html[data-tutor=ready]').waitFor();
}

/** The first lesson that has such an element. */
async function lessonWith(selector) {
  for (const lesson of ['what-is-physical-ai', 'frames-and-transforms', 'feedback-control', 'sensors-and-actuators', 'kinematics-of-bodies', 'working-safely']) {
    await open(lesson);
    if (await page.locator(`[data-lesson-content] ${selector}`).count()) return;
  }
  assert.fail(`no lesson of the first stage has ${selector}`);
}

/** Drags the mouse over the middle of an element. */
async function sweep(selector, width = 320) {
  const element = page.locator(`[data-lesson-content] ${selector}`).first();
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 1, y);
  await page.mouse.down();
  await page.mouse.move(box.x + Math.min(box.width, width) - 2, y, { steps: 6 });
  await page.mouse.up();
}

for (const [place, selector] of [['prose', 'p'], ['a listing', 'pre code'], ['a formula', 'math[display=block]'], ['a table', 'tbody tr:nth-child(2)']]) {
  test(`what is selected by mouse in ${place} is quoted`, async () => {
    await lessonWith(selector);
    await sweep(selector, place === 'a formula' ? 2000 : 320);
    // A formula's letters have code points of their own.
    const selected = (await page.evaluate(() => getSelection().toString().trim())).replace(/[\u{1D400}-\u{1D7FF}]/gu, (letter) => letter.normalize('NFKC'));
    assert.ok(selected.length > 2, `selected: ${selected}`);
    await button().click();
    assert.equal((await quoted().innerText()).replace(/\s+/g, ' '), selected.replace(/\s+/g, ' '));
    assert.ok(await page.getByLabel('Your question').evaluate((field) => field === document.activeElement));
  });
}

test('three clicks on the last paragraph quote it, although they select up to what comes after', async () => {
  await open('what-is-physical-ai');
  const last = page.locator('.lesson-article > [data-lesson-content] > p').last();
  await last.scrollIntoViewIfNeeded();
  await last.click({ clickCount: 3, position: { x: 20, y: 10 } });
  await button().click();
  assert.equal((await quoted().textContent()).trim(), (await last.textContent()).trim());
});

test('by keyboard: a selection, Tab, Enter; Escape lets go of it', async () => {
  await open('what-is-physical-ai');
  const select = () => page.evaluate(() => {
    const text = document.querySelector('[data-lesson-content] > p').firstChild;
    getSelection().setBaseAndExtent(text, 0, text, 11);
  });
  await page.locator('main').focus();
  await select();
  await button().waitFor();
  await page.keyboard.press('Shift+ArrowRight');
  await page.waitForTimeout(300);
  const selected = await page.evaluate(() => getSelection().toString());
  await page.keyboard.press('Tab');
  assert.ok(await button().evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Escape');
  await button().waitFor({ state: 'detached' });
  await select();
  await button().waitFor();
  await page.keyboard.press('Shift+ArrowRight');
  await page.waitForTimeout(300);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await quoted().textContent(), selected.trim());
});

test('a selection in an exercise brings the exercise along', async () => {
  await open('what-is-physical-ai');
  await page.locator('.exercise [data-lesson-content] p').first().click({ clickCount: 3 });
  await button().click();
  const title = await page.locator('.exercise h3').first().textContent();
  await page.locator('#tutor .tutor-attached', { hasText: title }).waitFor();
});

test('titles, summaries, navigation and one’s own answers offer no such button', async () => {
  await open('what-is-physical-ai');
  for (const selector of ['.page-head h1', '.page-head .lede', '.toc summary', '.site-footer span', '.exercise h3']) {
    await page.locator(selector).first().click({ clickCount: 3 });
    await page.waitForTimeout(350);
    assert.equal(await button().count(), 0, selector);
  }
  await page.locator('textarea.answer').first().fill('my own words');
  await page.locator('textarea.answer').first().selectText();
  await page.waitForTimeout(350);
  assert.equal(await button().count(), 0, 'an answer');
  await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('main')));
  await page.waitForTimeout(350);
  assert.equal(await button().count(), 0, 'more than the lesson');
});

test('by finger the button stands at the lower edge, where no menu of the system covers it', async () => {
  const phone = await browser.newContext({
    storageState: await context.storageState(), viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true,
  });
  const tab = await phone.newPage();
  await tab.goto(`${trio.web}/lessons/what-is-physical-ai`);
  await tab.locator('html[data-tutor=ready]').waitFor();
  // What a long press leaves behind: a selection, and no mouse.
  await tab.evaluate(() => getSelection().selectAllChildren(document.querySelector('[data-lesson-content] > p')));
  const offered = tab.locator('.ask-about-this:not([hidden])');
  await offered.waitFor();
  const box = await offered.boundingBox();
  assert.ok(box.y > 600 && box.height >= 44, JSON.stringify(box));
  await offered.tap();
  await tab.locator('#tutor[role=dialog] .tutor-attached blockquote').waitFor();
  await phone.close();
});
