// Selection and the student's main journey in Debian's Firefox.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Firefox, KEYS } from './firefox.mjs';
import { mailedLink, PASSWORD } from './people.mjs';
import { Trio } from './trio.mjs';

const EMAIL = 'fiona@example.org';
let trio, firefox;
before(async () => { [trio, firefox] = await Promise.all([Trio.start(), Firefox.launch()]); });
after(async () => { await firefox?.close(); await trio?.stop(); });

const path = () => firefox.run(() => location.pathname);
const openLesson = async () => {
  await firefox.run(() => sessionStorage.clear());
  await firefox.goto(`${trio.web}/lessons/what-is-physical-ai`);
  await firefox.until(() => document.documentElement.dataset.tutor === 'ready');
};
const answered = (count) => firefox.until((count) => document.querySelectorAll('.msg-tutor').length === count
  && document.querySelector('.tutor-send[aria-label=Send]') !== null, count);

test('a student registers, verifies, enrols, reads, asks, follows a citation and comes back', async () => {
  await firefox.goto(`${trio.web}/register`);
  await firefox.fill('input[name=name]', 'Fiona Student');
  await firefox.fill('input[name=email]', EMAIL);
  await firefox.fill('input[name=password]', PASSWORD);
  await firefox.click('button', 'Create account');
  await firefox.find('main', 'We sent a link');
  await firefox.goto(await mailedLink(trio, EMAIL));
  await firefox.goto(`${trio.web}/dashboard`);
  if (await path() !== '/dashboard') {
    await firefox.fill('input[name=email]', EMAIL);
    await firefox.fill('input[name=password]', PASSWORD);
    await firefox.click('button', 'Sign in');
  }
  await firefox.until(() => location.pathname === '/dashboard');
  await firefox.click('button', 'Enrol in this course');
  await firefox.find('a[href^="/lessons/"]');
  await openLesson();
  assert.ok(await firefox.run(() => document.querySelectorAll('.prose math').length > 0), 'formulas are MathML');

  await firefox.click('.page-head [data-tutor-open]');
  await firefox.fill('#tutor-question', 'Why does a robot need a closed loop?');
  await firefox.press([KEYS.Enter]);
  await answered(1);
  assert.ok(await firefox.run(() => document.querySelectorAll('.msg-tutor a.cite').length > 0));
  await firefox.run(() => document.querySelector('.msg-tutor a.cite').click());
  await firefox.until(() => {
    const passage = document.querySelector('.cited, :target');
    const box = passage?.getBoundingClientRect();
    return box && box.bottom > 0 && box.top < innerHeight;
  });
  await firefox.goto(`${trio.web}/threads`);
  await firefox.find('.thread-row', 'closed loop');
});

test('an exercise is answered, and the lesson completed', async () => {
  await openLesson();
  await firefox.fill('.exercise textarea', 'a guess');
  await firefox.click('.exercise button', 'Submit answer');
  await firefox.find('.exercise .notice', 'Not there yet');
  await firefox.click('button', 'Mark as complete');
  await firefox.find('.done', 'You completed this lesson');
});

/** Where the words of an element begin and end in the window, after it was scrolled there. */
const place = (selector) => firefox.run((selector) => {
  const element = document.querySelector(`[data-lesson-content] ${selector}`);
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = element.getBoundingClientRect();
  const y = box.top + Math.min(box.height / 2, 12);
  return [{ x: box.left + 2, y }, { x: box.left + Math.min(box.width, 300), y }];
}, selector);

for (const [where, selector] of [['prose', 'p'], ['a listing', 'pre code'], ['a table', 'tbody tr']]) {
  test(`what is selected by mouse in ${where} is quoted`, async () => {
    await openLesson();
    const [from, to] = await place(selector);
    await firefox.drag([from, { x: (from.x + to.x) / 2, y: from.y }, to]);
    const selected = await firefox.until(() => getSelection().toString().trim());
    await firefox.click('.ask-about-this');
    const quoted = await firefox.until(() => document.querySelector('#tutor .tutor-attached blockquote')?.textContent);
    assert.equal(quoted.replace(/\s+/g, ' ').trim(), selected.replace(/\s+/g, ' '));
  });
}

test('a formula that is selected is quoted in letters that people write', async () => {
  await openLesson();
  await firefox.run(() => {
    const formula = document.querySelector('[data-lesson-content] math');
    formula.scrollIntoView({ block: 'center', behavior: 'instant' });
    getSelection().selectAllChildren(formula);
  });
  await firefox.click('.ask-about-this');
  const quoted = await firefox.until(() => document.querySelector('#tutor .tutor-attached blockquote')?.textContent);
  assert.match(quoted, /^[\x20-\u2FFF\s]+$/);
});

test('by keyboard: caret browsing selects, Tab reaches the button, Enter asks', async () => {
  await openLesson();
  await firefox.run(() => {
    const text = document.querySelector('[data-lesson-content] > p').firstChild;
    document.querySelector('main').focus({ preventScroll: true });
    getSelection().setBaseAndExtent(text, 0, text, 5);
  });
  await firefox.find('.ask-about-this');
  await firefox.press([KEYS.ArrowRight, KEYS.ArrowRight, KEYS.ArrowRight], [KEYS.Shift]);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const selected = await firefox.run(() => getSelection().toString().trim());
  await firefox.press([KEYS.Tab]);
  await firefox.until(() => document.activeElement.className === 'ask-about-this');
  await firefox.press([KEYS.Enter]);
  const quoted = await firefox.until(() => document.querySelector('#tutor .tutor-attached blockquote')?.textContent);
  assert.equal(quoted, selected);
});

test('titles and summaries offer no such button', async () => {
  await openLesson();
  await firefox.run(() => getSelection().selectAllChildren(document.querySelector('.page-head .lede')));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(await firefox.run(() => document.querySelector('.ask-about-this').hidden));
});
