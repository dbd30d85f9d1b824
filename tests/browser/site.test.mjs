// The site around the lessons: every page of a student in both themes, the three ways to sign out, no connection, and
// the whole way by keyboard.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect, watched } from './audit.mjs';
import { launch, persistent } from './chromium.mjs';
import { startProviders } from './identity-providers.mjs';
import { mailedLink, PASSWORD, register, signIn, verify } from './people.mjs';
import { Trio } from './trio.mjs';

let trio, browser, providers;
before(async () => {
  providers = await startProviders({ id: '4711', name: 'Grace Hopper', email: 'grace@example.org' });
  [trio, browser] = await Promise.all([Trio.start(providers.variables), launch()]);
});
after(async () => { await browser?.close(); await Promise.all([trio?.stop(), providers?.stop()]); });

/** Runs `steps` with a page of its own, and sees that nothing on the way complained: console, CSP, foreign requests. */
async function visit(steps, options) {
  const { context, page, complaints } = await watched(browser, [trio.web, trio.auth], options);
  try {
    await steps(page, context);
    assert.deepEqual(complaints, []);
  } catch (error) {
    error.message += `\n${page.url()}\n${await page.locator('body').innerText().catch(() => '')}`;
    throw error;
  } finally {
    await context.close();
  }
}

/** A verified student who takes part, on the dashboard. */
async function student(page, email, name) {
  await register(page, trio, email, name);
  await verify(page, trio, email);
  await page.goto(`${trio.web}/dashboard`);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.getByRole('link', { name: /^Read/ }).waitFor();
}

/** Chooses in the account menu. */
async function choose(page, name) {
  await page.locator('details.menu > summary').click();
  await page.locator('.menu-items').getByText(name, { exact: true }).click();
}

