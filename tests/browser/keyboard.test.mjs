// The way of a student, of an instructor and of an admin with no other hand than the keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { keys } from './keys.mjs';
import { Trio } from './trio.mjs';

let trio, browser;
before(async () => { [trio, browser] = await Promise.all([Trio.start(), launch()]); });
after(async () => { await browser?.close(); await trio?.stop(); });

/** A page of the demo account of that role, and the keys to go on with. */
async function signedIn(role) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  const { reach, press, type } = keys(page);
  await page.goto(trio.web);
  await press(page.getByRole('link', { name: 'Sign in' }));
  await type(page.getByLabel('E-mail'), `${role}@example.com`);
  await type(page.getByLabel('Password', { exact: true }), trio.demoPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${trio.web}/dashboard`);
  return { page, reach, press, type };
}

test('sign in, enrol, read, ask, follow up, rate, find the conversation, practise, complete, sign out', async () => {
  const { page, reach, press, type } = await signedIn('student');
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

test('an instructor writes, previews and publishes a lesson, and takes it back', async () => {
  const { page, reach, press, type } = await signedIn('instructor');
  await press(page.getByRole('link', { name: 'Teach', exact: true }));
  await press(page.getByRole('link', { name: 'Lessons', exact: true }));
  await press(page.getByRole('link', { name: 'Add a lesson to Foundations' }));
  await type(page.getByLabel('Title'), 'Typed alone');
  await type(page.getByLabel('Text, in Markdown'), '## By hand');
  await page.locator('[data-preview] h2', { hasText: 'By hand' }).waitFor();
  await type(page.getByLabel('Address'), 'typed-alone');
  await type(page.getByLabel('Summary'), 'Written without a mouse.');
  await press(page.getByRole('button', { name: 'Save and publish' }));
  await page.getByText('Readers see this version now').waitFor();
  await press(page.getByRole('link', { name: 'Read it' }));
  await page.getByRole('heading', { name: 'By hand' }).waitFor();
  await page.goBack();
  await press(page.getByText('Retire this lesson'));
  await press(page.getByRole('button', { name: 'Retire it now' }));
  await page.getByText('Readers do not see this lesson any more').waitFor();
  await reach(page.getByRole('button', { name: 'Save draft' }));
});

test('an admin finds a person, makes them an instructor, and sees it in the event log', async () => {
  const { page, press, type } = await signedIn('admin');
  await press(page.getByRole('link', { name: 'Admin', exact: true }));
  await press(page.getByRole('link', { name: 'Users', exact: true }));
  await type(page.getByRole('searchbox', { name: 'Search' }), 'student@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('One person.').waitFor();
  await press(page.locator('a.staff-title'));
  // The first letters choose in a list.
  await type(page.getByRole('combobox', { name: 'Role' }), 'ins');
  await press(page.getByRole('button', { name: 'Change the role' }));
  await page.getByText('The role is changed').waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Role' }).inputValue(), 'instructor');
  await press(page.getByRole('link', { name: 'Event log' }));
  await page.getByRole('cell', { name: 'Role changed' }).first().waitFor();
});
