// The tutor's panel under everything that happens to it: stopped, retried, reloaded, cut off, in two tabs, over its limit.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { inspect, watched } from './audit.mjs';
import { launch } from './chromium.mjs';
import { Model } from './model.mjs';
import { ask, signIn } from './people.mjs';
import { Trio } from './trio.mjs';

const LESSON = 'what-is-physical-ai';
const QUESTION = 'What is embodiment?';
let trio, browser, model, context, page, complaints, panel;

before(async () => {
  model = await Model.start();
  [trio, browser] = await Promise.all([Trio.start({ ...model.variables, TUTOR_DAILY_LIMIT: '100' }), launch()]);
  ({ context, page, complaints } = await watched(browser, [trio.web, trio.auth], { viewport: { width: 1280, height: 860 } }));
  await signIn(page, trio, 'student@example.com', trio.demoPassword);
  await page.getByRole('button', { name: 'Enrol in this course' }).click();
  await page.getByRole('link', { name: /^Read/ }).waitFor();
  panel = page.locator('#tutor');
});
after(async () => { await browser?.close(); await trio?.stop(); await model?.stop(); });

// Each test begins in an empty conversation beside the lesson.
beforeEach(async () => {
  Object.assign(model, { pause: 0, status: 200, sentences: new Model().sentences });
  await open(page);
  await panel.getByRole('button', { name: 'New', exact: true }).click();
});

async function open(tab) {
  await tab.goto(`${trio.web}/lessons/${LESSON}`);
  await tab.locator('html[data-tutor=ready]').waitFor();
  if (!(await tab.locator('#tutor').isVisible())) await tab.locator('.page-head [data-tutor-open]').click();
}

const field = () => panel.getByLabel('Your question');
const idle = (tab = page) => tab.locator('#tutor').getByRole('button', { name: 'Send' }).waitFor({ timeout: 20_000 });

async function begin(question = QUESTION) {
  await field().fill(question);
  await field().press('Enter');
}

/** Waits until the answer has said that. */
const heard = (words, tab = page) => tab.locator('.msg-tutor', { hasText: words }).waitFor({ timeout: 20_000 });

/** The first value of the first row that `text` finds in the trio's database. */
const fact = (text) => trio.sql(async (sql) => (await sql(text))[0]?.[0]);

test('stop ends the answer within a second and keeps what was said, also after a reload', async () => {
  model.pause = 700;
  await begin();
  await heard('A loop watches what it does');
  const pressed = Date.now();
  await panel.getByRole('button', { name: 'Stop' }).click();
  await idle();
  assert.ok(Date.now() - pressed < 1500, `${Date.now() - pressed} ms`);
  assert.ok(await field().evaluate((one) => one === document.activeElement), 'the focus is in the text field');
  await page.reload();
  await heard('A loop watches what it does');
  assert.equal(await page.getByText('What would you measure here?').count(), 0);
});

test('a question that is stopped before its first word can be asked again', async () => {
  model.pause = 4000;
  await begin();
  await page.locator('.msg-student').waitFor();
  await panel.getByText('Thinking').waitFor();
  await page.waitForTimeout(300);
  await panel.getByRole('button', { name: 'Stop' }).click();
  await idle();
  model.pause = 0;
  await panel.getByRole('button', { name: 'Try again' }).click();
  await heard('What would you measure here?');
  await idle();
  assert.equal(await page.locator('.msg').count(), 2);
  assert.equal(await panel.getByText('This question was not answered').count(), 0);
});

test('another answer takes the place of the one that did not help', async () => {
  model.sentences = ['This is answer {n} [1].', 'What do you think?'];
  await begin();
  await heard('This is answer');
  await idle();
  const before = await page.locator('.msg-tutor').innerText();
  await panel.getByRole('button', { name: 'Another answer' }).click();
  await idle();
  assert.equal(await page.locator('.msg-tutor').count(), 1);
  assert.equal(await page.locator('.msg-student').count(), 1);
  assert.notEqual(await page.locator('.msg-tutor').innerText(), before);
});

