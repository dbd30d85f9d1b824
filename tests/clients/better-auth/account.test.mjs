// A person's own account, by Better Auth's client: profile, address, ways to sign in, the end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, mailedLink, start } from '../product.mjs';
import { clientOf, good, newEmail, newcomer, refused, signedIn } from './client.mjs';

let trio;
before(async () => { trio = await start(); });
after(() => trio?.stop());

test('updateUser changes name and image, and nothing that it must not', async () => {
  const { client, user } = await newcomer(trio);
  assert.deepEqual(await good(client.updateUser({ name: 'Ada Lovelace', image: 'https://example.com/a.png' })), { status: true });
  const changed = (await good(client.getSession())).user;
  assert.deepEqual([changed.name, changed.image], ['Ada Lovelace', 'https://example.com/a.png']);
  assert.ok(changed.updatedAt > user.updatedAt);
  await good(client.updateUser({ image: null }));
  assert.equal((await good(client.getSession())).user.image, null);
  await refused(client.updateUser({ email: newEmail() }), 400, 'EMAIL_CAN_NOT_BE_UPDATED');
  await refused(client.updateUser({ role: 'admin' }), 400, 'FIELD_NOT_ALLOWED');
  await refused(client.updateUser({ favourite: 'green' }), 400, undefined);
  await refused(clientOf(trio).client.updateUser({ name: 'Eve' }), 401, 'UNAUTHORIZED');
});

test('updateSession has nothing to update', async () => {
  const { client } = await newcomer(trio);
  await refused(client.updateSession({ theme: 'dark' }), 400, undefined);
});

test('changeEmail waits until the new address is proved', async () => {
  const { client, email } = await newcomer(trio);
  const wanted = newEmail();
  assert.deepEqual(await good(client.changeEmail({ newEmail: wanted, callbackURL: '/account' })), { status: true });
  assert.equal((await good(client.getSession())).user.email, email);
  await refused(client.changeEmail({ newEmail: email }), 400, undefined);
  await refused(clientOf(trio).client.changeEmail({ newEmail: wanted }), 401, 'UNAUTHORIZED');
  const token = (await mailedLink(trio, wanted, /./)).searchParams.get('token');
  assert.equal((await good(client.verifyEmail({ query: { token } }))).status, true);
  assert.equal((await good(client.getSession())).user.email, wanted);
  await signedIn(trio, { email: wanted, password: PASSWORD });
});

test('changeEmail says nothing of who has an address', async () => {
  const { client } = await newcomer(trio);
  const other = await newcomer(trio);
  assert.deepEqual(await good(client.changeEmail({ newEmail: other.email })), { status: true });
});

test('verifyPassword tells whether it is the right one', async () => {
  const { client } = await newcomer(trio);
  assert.deepEqual(await good(client.verifyPassword({ password: PASSWORD })), { status: true });
  await refused(client.verifyPassword({ password: 'Wrong-Horse-9-Battery' }), 400, 'INVALID_PASSWORD');
});

test('listAccounts shows the ways to sign in without their secrets, unlinkAccount keeps the last', async () => {
  const { client, user } = await newcomer(trio);
  const [account, ...others] = await good(client.listAccounts());
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(account).sort(), ['accountId', 'createdAt', 'id', 'providerId', 'scopes', 'updatedAt', 'userId']);
  assert.deepEqual([account.providerId, account.accountId, account.userId], ['credential', user.id, user.id]);
  assert.ok(account.createdAt instanceof Date);
  await refused(client.unlinkAccount({ accountId: account.id }), 400, 'FAILED_TO_UNLINK_LAST_ACCOUNT');
  await refused(clientOf(trio).client.listAccounts(), 401, 'UNAUTHORIZED');
});

test('getAccessToken, refreshToken and accountInfo answer for a password as they must', async () => {
  const { client } = await newcomer(trio);
  const [{ id }] = await good(client.listAccounts());
  await refused(client.getAccessToken({ accountId: id }), 400, 'PROVIDER_NOT_SUPPORTED');
  await refused(clientOf(trio).client.getAccessToken({ accountId: id }), 401, undefined);
});

test('deleteUser wants the password and leaves nothing to sign in to', async () => {
  const { client, browser, email } = await newcomer(trio);
  await refused(client.deleteUser({ password: 'Wrong-Horse-9-Battery' }), 400, 'INVALID_PASSWORD');
  assert.deepEqual(await good(client.deleteUser({ password: PASSWORD })), { success: true, message: 'User deleted' });
  assert.ok(!browser.cookies.has('better-auth.session_token'));
  await refused(clientOf(trio).client.signIn.email({ email, password: PASSWORD }), 401, 'INVALID_EMAIL_OR_PASSWORD');
  await refused(client.deleteUser({ password: PASSWORD }), 401, 'UNAUTHORIZED');
});

test('signIn.social and linkSocial know no provider that is not configured', async () => {
  const { client } = await newcomer(trio);
  await refused(client.signIn.social({ provider: 'google', callbackURL: '/account' }), 404, 'PROVIDER_NOT_FOUND');
  await refused(client.linkSocial({ provider: 'github', callbackURL: '/account' }), 404, 'PROVIDER_NOT_FOUND');
});
