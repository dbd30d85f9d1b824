// A student's first evening: registers, verifies, enrols, reads, asks, comes back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { ask, photograph, register, verify } from './people.mjs';
import { Trio } from './trio.mjs';

let trio, browser;
before(async () => { [trio, browser] = await Promise.all([Trio.start(), launch()]); });
after(async () => { await browser?.close(); await trio?.stop(); });

test('a student registers, verifies, reads, asks, is answered with citations, and finds the thread again', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (![trio.web, trio.auth].includes(origin) && !request.url().startsWith('data:')) complaints.push(request.url());
  });

  await register(page, trio, 'mina@example.org');
  await verify(page, trio, 'mina@example.org');
  await page.getByRole('link', { name: /dashboard/i }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
  assert.equal(await page.locator('.stage-list > li').count(), 5);

  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.getByRole('link', { name: /^Read/ }).click();
  await page.waitForURL(/\/lessons\//);
  const lesson = page.url();
  assert.ok(await page.locator('.prose pre code span[class^=hl-]').count() > 0, 'code is highlighted');
  assert.ok(await page.locator('.prose math').count() > 0, 'formulas are MathML');

  const answer = await ask(page, 'Why does a robot need a closed loop?');
  assert.match(await answer.textContent(), /\?/, 'the tutor asks back');
  await photograph(page, 'lesson');
  const citation = answer.locator('a.cite').first();
  await citation.waitFor();
  const target = decodeURIComponent(new URL(await citation.getAttribute('href'), trio.web).hash.slice(1));
  await citation.click();
  // Scrolling there may be smooth, and the passage may be in another lesson.
  await page.waitForFunction((id) => {
    const passage = document.getElementById(id);
    const box = passage?.getBoundingClientRect();
    return box && box.bottom > 0 && box.top < innerHeight && passage.matches('.cited, :target');
  }, target);
  const marked = await page.locator('.cited, :target').first().evaluate((one) => getComputedStyle(one).backgroundColor);
  assert.notEqual(marked, 'rgba(0, 0, 0, 0)', 'the passage is highlighted');
  await page.goto(lesson);
  await page.reload();
  await page.locator('html[data-tutor=ready]').waitFor();
  if (!(await page.locator('#tutor').isVisible())) await page.locator('.page-head [data-tutor-open]').click();
  await page.locator('.msg-student', { hasText: 'Why does a robot need a closed loop?' }).waitFor();
  await page.locator('.msg-tutor').first().waitFor();

  await page.goto(`${trio.web}/dashboard`);
  await page.getByText('Why does a robot need a closed loop').first().waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('completing the required lessons of a stage opens the next one', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await register(page, trio, 'cleo@example.org', 'Cleo Student');
  await verify(page, trio, 'cleo@example.org');
  await page.goto(`${trio.web}/dashboard`);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.goto(`${trio.web}/stages/foundations`);
  const lessons = await page.locator('a.lesson-row').evaluateAll((rows) => rows.map((row) => row.href));
  assert.ok(lessons.length >= 3);
  await page.goto(`${trio.web}/stages/ros2-simulation`);
  await page.getByText('This stage is locked').waitFor();
  for (const lesson of lessons) {
    await page.goto(lesson);
    await page.getByRole('button', { name: /mark.*complete/i }).click();
    await page.waitForLoadState();
  }
  await page.goto(`${trio.web}/stages/ros2-simulation`);
  assert.equal(await page.getByText('This stage is locked').count(), 0);
  assert.ok(await page.locator('a.lesson-row').count() >= 3);
  await context.close();
});