test('a reload in mid-answer goes on with that answer', async () => {
  model.pause = 700;
  const asked = model.asked;
  await begin();
  await heard('A loop watches what it does');
  await page.reload();
  await heard('What would you measure here?');
  await idle();
  assert.equal(await page.locator('.msg-tutor').count(), 1);
  assert.equal(model.asked, asked + 1, 'the model was asked once');
});

test('a lost connection is said and taken up again, and the answer is one answer', async () => {
  model.pause = 900;
  const turns = await fact('select count(*)::int as n from tutor.turn');
  await begin();
  await heard('A loop watches what it does');
  await context.setOffline(true);
  await panel.getByText('The connection was lost').waitFor();
  await context.setOffline(false);
  await heard('What would you measure here?');
  await idle();
  assert.equal(await panel.getByText('The connection was lost').isVisible(), false);
  assert.equal(await page.locator('.msg-tutor').count(), 1);
  assert.equal(await fact('select count(*)::int as n from tutor.turn'), String(Number(turns) + 1));
});

test('what is asked while offline is sent when the connection is back', async () => {
  await context.setOffline(true);
  await begin();
  await panel.getByText('The connection was lost').waitFor();
  await context.setOffline(false);
  await heard('What would you measure here?');
  await idle();
  assert.equal(await page.locator('.msg-student').count(), 1);
});

test('two tabs of one conversation show the same, also while it is written', async () => {
  await begin();
  await heard('What would you measure here?');
  await idle();
  const other = await context.newPage();
  await open(other);
  await heard('What would you measure here?', other);
  model.pause = 500;
  model.sentences = ['The second answer begins [1].', 'It goes on.', 'And where does it end?'];
  await begin('And what is a loop?');
  await heard('The second answer begins', other);
  await heard('And where does it end?', other);
  await idle(other);
  await idle();
  assert.deepEqual(await other.locator('.msg').allInnerTexts(), await page.locator('.msg').allInnerTexts());
  await other.close();
});

test('a thumb is kept with its comment and shown again after a reload, and the answer is copied as it was written', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: trio.web });
  await begin();
  await heard('What would you measure here?');
  await idle();
  await panel.getByRole('button', { name: 'Not helpful' }).click();
  await panel.getByLabel('Why? (optional)').fill('It says nothing about arms.');
  await panel.getByRole('button', { name: 'Send comment' }).click();
  await panel.getByText('Thank you.').waitFor();
  const kept = await trio.sql((sql) => sql('select kind, comment from tutor.feedback'));
  assert.deepEqual(kept, [['negative', 'It says nothing about arms.']]);
  await panel.getByRole('button', { name: 'Copy the answer' }).click();
  await panel.getByText('Copied').waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^A loop watches what it does/);

  await page.reload();
  const rated = panel.locator('.msg-tutor').last();
  await rated.locator('[aria-label="Not helpful"][aria-pressed=true]').waitFor();
  assert.equal(await rated.getByRole('button', { name: 'Helpful', exact: true }).getAttribute('aria-pressed'), 'false');
});

test('a conversation is found by its words, renamed and deleted', async () => {
  await ask(page, 'What is a gyroscope?');
  await panel.getByRole('button', { name: 'New', exact: true }).click();
  await ask(page, 'What is a bumper?');
  await panel.getByRole('button', { name: 'History' }).click();
  await panel.getByLabel('Search your conversations').fill('gyroscope');
  const line = panel.locator('.tutor-line');
  await page.waitForFunction(() => document.querySelectorAll('.tutor-line').length === 1);
  assert.match(await line.innerText(), /gyroscope[\s\S]*What is Physical AI\?[\s\S]*just now/i);

  await line.getByRole('button', { name: /^Rename/ }).click();
  await panel.getByLabel('New title').fill('All about turning');
  await panel.getByLabel('New title').press('Enter');
  await panel.getByText('All about turning').waitFor();
  await page.reload();
  await page.locator('html[data-tutor=ready]').waitFor();
  await panel.getByRole('button', { name: 'History' }).click();
  await panel.locator('.tutor-thread', { hasText: 'All about turning' }).waitFor();

  const renamed = panel.locator('.tutor-line', { hasText: 'All about turning' });
  await renamed.getByRole('button', { name: /^Delete/ }).click();
  await page.waitForFunction(() => document.activeElement.textContent.trim() === 'Keep');
  await page.keyboard.press('Escape');
  assert.ok(await panel.isVisible(), 'Escape ends the question and not the panel');
  await renamed.getByRole('button', { name: /^Delete/ }).click();
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  await renamed.waitFor({ state: 'detached' });
  assert.equal(await fact("select count(*)::int as n from tutor.chatkit_thread where title = 'All about turning'"), '0');
});

