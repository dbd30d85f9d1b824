// The way in with no other hand than the keyboard: registering, choosing a new password, signing in with Google. A page is
// opened only where somebody would type its address or follow a link in a mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { startProviders } from './identity-providers.mjs';
import { keys } from './keys.mjs';
import { mailedLink, PASSWORD } from './people.mjs';
import { Trio } from './trio.mjs';

const OTHER_PASSWORD = 'Another-Horse-8-Charger';

let trio, browser, providers;
before(async () => {
  providers = await startProviders();
  [trio, browser] = await Promise.all([Trio.start(providers.variables), launch()]);
});
after(async () => { await browser?.close(); await trio?.stop(); await providers?.stop(); });

/** The landing page, its address typed, and keys for it. */
async function atTheDoor() {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  await page.goto(trio.web);
  return {
    page, ...keys(page),
    field: (name) => page.getByLabel(name, { exact: true }),
    button: (name) => page.getByRole('button', { name, exact: true }),
    link: (name) => page.getByRole('link', { name, exact: true }),
    arrives: () => page.waitForURL(`${trio.web}/dashboard`),
  };
}

test('register with two mistakes, confirm the address by the mailed link, and go on to a lesson', async () => {
  const { page, given, next, press, field, button, link, arrives } = await atTheDoor();
  await press(link('Create account'));
  await given(field('Name'));
  await page.keyboard.type('Mina Okafor');
  await next(field('E-mail'));
  await page.keyboard.type('mina@example');
  await next(field('Password'));
  await page.keyboard.type('too short');
  // Back to what was forgotten in the field before.
  await next(field('E-mail'), 'Shift+Tab');
  await page.keyboard.press('End');
  await page.keyboard.type('.org');
  await page.keyboard.press('Enter');

  // The page that refuses begins where something is wrong, with the rest as it was typed.
  await page.locator('.field-error').waitFor();
  await given(field('Password'));
  assert.equal(await field('E-mail').inputValue(), 'mina@example.org');
  await page.keyboard.type(PASSWORD);
  await next(button('Create account'));
  await page.keyboard.press('Space');

  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  await page.goto(await mailedLink(trio, 'mina@example.org'));
  await press(link('Go to your dashboard'));
  await arrives();
  await press(button('Enrol in this course'));
  await press(page.getByRole('link', { name: /^Read/ }));
  await page.waitForURL(/\/lessons\//);
  await page.locator('[data-lesson-content]').first().waitFor();
});

test('ask for a new password, choose it by the mailed link, and sign in with it', async () => {
  const { page, given, next, press, field, button, link, arrives } = await atTheDoor();
  await press(link('Sign in'));
  await given(field('E-mail'));
  await next(field('Password'));
  await next(button('Sign in'));
  await next(link('Forgot your password?'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor();
  await given(field('E-mail'));
  await page.keyboard.type('student@example.com');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();

  await page.goto(await mailedLink(trio, 'student@example.com', '/reset-password'));
  await given(field('New password'));
  await page.keyboard.type('too short');
  await page.keyboard.press('Enter');
  await page.locator('.field-error').waitFor();
  await given(field('New password'));
  await page.keyboard.type(OTHER_PASSWORD);
  await next(button('Save the new password'));
  await page.keyboard.press('Space');
  await page.getByRole('heading', { name: 'Your password is changed' }).waitFor();

  await press(page.getByRole('main').getByRole('link', { name: 'Sign in' }));
  await given(field('E-mail'));
  await page.keyboard.type('student@example.com');
  await next(field('Password'));
  await page.keyboard.type(OTHER_PASSWORD);
  await page.keyboard.press('Enter');
  await arrives();
});

test('sign in with Google, add GitHub to the account, and sign out', async () => {
  const { page, given, next, reach, press, field, button, link, arrives } = await atTheDoor();
  await press(link('Sign in'));
  // The field for the address has the focus; the providers stand above it.
  await given(field('E-mail'));
  await next(button('Continue with GitHub'), 'Shift+Tab');
  await next(button('Continue with Google'), 'Shift+Tab');
  await page.keyboard.press('Space');
  await arrives();
  await page.getByText('Ada Lovelace').first().waitFor();

  await press(page.locator('details.menu > summary'), 'Space');
  await press(link('Your account'));
  await page.waitForURL(`${trio.web}/account`);
  await press(link('Open security settings'));
  await page.waitForURL(`${trio.auth}/account**`);
  await press(button('Link GitHub'));
  await reach(button('Unlink GitHub'));
  await reach(button('Sign out'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
});
