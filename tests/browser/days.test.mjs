// What holds from one day to the next, and from one lesson to the next.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect } from './audit.mjs';
import { launch } from './chromium.mjs';
import { ask, signIn } from './people.mjs';
import { Trio } from './trio.mjs';

let trio, browser;
before(async () => { [trio, browser] = await Promise.all([Trio.start(), launch()]); });
after(async () => { await browser?.close(); await trio?.stop(); });

/** The demo student in a browser that was never here. */
async function arrive() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  return { context, page };
}

/** Everything that the trio knows happened two days earlier than it did. */
function twoDaysPass() {
  const ages = {
    'tutor.chatkit_thread': ['created_at', 'updated_at'],
    'tutor.chatkit_thread_item': ['created_at'],
    'tutor.turn': ['heartbeat_at', 'heard_at', 'started_at', 'first_text_at', 'finished_at'],
    'learn.enrollment': ['enrolled_at'],
    'auth.session': ['created_at', 'updated_at', 'expires_at'],
  };
  return trio.sql(async (sql) => {
    for (const [table, columns] of Object.entries(ages)) {
      await sql(`update ${table} set ${columns.map((column) => `${column} = ${column} - interval '2 days'`).join(', ')}`);
    }
  });
}

test('a conversation begun on Monday goes on on Wednesday, after another sign-in', async () => {
  const monday = await arrive();
  await monday.page.getByRole('button', { name: 'Enrol in this course' }).click();
  await monday.page.getByRole('link', { name: /^Read/ }).click();
  const answer = await (await ask(monday.page, 'Why does a robot need a closed loop?')).locator('.msg-block').first().innerText();
  await monday.context.close();
  await twoDaysPass();

  const { context, page } = await arrive();
  await page.goto(`${trio.web}/threads`);
  const row = page.locator('.thread-row');
  assert.equal(await row.count(), 1);
  const day = await row.locator('time').getAttribute('datetime');
  const age = (Date.now() - Date.parse(day)) / 3_600_000;
  assert.ok(age > 47 && age < 49, `last touched ${age} hours ago`);
  await inspect(page, 'site-threads-some');
  await row.click();
  const panel = page.locator('#tutor');
  await panel.locator('.msg-student', { hasText: 'Why does a robot need a closed loop?' }).waitFor();
  assert.equal(await panel.locator('.msg-tutor .msg-block').first().innerText(), answer);

  await ask(page, 'And what does it measure?');
  assert.deepEqual(await panel.locator('.msg-student, .msg-tutor').evaluateAll(
    (all) => all.map((one) => (one.classList.contains('msg-student') ? 'student' : 'tutor')),
  ), ['student', 'tutor', 'student', 'tutor']);
  const kept = await trio.sql((sql) => sql(`select count(distinct thread_id), count(*) from tutor.chatkit_thread_item
    where kind in ('user_message', 'assistant_message')`));
  assert.deepEqual(kept, [['1', '4']]);
  await context.close();
});

test('every lesson has the panel, and offers it when it is ready and not before', async () => {
  const { context, page } = await arrive();
  let ready;
  const held = new Promise((resolve) => { ready = resolve; });
  await context.route('**/pkg/*.wasm', async (route) => { await held; await route.continue(); });
  await page.goto(`${trio.web}/stages/foundations`);
  const lessons = await page.locator('a.lesson-row').evaluateAll((rows) => rows.map((row) => row.href));
  assert.ok(lessons.length >= 3);

  await page.goto(lessons[0]);
  await page.locator('[data-lesson-content] > p').first().waitFor();
  await page.waitForTimeout(300);
  assert.ok(await page.locator('[data-tutor-open]').count() > 1, 'at the top, and at each exercise');
  assert.equal(await page.locator('[data-tutor-open]:visible').count(), 0, 'a button that would do nothing is not shown');
  assert.equal(await page.locator('#tutor').isVisible(), false);
  ready();
  for (const lesson of lessons) {
    await page.goto(lesson);
    await page.locator('.page-head [data-tutor-open]').click();
    await page.locator('#tutor').getByLabel('Your question').waitFor();
    await page.keyboard.press('Escape');
  }
  await context.close();
});
