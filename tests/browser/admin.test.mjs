// An admin's day: gives roles, bans, reads the log, looks at the figures.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { inspect, watched } from './audit.mjs';
import { launch } from './chromium.mjs';
import { PASSWORD, register, signIn, verify } from './people.mjs';
import { Trio } from './trio.mjs';

let trio, browser, admin, student;
before(async () => {
  [trio, browser] = await Promise.all([Trio.start(), launch()]);
  const own = [trio.web, trio.auth];
  admin = await watched(browser, own, { viewport: { width: 1440, height: 900 } });
  student = await watched(browser, own, { viewport: { width: 1440, height: 900 } });
  await signIn(admin.page, trio, 'admin@example.com', trio.demoPassword);
  await signIn(student.page, trio, 'student@example.com', trio.demoPassword);
});
after(async () => { await browser?.close(); await trio?.stop(); });

/** The page of the person with that address, found by searching. */
async function find(page, email) {
  await page.goto(`${trio.web}/admin/users`);
  await page.getByRole('searchbox', { name: 'Search' }).fill(email);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('One person.').waitFor();
  await page.locator('a.staff-title').click();
  await page.getByRole('heading', { level: 2, name: 'Role' }).waitFor();
}

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return readFile(await file.path(), 'utf8');
}

test('a student who is made an instructor is one on the next page, and teaches what lists them', async () => {
  await student.page.goto(`${trio.web}/instructor`);
  await student.page.getByText('This page is not for your role').waitFor();
  await find(admin.page, 'student@example.com');
  await admin.page.getByRole('combobox', { name: 'Role' }).selectOption('instructor');
  await admin.page.getByRole('button', { name: 'Change the role' }).click();
  await admin.page.getByText('The role is changed').waitFor();
  await student.page.reload();
  await student.page.getByText('No course lists you yet').waitFor();
  await admin.page.getByRole('button', { name: /Put on the list/ }).click();
  await admin.page.getByRole('button', { name: /Take from the list/ }).waitFor();
  await student.page.reload();
  await student.page.getByRole('link', { name: 'Lessons', exact: true }).waitFor();
  await admin.page.getByRole('combobox', { name: 'Role' }).selectOption('student');
  await admin.page.getByRole('button', { name: 'Change the role' }).click();
  await admin.page.getByText('The role is changed').waitFor();
  await student.page.reload();
  await student.page.getByText('This page is not for your role').waitFor();
});

test('a ban bites at once, says why it was given, and is lifted', async () => {
  const { context, page } = await watched(browser, [trio.web, trio.auth]);
  await register(page, trio, 'ban@example.org', 'Ben Banned');
  await verify(page, trio, 'ban@example.org');
  await page.goto(`${trio.web}/dashboard`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await find(admin.page, 'ban@example.org');
  await admin.page.getByRole('textbox', { name: 'Reason' }).fill('Spam in threads');
  await admin.page.getByLabel('For how long').selectOption('86400');
  await admin.page.getByRole('button', { name: 'Ban', exact: true }).click();
  await admin.page.getByText('Reason: Spam in threads').waitFor();
  await page.goto(`${trio.web}/dashboard`);
  await page.waitForURL(/sign-in/);
  await page.getByLabel('E-mail').fill('ban@example.org');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/banned/i).first().waitFor();
  await admin.page.getByRole('button', { name: 'Lift the ban' }).click();
  await admin.page.getByText('The ban is lifted').waitFor();
  await signIn(page, trio, 'ban@example.org', PASSWORD);

  // One sign-on is ended: its owner has to sign in again.
  await admin.page.reload();
  await admin.page.getByRole('button', { name: /^End it/ }).first().click();
  await admin.page.getByText('Ended.').waitFor();
  await page.goto(`${trio.web}/dashboard`);
  await page.waitForURL(/sign-in/);
  await context.close();
});

test('the last admin stays one', async () => {
  await find(admin.page, 'admin@example.com');
  await admin.page.getByRole('combobox', { name: 'Role' }).selectOption('student');
  await admin.page.getByRole('button', { name: 'Change the role' }).click();
  await admin.page.getByText('This is the last admin').waitFor();
});

test('the event log is filtered, and taken along as a file', async () => {
  const { page } = admin;
  await page.goto(`${trio.web}/admin/events`);
  await page.getByRole('combobox', { name: 'Event', exact: true }).selectOption('user_banned');
  await page.getByLabel('E-mail contains').fill('ban@');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.locator('table.data').getByText('Spam in threads').waitFor();
  assert.equal(await page.locator('table.data tbody tr').count(), 1);
  const csv = await download(page, 'All of these, CSV');
  assert.match(csv, /^at,type,reason/);
  assert.equal(csv.trim().split('\r\n').length, 2);
  assert.match(csv, /user_banned.*ban@example\.org.*Spam in threads/);
});

test('the figures show what the tutor was asked and how resets end', async () => {
  await student.page.goto(`${trio.web}/dashboard`);
  await student.page.getByRole('button', { name: 'Enrol in this course' }).click();
  await student.page.getByRole('link', { name: /^Read/ }).waitFor();
  const content = [{ type: 'input_text', text: 'Why does a robot need feedback?' }];
  const input = { content, attachments: [], inference_options: {} };
  const asked = await student.page.request.post(`${trio.web}/api/v1/chatkit`, {
    headers: { origin: trio.web }, data: { type: 'threads.create', params: { input } },
  });
  assert.match(await asked.text(), /thread\.item\.done/);
  const visitor = await browser.newPage();
  await visitor.goto(`${trio.web}/forgot-password`);
  await visitor.getByLabel('E-mail').fill('student@example.com');
  await visitor.getByRole('button').filter({ hasText: /link|reset/i }).first().click();
  await visitor.close();

  const { page } = admin;
  await page.goto(`${trio.web}/admin`);
  await page.locator('.tile', { hasText: 'Messages to the tutor' }).locator('dd', { hasText: /^1$/ }).waitFor();
  await page.getByText('0 of 1 links led to a new password, 0 %').waitFor();
  await page.locator('figure', { hasText: 'Messages a day' }).getByText('The numbers as a table').click();
  assert.match(await page.locator('figure', { hasText: 'Messages a day' }).locator('tbody tr').last().textContent(), /10$/);
  assert.match(await download(page, 'Use by person and day, CSV'), /student@example\.com,1,0,1/);
  assert.match(await download(page, 'Resets by day, CSV'), /,1,0,0,0\r\n$/);
});

test('every page for admins is accessible, fits and keeps to itself; others are told whose it is', async () => {
  const { page, complaints } = admin;
  for (const [name, path] of Object.entries({ metrics: '/admin', users: '/admin/users', 'event-log': '/admin/events' })) {
    await page.goto(trio.web + path);
    await inspect(page, name);
  }
  await find(page, 'student@example.com');
  await inspect(page, 'user');
  const teacher = await watched(browser, [trio.web, trio.auth]);
  await signIn(teacher.page, trio, 'instructor@example.com', trio.demoPassword);
  for (const { page: other } of [student, teacher]) {
    await other.goto(`${trio.web}/admin/users`);
    await other.getByText('This page is not for your role').waitFor();
  }
  assert.deepEqual([...complaints, ...student.complaints, ...teacher.complaints], []);
});
