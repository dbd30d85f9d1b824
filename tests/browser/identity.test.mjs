// The pages of the identity server: each in both themes on narrow and wide screens, the whole journey without
// JavaScript, and signing in by keyboard.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { inspect, watched } from './audit.mjs';
import { launch } from './chromium.mjs';
import { startProviders } from './identity-providers.mjs';
import { mailedLink, PASSWORD } from './people.mjs';
import { Trio } from './trio.mjs';

const OTHER_PASSWORD = 'Another-Horse-8-Charger';
const CLIENT = { id: 'notebook', name: 'Robot Lab Notebook' };
// As long as people have them: nothing may stick out of a telephone's screen.
const LONG = {
  name: 'Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft the Third',
  email: 'maximiliana.theodora.wolfeschlegelsteinhausenbergerdorff@department-of-mechanical-engineering.example.org',
};

let trio, browser, providers, client;
before(async () => {
  providers = await startProviders();
  client = createServer((_, response) => response.end('the client')).listen(0, '127.0.0.1');
  await once(client, 'listening');
  CLIENT.origin = `http://127.0.0.1:${client.address().port}`;
  [trio, browser] = await Promise.all([Trio.start(providers.variables), launch()]);
  await trio.sql((sql) => sql(`insert into auth.oauth_application
    (client_id, name, redirect_uris, post_logout_redirect_uris, scopes, token_endpoint_auth_method, client_uri, policy_uri)
    values ('${CLIENT.id}', '${CLIENT.name}', '{${CLIENT.origin}/cb}', '{${CLIENT.origin}/}',
      '{openid,profile,email,offline_access,api}', 'none', '${CLIENT.origin}', '${CLIENT.origin}/privacy')`));
});
after(async () => {
  await browser?.close();
  client?.close();
  await Promise.all([trio?.stop(), providers?.stop()]);
});

/** Runs `steps` with a page, and sees that no page on the way complained. */
async function visit(steps, options) {
  const { context, page, complaints } = await watched(browser, [trio.auth, trio.web], options);
  const open = (path) => page.goto(trio.auth + path);
  const press = (name) => page.getByRole('button', { name, exact: true }).click();
  const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor();
  const type = (label, text) => page.getByLabel(label, { exact: true }).fill(text);
  try {
    await steps({ context, page, open, press, heading, type });
    assert.deepEqual(complaints, []);
  } catch (error) {
    // What was on the page says more than the step that waited in vain.
    error.message += `\n${page.url()}\n${await page.locator('body').innerText().catch(() => '')}`;
    throw error;
  } finally {
    await context.close();
  }
}

async function register({ open, press, heading, type }, { name, email }) {
  await open('/sign-up');
  await type('Name', name);
  await type('E-mail', email);
  await type('Password', PASSWORD);
  await press('Create account');
  await heading('Check your mail');
}

async function signIn({ open, press, type }, email, password) {
  await open('/sign-in');
  await type('E-mail', email);
  await type('Password', password);
  await press('Sign in');
}

function authorization(more = {}) {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
  return `/oauth2/authorize?${new URLSearchParams({
    response_type: 'code', client_id: CLIENT.id, redirect_uri: `${CLIENT.origin}/cb`, state: 'a-state',
    scope: 'openid profile email offline_access api', code_challenge: challenge, code_challenge_method: 'S256', ...more,
  })}`;
}

