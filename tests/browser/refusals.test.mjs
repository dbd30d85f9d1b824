// What must not open: lessons and tutor before the address is verified, stages before their time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { ask, register, signIn, verify } from './people.mjs';
import { Trio } from './trio.mjs';

let trio, browser;
before(async () => { [trio, browser] = await Promise.all([Trio.start(), launch()]); });
after(async () => { await browser?.close(); await trio?.stop(); });

/** Calls the API as the page does: same origin, with the page's cookie. */
function call(page, path, init) {
  return page.evaluate(async ([path, init]) => {
    const answer = await fetch(path, init);
    return { status: answer.status, body: await answer.text() };
  }, [path, init]);
}

function question(text) {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'threads.create',
      params: { input: { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} } },
    }),
  };
}

test('an unverified student sees the dashboard, neither lessons nor tutor, and is let in on the next load', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await register(page, trio, 'lin@example.org', 'Lin Student');
  await page.getByRole('link', { name: 'Continue to your dashboard' }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
  await page.getByText('Please verify your e-mail address').waitFor();
  assert.equal(await page.locator('.stage-list > li').count(), 5);

  const lesson = await call(page, '/api/v1/lessons/what-is-physical-ai');
  assert.equal(lesson.status, 403);
  assert.equal(JSON.parse(lesson.body).code, 'email_unverified');
  const tutor = await call(page, '/api/v1/chatkit', question('hello'));
  assert.equal(tutor.status, 403);
  assert.equal(JSON.parse(tutor.body).code, 'email_unverified');
  const other = await context.newPage();
  const answer = await other.goto(`${trio.web}/lessons/what-is-physical-ai`);
  assert.equal(answer.status(), 403);
  assert.equal(await other.locator('#tutor').count(), 0);

  await verify(other, trio, 'lin@example.org');
  await page.reload();
  assert.equal(await page.getByText('Please verify your e-mail address').count(), 0);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.getByRole('link', { name: /^Read/ }).click();
  await page.waitForURL(/\/lessons\//);
  await page.locator('.prose').first().waitFor();
  await context.close();
});

test('a locked stage is refused in the page, in the API and in retrieval', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.waitForLoadState();
  const locked = 'safety-and-faults';

  const answer = await page.goto(`${trio.web}/lessons/${locked}`);
  assert.equal(answer.status(), 403);
  await page.getByRole('heading', { name: /locked/i }).first().waitFor();

  const api = await call(page, `/api/v1/lessons/${locked}`);
  assert.equal(api.status, 403);
  assert.equal(JSON.parse(api.body).code, 'stage_locked');

  const search = await call(page, `/api/v1/search?q=${encodeURIComponent('behaviour tree retry decorator')}`);
  assert.equal(search.status, 200);
  assert.doesNotMatch(search.body, /mission-behaviour-trees|safety-and-faults/);

  await page.goto(`${trio.web}/lessons/what-is-physical-ai`);
  const reply = await ask(page, 'How does a retry decorator in a behaviour tree work?');
  for (const href of await reply.locator('a.cite').evaluateAll((links) => links.map((link) => link.href))) {
    assert.doesNotMatch(href, /mission-behaviour-trees|safety-and-faults/);
  }
  await context.close();
});

test('an instructor may look into every stage', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, trio, 'instructor@example.com', trio.demoPassword);
  const answer = await page.goto(`${trio.web}/lessons/safety-and-faults`);
  assert.equal(answer.status(), 200);
  await context.close();
});
