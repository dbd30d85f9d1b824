// An instructor's day: writes, previews, publishes; a student reads it, the tutor cites it; retires it. No word is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, watched } from './audit.mjs';
import { launch } from './chromium.mjs';
import { ask, signIn } from './people.mjs';
import { Trio } from './trio.mjs';

const TEXT = `## The flywheel gyroscope

A flywheel gyroscope resists tilting: its **angular momentum** keeps its axis, which is called gyroscopic stiffness.

$$ L = I \\omega $$

\`\`\`python
momentum = inertia * rate
\`\`\`
`;

let trio, browser, instructor, student;
before(async () => {
  [trio, browser] = await Promise.all([Trio.start(), launch()]);
  const own = [trio.web, trio.auth];
  instructor = await watched(browser, own, { viewport: { width: 1440, height: 900 } });
  student = await watched(browser, own, { viewport: { width: 1440, height: 900 } });
  await signIn(instructor.page, trio, 'instructor@example.com', trio.demoPassword);
  await signIn(student.page, trio, 'student@example.com', trio.demoPassword);
  await student.page.getByRole('button', { name: 'Enrol in this course' }).click();
  await student.page.getByRole('link', { name: /^Read/ }).waitFor();
});
after(async () => { await browser?.close(); await trio?.stop(); });

const editor = (page, lesson) => page.goto(`${trio.web}/instructor/lessons/${lesson}`);
const text = (page) => page.getByLabel('Text, in Markdown');
const preview = (page) => page.locator('[data-preview]');

/** Whether retrieval, as the tutor sees it for this person, finds the lesson. */
async function found(page, slug) {
  const answer = await page.request.get(`${trio.web}/api/v1/search?q=flywheel+gyroscope+stiffness`);
  return (await answer.text()).includes(slug);
}