test('the pages for who is not signed in', () => visit(async ({ page, open, press, heading, type }) => {
  await open('/sign-in');
  await inspect(page, 'sign-in');
  await type('E-mail', 'nobody@example.org');
  await type('Password', 'wrong');
  await press('Sign in');
  await page.getByText('is not right').waitFor();
  await inspect(page, 'sign-in-refused');

  await open('/sign-up');
  await inspect(page, 'sign-up');
  await type('Name', 'Mina');
  await type('E-mail', 'mina@example');
  await type('Password', 'Correct-Horse');
  await page.getByText('Nearly there').waitFor();
  await inspect(page, 'sign-up-meter');
  await type('Password', PASSWORD);
  await page.getByText('Strong', { exact: true }).waitFor();
  await type('E-mail', 'student@example.com');
  await type('Password', 'short');
  await press('Create account');
  await page.locator('.field-error').first().waitFor();
  await inspect(page, 'sign-up-refused');

  await open('/forgot-password');
  await inspect(page, 'forgot');
  await type('E-mail', LONG.email);
  await press('Send the link');
  await heading('Check your mail');
  await inspect(page, 'forgot-sent');

  for (const [path, name] of [
    ['/reset-password?token=made-up', 'reset-expired'], ['/verify-email?token=made-up', 'verify-refused'],
    ['/claim-account?token=made-up', 'claim-gone'], ['/error?error=PLEASE_RESTART_THE_PROCESS', 'error'],
    ['/nothing-here', 'not-found'], ['/docs', 'reference'],
  ]) {
    await open(path);
    await inspect(page, name);
  }
}));

test('the pages on the way in, of the account, of a client, and on the way out', () => visit(async (person) => {
  const { page, open, press, heading, type } = person;
  await register(person, LONG);
  await inspect(page, 'check-email');
  await page.goto(await mailedLink(trio, LONG.email));
  await heading('Your address is confirmed');
  await inspect(page, 'verified');

  await open(authorization());
  await heading(/Robot Lab Notebook/);
  await inspect(page, 'consent');
  await press('Allow');
  await page.waitForURL(`${CLIENT.origin}/cb?**`);
  await open(authorization({ prompt: 'select_account' }));
  await heading('Choose an account');
  await inspect(page, 'select-account');

  // Everything that an account can have: a second session, a provider and another that is not linked, a consent.
  await visit(async (elsewhere) => {
    await signIn(elsewhere, LONG.email, PASSWORD);
    await elsewhere.page.waitForURL(/\/dashboard/);
  });
  Object.assign(providers.google.profile, { id: '77', ...LONG });
  await open('/account');
  await press('Link Google');
  await page.getByRole('button', { name: 'Unlink Google' }).waitFor();
  await inspect(page, 'account');
  await type('Current password', 'wrong');
  await type('New password', OTHER_PASSWORD);
  await press('Change the password');
  await page.getByText('This is not your password.').waitFor();
  await inspect(page, 'account-refused');

  await open('/account/data');
  await inspect(page, 'data');
  await open('/account/delete');
  await inspect(page, 'delete');
  await open(`/oauth2/logout?${new URLSearchParams({ client_id: CLIENT.id, post_logout_redirect_uri: `${CLIENT.origin}/` })}`);
  await heading('Sign out?');
  await inspect(page, 'sign-out');
  await open('/oauth2/logout');
  await press('Sign out');
  await heading('You are signed out');
  await inspect(page, 'signed-out');
  await open(authorization());
  await heading('Sign in');
  await page.getByText(CLIENT.name).waitFor();
  await inspect(page, 'sign-in-for-a-client');

  await open('/forgot-password');
  await type('E-mail', LONG.email);
  await press('Send the link');
  await page.goto(await mailedLink(trio, LONG.email, '/reset-password'));
  await heading('Choose a new password');
  await inspect(page, 'reset');
  await type('New password', OTHER_PASSWORD);
  await press('Save the new password');
  await heading('Your password is changed');
  await inspect(page, 'reset-done');
  await signIn(person, LONG.email, OTHER_PASSWORD);
  await open('/account/delete');
  await type('Your password', OTHER_PASSWORD);
  await press('Delete my account for ever');
  await heading('Your account is deleted');
  await inspect(page, 'deleted');
}));

