// Google and GitHub, by Better Auth's client: signing in, linking, and what the linked account lets one do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startProviders } from '../../browser/identity-providers.mjs';
import { mailedLink, start } from '../product.mjs';
import { clientOf, good, newcomer, refused } from './client.mjs';

let trio, providers;
before(async () => {
  providers = await startProviders();
  trio = await start(providers.variables);
});
after(async () => { await trio?.stop(); await providers?.stop(); });

/** The page of the provider, which sends the browser straight back to us. */
async function through(browser, url) {
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 302, await answer.text());
  return browser.open(answer.headers.get('location'));
}

/** Somebody whose address is proved, as linking wants it. */
async function verified() {
  const person = await newcomer(trio);
  const token = (await mailedLink(trio, person.email, /./)).searchParams.get('token');
  await good(person.client.verifyEmail({ query: { token } }));
  return person;
}

test('linkSocial links an account, accountInfo and the token calls speak for it, unlinkAccount parts them', async () => {
  const { client, browser, email } = await verified();
  Object.assign(providers.google.profile, { id: '1815', name: 'Ada Lovelace', email });
  const begun = await good(client.linkSocial({ provider: 'google', callbackURL: '/account', disableRedirect: true }));
  assert.ok(begun.url.startsWith(`${providers.google.url}/authorize?`));
  const page = await through(browser, begun.url);
  assert.equal(page.status, 200, page.html);
  const linked = (await good(client.listAccounts())).find((account) => account.providerId === 'google');
  assert.equal(linked.accountId, '1815');

  const info = await good(client.accountInfo({ query: { accountId: linked.id } }));
  assert.deepEqual([info.user.id, info.user.email], ['1815', email]);
  const { accessToken } = await good(client.getAccessToken({ accountId: linked.id }));
  const renewed = await good(client.refreshToken({ accountId: linked.id }));
  assert.match(renewed.accessToken, /^renewed-/);
  assert.notEqual(renewed.accessToken, accessToken);
  assert.equal((await good(client.getAccessToken({ accountId: linked.id }))).accessToken, renewed.accessToken);
  const stranger = await newcomer(trio);
  await refused(stranger.client.getAccessToken({ accountId: linked.id }), 400, 'ACCOUNT_NOT_FOUND');
  await refused(clientOf(trio).client.accountInfo({ query: { accountId: linked.id } }), 401, undefined);

  await good(client.unlinkAccount({ accountId: linked.id }));
  assert.deepEqual((await good(client.listAccounts())).map((account) => account.providerId), ['credential']);
});

test('signIn.social makes an account with what the provider tells, and finds it again', async () => {
  Object.assign(providers.github.profile, { id: '1906', name: 'Grace Hopper', email: 'grace@example.org' });
  const ids = [];
  for (let visit = 0; visit < 2; visit++) {
    const { client, browser } = clientOf(trio);
    const begun = await good(client.signIn.social({ provider: 'github', callbackURL: '/account', disableRedirect: true }));
    await through(browser, begun.url);
    const { user } = await good(client.getSession());
    assert.deepEqual([user.name, user.email, user.emailVerified], ['Grace Hopper', 'grace@example.org', true]);
    ids.push(user.id);
  }
  assert.equal(ids[0], ids[1]);
});