test('a draft outlives a reload and belongs to its conversation', async () => {
  await ask(page, QUESTION);
  await field().fill('half a question');
  await page.reload();
  await page.locator('html[data-tutor=ready]').waitFor();
  await page.locator('.msg-tutor').waitFor();
  assert.equal(await field().inputValue(), 'half a question');
  await panel.getByRole('button', { name: 'New', exact: true }).click();
  assert.equal(await field().inputValue(), '');
});

test('what another person left in this browser is forgotten', async () => {
  await page.evaluate((lesson) => {
    localStorage.setItem('tutor-owner', 'somebody else');
    localStorage.setItem(`tutor-draft:new:${lesson}`, 'their words');
    localStorage.setItem(`tutor-thread:${lesson}`, '');
  }, LESSON);
  await page.reload();
  await page.locator('html[data-tutor=ready]').waitFor();
  assert.equal(await page.evaluate((lesson) => localStorage.getItem(`tutor-draft:new:${lesson}`), LESSON), null);
  assert.notEqual(await field().inputValue(), 'their words');
});

test('Enter sends, Shift+Enter breaks the line, an input method’s Enter does neither, Escape closes', async () => {
  await field().fill('one');
  await field().press('Shift+Enter');
  assert.equal(await field().inputValue(), 'one\n');
  await field().evaluate((one) => {
    one.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));
  });
  assert.equal(await page.locator('.msg-student').count(), 0);
  await field().press('Enter');
  await page.locator('.msg-student').waitFor();
  await idle();
  await page.keyboard.press('Escape');
  assert.equal(await panel.isVisible(), false);
  await page.locator('.page-head [data-tutor-open]').click();
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('.page-head [data-tutor-open]').evaluate((one) => one === document.activeElement));
});

test('a screen reader hears each answer once, when it is complete', async () => {
  model.pause = 150;
  await page.evaluate(() => {
    globalThis.spoken = [];
    const live = document.querySelector('#tutor p[aria-live=polite]');
    new MutationObserver(() => live.textContent && globalThis.spoken.push(live.textContent))
      .observe(live, { childList: true, characterData: true, subtree: true });
  });
  await begin();
  await heard('What would you measure here?');
  await idle();
  const spoken = await page.evaluate(() => globalThis.spoken);
  assert.equal(spoken.length, 1, spoken.join(' | '));
  assert.match(spoken[0], /^The tutor answered: A loop watches what it does ?\. It measures/);
});

test('when the model is away the guide answers, and the panel says so', async () => {
  model.status = 500;
  await begin();
  await panel.locator('.tutor-notice').waitFor({ timeout: 30_000 });
  await page.locator('.msg-tutor').waitFor();
  await idle();
});

test('two hundred items are on screen within a second, and older ones come while scrolling back', async () => {
  await ask(page, QUESTION);
  const thread = await fact('select id from tutor.chatkit_thread order by created_at desc limit 1');
  await trio.sql((sql) => sql(`
    insert into tutor.chatkit_thread_item (id, thread_id, seq, kind, content, said, created_at) overriding system value
    select 'msg_old_' || n, i.thread_id, n - 1000, i.kind,
      jsonb_set(jsonb_set(i.content::jsonb, '{id}', to_jsonb('msg_old_' || n)),
        '{content,0,text}', to_jsonb('Number ' || n || ' is **bold** and says $x_1$.'))::json, 'Number ' || n, i.created_at
    from generate_series(1, 500) n
    join lateral (select * from tutor.chatkit_thread_item t where t.thread_id = '${thread}' and t.seq > 0 and not t.hidden
      order by seq offset (n - 1) % 2 limit 1) i on true`));
  await page.reload();
  await page.locator('html[data-tutor=ready]').waitFor();
  await page.locator('.msg-tutor').first().waitFor();
  await panel.getByRole('button', { name: 'History' }).click();
  const line = panel.locator('.tutor-thread').first();
  await line.waitFor();
  const start = await page.evaluate(() => performance.now());
  await line.click();
  await page.waitForFunction(() => document.querySelectorAll('.msg').length >= 190);
  const taken = await page.evaluate((start) => performance.now() - start, start);
  assert.ok(taken < 1000, `${taken} ms`);
  console.log(`200 items on screen after ${Math.round(taken)} ms`);
  const reading = () => page.locator('.tutor-log').evaluate((log) => {
    const edge = log.getBoundingClientRect().top;
    return [...log.querySelectorAll('.msg')].find((one) => one.getBoundingClientRect().bottom > edge + 20).textContent;
  });
  await page.locator('.tutor-log').evaluate((log) => { log.scrollTop = 0; });
  await page.waitForFunction(() => document.querySelectorAll('.msg').length > 380, null, { timeout: 5000 });
  assert.match(await reading(), /Number 30\d/, 'what is read stays where it is');
});