test('the pages on which an address is claimed back', async () => {
  const claimed = { name: 'Squatter', email: 'claimed@example.org' };
  await visit((squatter) => register(squatter, claimed));
  Object.assign(providers.google.profile, { id: '4711', ...claimed });
  await visit(async ({ page, open, press, heading }) => {
    await open('/sign-in');
    await press('Continue with Google');
    await heading('Check your mail');
    await inspect(page, 'claim-sent');
    await page.goto(await mailedLink(trio, claimed.email, '/claim-account'));
    await heading('Take over your account');
    await inspect(page, 'claim');
    await press('This is my account');
    await page.waitForURL(/\/dashboard/);
  });
});

test('a reset link that ran out says so and offers a new one', () => visit(async ({ page, open, press, heading, type }) => {
  const ask = async () => {
    await type('E-mail', 'student@example.com');
    await press('Send the link');
    await heading('Check your mail');
    return mailedLink(trio, 'student@example.com', '/reset-password');
  };
  await open('/forgot-password');
  const old = await ask();
  await trio.sql((sql) => sql(`update auth.verification set expires_at = now() - interval '1 second'
    where purpose like '%reset%'`));
  await page.goto(old);
  await page.getByText('older than an hour').waitFor();
  const renewed = await ask();
  assert.notEqual(renewed, old);
  await page.goto(renewed);
  await heading('Choose a new password');
}));

test('the whole journey works without JavaScript', () => visit(async (person) => {
  const { page, open, press, heading, type } = person;
  const email = 'plain@example.org';
  await register(person, { name: 'Plain Person', email });
  await page.goto(await mailedLink(trio, email, '/verify-email'));
  await heading('Your address is confirmed');
  await open('/account');
  await press('Sign out');
  await heading('You are signed out');

  await open('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await type('E-mail', email);
  await press('Send the link');
  await heading('Check your mail');
  await page.goto(await mailedLink(trio, email, '/reset-password'));
  await type('New password', OTHER_PASSWORD);
  await press('Save the new password');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await type('E-mail', email);
  await type('Password', OTHER_PASSWORD);
  await press('Sign in');
  await page.waitForURL(/\/dashboard/);

  await open('/account');
  await type('Current password', OTHER_PASSWORD);
  await type('New password', PASSWORD);
  await page.getByLabel('Sign out everywhere else').uncheck();
  await press('Change the password');
  await page.getByText('Your password is changed.').waitFor();

  await visit(async (elsewhere) => {
    await signIn(elsewhere, email, PASSWORD);
    await elsewhere.page.waitForURL(/\/dashboard/);
    await open('/account');
    await press('Sign out everywhere else');
    await page.getByText('Signed out there.').waitFor();
    await elsewhere.open('/account');
    await elsewhere.heading('Sign in');
  }, { javaScriptEnabled: false });

  await open('/account');
  await page.getByRole('link', { name: 'Delete my account' }).click();
  await type('Your password', PASSWORD);
  await press('Delete my account for ever');
  await heading('Your account is deleted');
  await signIn(person, email, PASSWORD);
  await page.getByText('is not right').waitFor();
}, { javaScriptEnabled: false, viewport: { width: 360, height: 800 } }));

test('signing in takes a keyboard alone, and the focus can be seen', () => visit(async ({ page, open }) => {
  await open('/sign-in');
  const focused = () => page.evaluate(() => {
    const { activeElement: element } = document;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return { label: element.labels?.[0]?.textContent || element.textContent, outline: `${outlineStyle} ${outlineWidth}` };
  });
  // The field takes the focus by itself; keys that come before that would be lost.
  await page.waitForFunction(() => document.activeElement?.labels?.[0]?.textContent === 'E-mail');
  await page.keyboard.type('student@example.com');
  assert.deepEqual(await focused(), { label: 'E-mail', outline: 'solid 3px' });
  await page.keyboard.press('Tab');
  assert.deepEqual(await focused(), { label: 'Password', outline: 'solid 3px' });
  await page.keyboard.type(trio.demoPassword);
  await page.keyboard.press('Tab');
  assert.deepEqual(await focused(), { label: 'Sign in', outline: 'solid 3px' });
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/dashboard/);
}));
