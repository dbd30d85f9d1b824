// The running product, and what the tests of all clients need of it.
import assert from 'node:assert/strict';
import { Trio } from '../browser/trio.mjs';

export const PASSWORD = 'Correct-Horse-7-Battery';

/** Every limit out of the way: these tests are one address that does a lot. */
export const RELAXED = Object.fromEntries(
  ['SIGN_IN', 'SIGN_UP', 'MAIL_REQUESTS', 'ACCOUNT_SIGN_IN', 'ACCOUNT_MAILS'].map((name) => [`LIMIT_${name}`, '100000']),
);

export const start = (variables = {}) => Trio.start({ ...RELAXED, ...variables });

/** What the first-party client is configured with. */
export function website(trio) {
  return { id: 'web', secret: trio.env.WEB_CLIENT_SECRET, redirect: `${trio.web}/auth/callback`, home: `${trio.web}/` };
}

export const student = (trio) => ({ email: 'student@example.com', password: trio.demoPassword });
export const instructor = (trio) => ({ email: 'instructor@example.com', password: trio.demoPassword });
export const admin = (trio) => ({ email: 'admin@example.com', password: trio.demoPassword });

/** The link of the newest mail to `email` whose subject has `words`; mails are written by a task of their own. */
export async function mailedLink(trio, email, words) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const html = await (await fetch(`${trio.auth}/dev/mail`)).text();
    const mails = html.split('<h2').slice(1);
    const mail = mails.find((text) => text.includes(`<strong>${email}</strong>`) && words.test(text.split('</h2>')[0]));
    const link = mail?.match(/href="([^"]*)"[^>]*class="mail-link"/)?.[1];
    if (link) return new URL(link.replaceAll('&amp;', '&'));
    assert.ok(Date.now() < deadline, `no mail to ${email} about ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