test('the panel is as wide as it is made, by keyboard and by pointer, and stays so', async () => {
  const width = () => panel.evaluate((one) => one.getBoundingClientRect().width);
  const first = await width();
  await page.getByRole('separator', { name: 'Width of the tutor' }).focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await width(), first + 24);
  const box = await panel.boundingBox();
  await page.mouse.move(box.x, 300);
  await page.mouse.down();
  await page.mouse.move(box.x - 80, 300, { steps: 4 });
  await page.mouse.up();
  const wide = await width();
  assert.ok(Math.abs(wide - first - 104) < 12, `${wide}`);
  await page.reload();
  await page.locator('html[data-tutor=ready]').waitFor();
  assert.equal(await width(), wide);
  await page.getByRole('separator', { name: 'Width of the tutor' }).dblclick();
});

test('on a phone the panel is a sheet that keeps the focus and lets go by its shade', async () => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.waitForFunction(() => document.querySelector('main').inert);
  assert.equal(await panel.getAttribute('role'), 'dialog');
  await page.locator('.tutor-shade').click({ position: { x: 100, y: 20 } });
  assert.equal(await panel.isVisible(), false);
  assert.equal(await page.evaluate(() => document.querySelector('main').inert), false);
  await page.setViewportSize({ width: 1280, height: 860 });
});

test('a reached limit counts down, keeps what was written, and ends by itself', async () => {
  await ask(page, QUESTION);
  const columns = "jsonb_build_object('id', gen_random_uuid(), 'nth', null, 'idempotency_key', null, 'started_at', now() - interval '24 hours' + interval '20 seconds')";
  await trio.sql((sql) => sql(`insert into tutor.turn select (jsonb_populate_record(null::tutor.turn, to_jsonb(t) || ${columns})).*
    from (select * from tutor.turn where status = 'done' order by started_at desc limit 1) t, generate_series(1, 100) n`));
  await begin('One more, please?');
  await panel.getByText('You have used today’s questions').waitFor();
  assert.match(await panel.getByRole('timer').innerText(), /^0:(20|[01]\d)$/);
  assert.equal(await field().inputValue(), 'One more, please?');
  await page.reload();
  await panel.getByText('You have used today’s questions').waitFor();
  assert.equal(await field().inputValue(), 'One more, please?');
  await panel.getByText('You have used today’s questions').waitFor({ state: 'detached', timeout: 25_000 });
  await field().press('Enter');
  await heard('What would you measure here?');
  await idle();
});

test('the panel’s states are accessible in both themes, and nothing complained', async () => {
  await ask(page, QUESTION);
  await panel.getByRole('button', { name: 'Helpful', exact: true }).click();
  await inspect(page, 'panel');
  await page.setViewportSize({ width: 1280, height: 860 });
  await panel.getByRole('button', { name: 'History' }).click();
  await panel.locator('.tutor-thread').first().waitFor();
  await inspect(page, 'panel-history');
  await page.setViewportSize({ width: 1280, height: 860 });
  const expected = /ERR_INTERNET_DISCONNECTED|status of 429/;
  assert.deepEqual(complaints.filter((text) => !expected.test(text)), []);
});
