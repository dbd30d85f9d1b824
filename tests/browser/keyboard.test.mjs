// A student's way through the site with no other hand than the keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { Trio } from './trio.mjs';

let trio, browser, page;
before(async () => { [trio, browser] = await Promise.all([Trio.start(), launch()]); });
after(async () => { await browser?.close(); await trio?.stop(); });

/** Presses Tab until the focus is on what `locator` finds, and sees that one can see it there. */
async function reach(locator) {
  await locator.first().waitFor();
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press('Tab');
    if (await locator.evaluateAll((all) => all.includes(document.activeElement))) {
      assert.ok(await page.evaluate(() => document.activeElement.checkVisibility()), 'the focus is on something hidden');
      return;
    }
  }
  assert.fail(`not reached by 150 presses of Tab: ${locator}`);
}

async function press(locator, key = 'Enter') {
  await reach(locator);
  await page.keyboard.press(key);
}

async function type(locator, text) {
  await reach(locator);
  await page.keyboard.type(text);
}

test('sign in, enrol, read, ask, follow up, rate, find the conversation, practise, complete, sign out', async () => {
  page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  await page.goto(trio.web);
  await press(page.getByRole('link', { name: 'Sign in' }));
  await type(page.getByLabel('E-mail'), 'student@example.com');
  await type(page.getByLabel('Password', { exact: true }), trio.demoPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${trio.web}/dashboard`);
  await press(page.getByRole('button', { name: 'Enrol in this course' }));
  await press(page.getByRole('link', { name: /^Read/ }));
  await page.waitForURL(/\/lessons\//);

  await page.locator('html[data-tutor=ready]').waitFor();
  await press(page.locator('.page-head [data-tutor-open]'));
  const panel = page.locator('#tutor');
  const field = panel.getByLabel('Your question');
  await page.waitForFunction(() => document.activeElement.id === 'tutor-question');
  await page.keyboard.type('Why does a robot need a closed loop?');
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Another answer' }).waitFor({ timeout: 20_000 });
  assert.ok(await field.evaluate((one) => one === document.activeElement), 'the focus stays in the field');

  await press(panel.locator('.tutor-follow-ups button'));
  await page.waitForFunction(() => document.querySelectorAll('.msg-tutor').length === 2);
  await panel.getByRole('button', { name: 'Another answer' }).waitFor({ timeout: 20_000 });
  assert.ok(await field.evaluate((one) => one === document.activeElement), 'and after a follow-up');
  await press(panel.getByRole('button', { name: 'Helpful', exact: true }).last(), 'Space');
  await reach(panel.getByLabel('Why? (optional)'));
  await press(panel.getByRole('button', { name: 'History' }));
  await page.waitForFunction(() => document.activeElement.type === 'search');
  await page.keyboard.type('closed loop');
  await press(panel.locator('.tutor-thread'));
  await panel.locator('.msg-tutor').first().waitFor();
  await page.waitForFunction(() => document.activeElement.id === 'tutor-question');
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('.page-head [data-tutor-open]').evaluate((one) => one === document.activeElement));

  const exercise = page.locator('.exercise').first();
  await type(exercise.getByLabel('Your answer'), 'a guess');
  await press(exercise.getByRole('button', { name: 'Submit answer' }));
  await exercise.getByText('Not there yet').waitFor();
  await press(page.getByRole('button', { name: 'Mark as complete' }));
  await page.getByText('You completed this lesson').waitFor();
  await press(page.getByRole('link', { name: 'Next lesson', exact: true }));
  await page.waitForURL(/frames-and-transforms/);

  await press(page.locator('details.menu > summary'));
  await press(page.getByRole('button', { name: /^Sign out/ }));
  await page.waitForURL((url) => !url.pathname.startsWith('/lessons'));
});
