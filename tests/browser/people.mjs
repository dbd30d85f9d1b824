// What people do on the site, as steps that several tests share.
import assert from 'node:assert/strict';

export const PASSWORD = 'Correct-Horse-7-Battery';

/** From the landing page through the registration form to the page that says that a mail was sent. */
export async function register(page, trio, email, name = 'Mina Student') {
  await page.goto(trio.web);
  await page.getByRole('link', { name: 'Create account' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('We sent a link to').waitFor();
}

/** The link in the newest mail to an address, once one has arrived whose link holds `path`. Needs no browser. */
export async function mailedLink(trio, email, path = '/verify-email') {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const html = await (await fetch(`${trio.auth}/dev/mail`)).text();
    const mails = html.split('class="card"').filter((mail) => mail.includes(email));
    const links = mails.map((mail) => mail.match(/href="([^"]*)"[^>]*class="mail-link"/)?.[1].replaceAll('&amp;', '&'));
    const link = links.find((href) => href?.startsWith(trio.auth) && href.includes(path));
    if (link) return link;
    assert.ok(Date.now() < deadline, 'the mail did not arrive within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Opens the newest mail in the mailbox page and follows its link. */
export async function verify(page, trio, email) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    await page.goto(`${trio.auth}/dev/mail`);
    if (await page.getByText(email).count()) break;
    assert.ok(Date.now() < deadline, 'the mail did not arrive within 15 s');
    await page.waitForTimeout(200);
  }
  await page.getByRole('link', { name: 'Open the link' }).first().click();
  await page.getByText(/address is (now )?(confirmed|verified)|verified/i).first().waitFor();
}

export async function signIn(page, trio, email, password) {
  await page.goto(`${trio.web}/login`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
}

/** Opens the tutor's panel, asks, and waits for the whole answer. Gives the answer's element. */
export async function ask(page, question) {
  const panel = page.locator('#tutor');
  if (!(await panel.isVisible())) await page.locator('html[data-tutor=ready] .page-head [data-tutor-open]').click();
  const before = await page.locator('.msg-tutor').count();
  await panel.getByLabel('Your question').fill(question);
  await panel.getByLabel('Your question').press('Enter');
  const answer = page.locator('.msg-tutor').nth(before);
  await answer.waitFor();
  // While an answer is written the panel offers to stop it instead of to send.
  await panel.getByRole('button', { name: 'Send' }).waitFor({ timeout: 20_000 });
  return answer;
}

/** Keeps a picture of the page where SCREENSHOTS names a folder (`docs/images` holds some of them). */
export async function photograph(page, name, options = {}) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, ...options });
}