async function until(what, condition) {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `${what}: not within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

test('a lesson is written, previewed and published, read by a student, cited by the tutor, and retired', async () => {
  const { page } = instructor;
  await page.goto(`${trio.web}/instructor`);
  await page.getByRole('link', { name: 'Lessons', exact: true }).click();
  await page.getByRole('link', { name: 'Add a lesson to Foundations' }).click();
  await page.getByLabel('Title').fill('Flywheel Gyroscopes');
  await page.getByLabel('Address').fill('flywheel-gyroscopes');
  await page.getByLabel('Summary').fill('Why a spinning wheel keeps its axis.');
  await text(page).fill(TEXT);
  await preview(page).locator('h2', { hasText: 'The flywheel gyroscope' }).waitFor();
  await preview(page).locator('math').first().waitFor();
  await preview(page).locator('pre code span[class^=hl-]').first().waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Readers see it when you publish it').waitFor();
  await page.goto(`${trio.web}/instructor/courses/physical-ai/lessons/new`);
  assert.equal(await page.getByText('in this browser that was not saved').count(), 0, 'it was saved');
  await editor(page, 'flywheel-gyroscopes');

  await student.page.goto(`${trio.web}/lessons/flywheel-gyroscopes`);
  await student.page.getByText('There is nothing here').waitFor();
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await page.getByText('Readers see this version now').waitFor();
  await student.page.reload();
  await student.page.locator('.prose h2', { hasText: 'The flywheel gyroscope' }).waitFor();

  await until('the passages are found', () => found(student.page, 'flywheel-gyroscopes'));
  const answer = await ask(student.page, 'What does a flywheel gyroscope do against tilting?');
  await answer.locator('a.cite[href*="the-flywheel-gyroscope"]').first().waitFor();

  await page.getByText('Retire this lesson').click();
  await page.getByRole('button', { name: 'Retire it now' }).click();
  await page.getByText('Readers do not see this lesson any more').waitFor();
  await student.page.goto(`${trio.web}/lessons/flywheel-gyroscopes`);
  await student.page.getByText('There is nothing here').waitFor();
  assert.equal(await found(student.page, 'flywheel-gyroscopes'), false, 'what was retired is found no more');
});

test('whoever saves second is told, and loses nothing', async () => {
  const { context, page } = instructor;
  const other = await context.newPage();
  await editor(page, 'feedback-control');
  await editor(other, 'feedback-control');
  const before = await text(page).inputValue();
  await text(page).fill(`${before}\n\nOne more sentence.\n`);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Readers see it when you publish it').waitFor();
  await text(other).fill(`${before}\n\nAnother sentence. </textarea>\n`);
  await other.getByRole('button', { name: 'Save draft' }).click();
  await other.getByText('somebody else was faster').waitFor();
  assert.match(await text(other).inputValue(), /Another sentence\. <\/textarea>/);
  const newer = await other.getByRole('link', { name: /Read the newer one/ }).getAttribute('href');
  await page.goto(`${trio.web}${newer}`);
  await page.getByRole('region', { name: 'As text' }).getByText('One more sentence.').waitFor();
  const third = await context.newPage();
  await editor(third, 'feedback-control');
  await third.getByText('that was not saved').waitFor();
  await third.close();
  await other.getByRole('button', { name: 'Save draft' }).click();
  await other.getByText('Readers see it when you publish it').waitFor();
  // Both are kept; the older one comes back as the newest.
  await page.getByRole('link', { name: 'Versions' }).click();
  await page.locator('.staff-row').nth(1).getByRole('link').click();
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page.getByText('Restored as the newest version').waitFor();
  assert.match(await text(page).inputValue(), /One more sentence/);
  await other.close();
});

test('a closed tab and an ended session cost no word', async () => {
  const { context, page } = instructor;
  const other = await context.newPage();
  await editor(other, 'frames-and-transforms');
  await text(other).press('Control+End');
  await text(other).pressSequentially('Kept through a closed tab.');
  await other.getByText('kept in this browser').waitFor();
  await other.close();
  await editor(page, 'frames-and-transforms');
  await page.getByRole('button', { name: 'Put it back' }).click();
  assert.match(await text(page).inputValue(), /Kept through a closed tab\.$/);
  await preview(page).getByText('Kept through a closed tab.').waitFor();

  const cookies = await context.cookies();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('you are signed out').waitFor();
  assert.match(await text(page).inputValue(), /Kept through a closed tab\.\s*$/);
  await context.addCookies(cookies);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Readers see it when you publish it').waitFor();
  assert.match(await text(page).inputValue(), /Kept through a closed tab\.\s*$/);
});

test('an exercise has a ladder of hints that must not hold the solution, and students get it at once', async () => {
  const { page } = instructor;
  await page.goto(`${trio.web}/instructor/lessons/what-is-physical-ai/exercises/new`);
  const solution = 'def momentum(inertia, rate):\n    total = inertia * rate\n    return total\n';
  const fields = {
    Title: 'Angular momentum', Address: 'angular-momentum', 'Task, in Markdown': 'Write `momentum(inertia, rate)`.',
    Concept: 'angular momentum', '1. The idea': 'What is momentum?', '2. Where to look': 'See the formula.',
    '3. The first step': 'Take both values.', '4. A worked example': solution, Solution: solution,
  };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await preview(page).locator('code', { hasText: 'momentum(inertia, rate)' }).waitFor();
  await page.getByRole('button', { name: 'Add the exercise' }).click();
  await page.getByText('The example contains the solution.').waitFor();
  await page.getByLabel('4. A worked example').fill('Speed: measure the way and the time first.');
  await page.getByRole('button', { name: 'Add the exercise' }).click();
  await page.getByText('Students see it from now on').waitFor();
  await student.page.goto(`${trio.web}/lessons/what-is-physical-ai`);
  await student.page.getByRole('heading', { name: 'Angular momentum' }).waitFor();
  await page.getByRole('button', { name: 'Retire the exercise' }).click();
  await page.getByRole('button', { name: 'Put it back' }).waitFor();
  await student.page.reload();
  assert.equal(await student.page.getByRole('heading', { name: 'Angular momentum' }).count(), 0);
});

test('without scripts the preview is a button, and saving works', async () => {
  const plain = await browser.newContext({ storageState: await instructor.context.storageState(), javaScriptEnabled: false });
  const page = await plain.newPage();
  await editor(page, 'sensors-and-actuators');
  await text(page).fill('## Only by form\n\nPlain <b>words</b>.');
  await page.getByRole('button', { name: 'Preview' }).click();
  await preview(page).locator('h2', { hasText: 'Only by form' }).waitFor();
  assert.equal(await preview(page).locator('b').count(), 0, 'no HTML of the text gets through');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Readers see it when you publish it').waitFor();
  await plain.close();
});

test('every page for instructors is accessible, fits and keeps to itself; others are told whose it is', async () => {
  const { page, complaints } = instructor;
  const pages = {
    teaching: '/instructor', 'course-lessons': '/instructor/courses/physical-ai',
    insights: '/instructor/courses/physical-ai/insights', editor: '/instructor/lessons/frames-and-transforms',
    versions: '/instructor/lessons/frames-and-transforms/versions',
    exercises: '/instructor/lessons/frames-and-transforms/exercises',
    'new-exercise': '/instructor/lessons/frames-and-transforms/exercises/new',
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(trio.web + path);
    await inspect(page, name);
  }
  await student.page.goto(`${trio.web}/instructor`);
  await student.page.getByText('This page is not for your role').waitFor();
  assert.deepEqual([...complaints, ...student.complaints], []);
});