test('every page of a student is accessible in both themes, as narrow as the screen, and quiet', () => visit(async (page) => {
  const look = async (path, name, status = 200) => {
    const answer = await page.goto(trio.web + path);
    assert.equal(answer.status(), status, path);
    await inspect(page, `site-${name}`);
  };
  await look('/', 'landing');
  await look('/?signed-out=site', 'landing-signed-out');
  await look('/nothing-here', 'not-found', 404);
  await look('/offline', 'offline');
  await register(page, trio, 'noor@example.org', 'Noor Student');
  await look('/dashboard', 'dashboard-unverified');
  await look('/courses', 'courses-unverified');
  await look('/lessons/what-is-physical-ai', 'lesson-unverified', 403);
  await verify(page, trio, 'noor@example.org');
  await look('/courses', 'courses');
  await page.getByRole('link', { name: 'Look inside' }).first().click();
  await page.waitForURL(/\/courses\//);
  await inspect(page, 'site-course');
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
  await look('/dashboard', 'dashboard');
  await look('/stages/foundations', 'stage');
  await look('/stages/ros2-simulation', 'stage-locked');
  await look('/lessons/safety-and-faults', 'lesson-locked', 403);
  await look('/threads', 'threads');
  await look('/threads?q=nothing', 'threads-none');
  await look('/account', 'account');
}));

test('a student leaves the course, after being asked, and comes back to where they were', () => visit(async (page) => {
  await student(page, 'lea@example.org', 'Lea Student');
  await page.getByRole('link', { name: /^Read/ }).click();
  await page.getByRole('button', { name: 'Mark as complete' }).click();
  await page.getByText('You completed this lesson').waitFor();
  await page.goto(`${trio.web}/dashboard`);
  const leave = page.getByRole('button', { name: 'Leave it now' });
  assert.equal(await leave.isVisible(), false, 'not by one press');
  await page.getByText('Leave this course').click();
  await inspect(page, 'site-leave');
  await leave.click();
  await page.getByText('You left this course').waitFor();
  await inspect(page, 'site-left');
  assert.equal((await page.goto(`${trio.web}/lessons/what-is-physical-ai`)).status(), 403);
  await page.getByRole('button', { name: 'Enrol' }).click();
  await page.getByText('Continue where you left').waitFor();
}));

test('what is held about a person is taken along, from the site and from the sign-in service', () => visit(async (page) => {
  await student(page, 'taker@example.org', 'Tala Taker');
  const take = async (button) => {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return JSON.parse(await readFile(await download.path(), 'utf8'));
  };
  await choose(page, 'Your account');
  const learning = await take(page.getByRole('link', { name: 'Download my learning' }));
  assert.equal(learning.courses[0].course, 'physical-ai');
  assert.deepEqual(learning.conversations, []);
  await page.getByRole('link', { name: 'Download my account' }).click();
  const account = await take(page.getByRole('button', { name: 'Download the file' }));
  assert.equal(account.profile.email, 'taker@example.org');
}));

test('signing out of this site keeps the sign-on session, says so, and offers to end it too', () => visit(async (page) => {
  await student(page, 'ines@example.org', 'Ines Student');
  await choose(page, 'Sign out');
  await page.waitForURL(`${trio.web}/?signed-out=site`);
  await page.getByText('On a shared computer').waitFor();
  await page.goto(`${trio.web}/dashboard`);
  await page.waitForURL(`${trio.web}/dashboard`);
  assert.equal(await page.getByLabel('E-mail').count(), 0, 'signing in again is one step, for the sign-on session stayed');
  await choose(page, 'Sign out');
  await page.getByRole('button', { name: 'Sign out of all apps here' }).click();
  // The site no longer knows who it was, so the sign-in service asks.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${trio.web}/?signed-out=browser`);
  await page.goto(`${trio.web}/dashboard`);
  await page.getByLabel('E-mail').waitFor();
}));

test('signing out of all apps here ends the sign-on session and leads back to the landing page', () => visit(async (page) => {
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.goto(`${trio.web}/account`);
  await page.getByRole('button', { name: 'Sign out of all apps here' }).click();
  await page.waitForURL(`${trio.web}/?signed-out=browser`);
  await page.getByText('signed out of all apps in this browser').waitFor();
  await page.goto(`${trio.auth}/account`);
  await page.getByLabel('E-mail').waitFor();
}));

test('signing out on all devices ends the session of another device at once', () => visit(async (page) => {
  const phone = await browser.newContext();
  const other = await phone.newPage();
  await signIn(other, trio, 'student@example.com', trio.demoPassword);
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.goto(`${trio.web}/account`);
  await page.getByRole('button', { name: 'Sign out on all devices' }).click();
  await page.waitForURL(`${trio.web}/?signed-out=everywhere`);
  await page.getByText('signed out on all devices').waitFor();
  await other.goto(`${trio.web}/dashboard`);
  await other.getByLabel('E-mail').waitFor();
  await phone.close();
}));

test('a session ends here within two seconds of the end of its sign-on session', () => visit(async (page) => {
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  const other = await page.context().newPage();
  await other.goto(`${trio.auth}/account`);
  await other.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await other.getByText('You are signed out').waitFor();
  const begun = performance.now();
  const count = `select count(*) from web.session
    where user_id = (select id from auth."user" where email = 'student@example.com')`;
  while ((await trio.sql((sql) => sql(count)))[0][0] !== '0') {
    assert.ok(performance.now() - begun < 2000, 'the session is still there after two seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await page.goto(`${trio.web}/dashboard`);
  await page.getByLabel('E-mail').waitFor();
}));

test('closing the browser and opening it again keeps the session', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  try {
    const first = await persistent(folder);
    await signIn(await first.newPage(), trio, 'student@example.com', trio.demoPassword);
    await first.close();
    const second = await persistent(folder);
    const page = await second.newPage();
    await page.goto(`${trio.web}/dashboard`);
    assert.equal(page.url(), `${trio.web}/dashboard`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await second.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a forgotten password is replaced from the site, and ends in the dashboard', () => visit(async (page) => {
  const email = 'remy@example.org';
  await register(page, trio, email, 'Remy Student');
  await verify(page, trio, email);
  await page.context().clearCookies();
  await page.goto(`${trio.web}/forgot-password`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button').filter({ hasText: /link|reset/i }).first().click();
  const link = await mailedLink(trio, email, '/reset-password');
  await page.goto(link);
  await page.getByLabel('New password', { exact: true }).fill(`${PASSWORD}-2`);
  await page.getByRole('button').filter({ hasText: /password/i }).last().click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await signIn(page, trio, email, `${PASSWORD}-2`);
}));

test('signing in by another provider leads to the dashboard, verified', () => visit(async (page) => {
  await page.goto(`${trio.web}/login`);
  await page.getByRole('button', { name: 'Continue with Google' }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
  assert.equal(await page.getByText('Please verify your e-mail address').count(), 0);
}));

test('without a connection the site says so, and opens the page by itself when it is back', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await context.setOffline(true);
  await page.getByRole('status').filter({ hasText: 'You are offline' }).waitFor();
  await page.goto(`${trio.web}/courses`);
  await page.getByRole('heading', { name: 'No connection' }).waitFor();
  assert.equal(await page.getByText('student@example.com').count(), 0, 'nothing of a person is kept');
  await context.setOffline(false);
  await page.getByRole('heading', { name: 'Courses' }).waitFor();
  await context.close();
});

test('a role decides what is offered, changes with the next page, and a page beyond it says so', () => visit(async (page) => {
  await student(page, 'odile@example.org', 'Odile Student');
  const become = (role) => trio.sql((sql) => sql(`update auth."user" set role = '${role}', token_epoch = token_epoch + 1
    where email = 'odile@example.org'`));
  const offered = async () => {
    await page.goto(`${trio.web}/account`);
    return page.locator('.site-nav > a').allInnerTexts();
  };
  const refused = async (path) => {
    assert.equal((await page.goto(trio.web + path)).status(), 403, path);
    await page.getByRole('heading', { name: 'This page is not for your role' }).waitFor();
  };
  assert.deepEqual(await offered(), ['Dashboard', 'Courses', 'Conversations']);
  await refused('/instructor');
  await refused('/admin');
  const eventually = async (role, expected) => {
    await become(role);
    // The learning API hears of it within a second.
    const deadline = Date.now() + 3000;
    while ((await offered()).join() !== expected.join()) assert.ok(Date.now() < deadline, `${role} after three seconds`);
  };
  await eventually('instructor', ['Dashboard', 'Courses', 'Conversations', 'Teach']);
  assert.equal((await page.goto(`${trio.web}/instructor`)).status(), 200);
  await refused('/admin');
  await eventually('admin', ['Dashboard', 'Courses', 'Conversations', 'Teach', 'Admin']);
}));

/** Presses Tab until what has the focus is called `name`, and sees that the focus shows. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent;
      return { name: label.trim().replace(/\s+/g, ' '), outline: getComputedStyle(element).outlineStyle };
    });
    if (focus.name.startsWith(name)) {
      assert.notEqual(focus.outline, 'none', `the focus on “${name}” can be seen`);
      return;
    }
  }
  assert.fail(`“${name}” cannot be reached by Tab`);
}

test('the whole way takes a keyboard alone: sign in, enrol, read, complete, look around, sign out', () => visit(async (page) => {
  const email = 'kei@example.org';
  await register(page, trio, email, 'Kei Student');
  await verify(page, trio, email);
  await page.context().clearCookies();

  const press = async (name, url) => {
    await tabTo(page, name);
    await page.keyboard.press('Enter');
    await page.waitForURL(url);
  };
  await page.goto(trio.web);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await press('Sign in', /\/sign-in/);
  await tabTo(page, 'E-mail');
  await page.keyboard.type(email);
  await tabTo(page, 'Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${trio.web}/dashboard`);
  await tabTo(page, 'Enrol in this course');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /^Read/ }).waitFor();
  await press('Read', /\/lessons\//);
  await tabTo(page, 'Mark as complete');
  await page.keyboard.press('Enter');
  await page.getByText('You completed this lesson').waitFor();
  await press('Courses', /\/courses$/);
  await press('Conversations', /\/threads$/);
  await tabTo(page, 'Menu and account');
  await page.keyboard.press('Enter');
  await press('Your account', /\/account$/);
  await press('Sign out of all apps here', /signed-out=browser/);
}));
