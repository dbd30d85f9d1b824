// What a student does with the tutor beyond asking, with no other hand than the keyboard: stopping, asking again, another
// answer, conversations by name, and every way out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { keys } from './keys.mjs';
import { Model } from './model.mjs';
import { Trio } from './trio.mjs';

let trio, browser, model;
before(async () => {
  model = await Model.start();
  [trio, browser] = await Promise.all([Trio.start({ ...model.variables, TUTOR_DAILY_LIMIT: '4' }), launch()]);
});
after(async () => { await browser?.close(); await trio?.stop(); await model?.stop(); });

/** Signs in on the page that asks for it. */
async function identify(page) {
  const { given, next } = keys(page);
  await given(page.getByLabel('E-mail', { exact: true }));
  await page.keyboard.type('student@example.com');
  await next(page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(trio.demoPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${trio.web}/dashboard`);
}

async function signedIn() {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  await page.goto(trio.web);
  await keys(page).press(page.getByRole('link', { name: 'Sign in', exact: true }));
  await identify(page);
  return page;
}

test('stop, another answer, a conversation renamed and deleted, and the limit reached', async () => {
  const page = await signedIn();
  const { given, reach, press } = keys(page);
  const panel = page.locator('#tutor');
  const field = panel.getByLabel('Your question');
  const button = (name) => panel.getByRole('button', { name, exact: true });
  await press(page.getByRole('button', { name: 'Enrol in this course' }));
  await press(page.getByRole('link', { name: /^Read/ }));
  await page.locator('html[data-tutor=ready]').waitFor();
  await press(page.locator('.page-head [data-tutor-open]'));
  await given(field);

  model.pause = 1500;
  await page.keyboard.type('What is embodiment?');
  await page.keyboard.press('Enter');
  await page.locator('.msg-tutor', { hasText: 'A loop watches what it does' }).waitFor({ timeout: 20_000 });
  await press(button('Stop'), 'Space');
  await button('Send').waitFor();
  await given(field);
  model.pause = 0;
  await press(button('Another answer').last());
  await page.locator('.msg-tutor', { hasText: 'What would you measure here?' }).waitFor({ timeout: 20_000 });
  await button('Send').waitFor();

  await press(button('History'));
  await given(panel.getByLabel('Search your conversations'));
  await press(panel.getByRole('button', { name: /^Rename/ }));
  await given(panel.getByLabel('New title'));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('All about bodies');
  await page.keyboard.press('Enter');
  await panel.locator('.tutor-thread', { hasText: 'All about bodies' }).waitFor();
  await press(panel.getByRole('button', { name: /^Delete/ }));
  // The question whether to delete begins at the answer that loses nothing.
  await given(button('Keep'));
  await reach(button('Delete'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await panel.locator('.tutor-thread').waitFor({ state: 'detached' });
  await press(button('New'));
  await given(field);
  for (const question of ['What is a bumper?', 'What is a gear?']) {
    await page.keyboard.type(question);
    await page.keyboard.press('Enter');
    await page.locator('.msg-student', { hasText: question }).waitFor();
    await button('Send').waitFor({ timeout: 20_000 });
  }
  await page.keyboard.type('And a spring?');
  await page.keyboard.press('Enter');
  await panel.locator('.tutor-limited').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await panel.isVisible(), false);
});

for (const [way, words] of [
  ['Sign out of this site', 'You are signed out of this site'],
  ['Sign out of all apps here', 'You are signed out of all apps in this browser'],
  ['Sign out on all devices', 'You are signed out on all devices'],
]) {
  test(`${way.toLowerCase()}, and sign in again`, async () => {
    const page = await signedIn();
    const { press } = keys(page);
    await press(page.locator('details.menu > summary'));
    await press(page.getByRole('link', { name: 'Your account', exact: true }));
    await press(page.getByRole('main').getByRole('button', { name: way, exact: true }));
    await page.getByText(words).waitFor();
    await press(page.getByRole('banner').getByRole('link', { name: 'Sign in', exact: true }));
    // The sign-on session outlives the first way alone.
    if (way === 'Sign out of this site') await page.waitForURL(`${trio.web}/dashboard`);
    else await identify(page);
    await page.context().close();
  });
}
