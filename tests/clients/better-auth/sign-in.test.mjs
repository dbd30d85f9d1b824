// Registering, signing in and out, proving an address, and new passwords, by Better Auth's client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, mailedLink, start } from '../product.mjs';
import { assertSession, assertUser, clientOf, good, newEmail, newcomer, refused, signedIn } from './client.mjs';

let trio;
before(async () => { trio = await start(); });
after(() => trio?.stop());

const NEW_PASSWORD = 'Another-Horse-8-Battery';

test('signUp.email gives the user and the session', async () => {
  const { client, user, token, email } = await newcomer(trio);
  assertUser(user);
  assert.deepEqual([user.email, user.role, user.emailVerified, user.banned], [email, 'student', false, false]);
  assert.ok(token);
  const current = await good(client.getSession());
  assertUser(current.user);
  assertSession(current.session);
  assert.equal(current.user.id, user.id);
  assert.equal(current.session.userId, user.id);
});

test('signUp.email refuses what it must, with the codes the client knows', async () => {
  const { email } = await newcomer(trio);
  const { client } = clientOf(trio);
  const attempt = (more) => client.signUp.email({ name: 'Ada', email: newEmail(), password: PASSWORD, ...more });
  await refused(attempt({ email }), 422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL');
  await refused(attempt({ email: email.toUpperCase() }), 422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL');
  await refused(attempt({ password: 'Short-1' }), 400, 'PASSWORD_TOO_SHORT');
  await refused(attempt({ password: 'Aa-1'.repeat(33) }), 400, 'PASSWORD_TOO_LONG');
  await refused(attempt({ password: 'onlylowercaseletters' }), 400, 'PASSWORD_TOO_WEAK');
  await refused(attempt({ role: 'admin' }), 400, 'FIELD_NOT_ALLOWED');
  await refused(attempt({ email: 'a@localhost' }), 400, 'INVALID_EMAIL');
  await refused(attempt({ email: undefined }), 400, 'VALIDATION_ERROR');
});

test('signUp.email ignores what it does not know', async () => {
  const { user } = await newcomer(trio, { id: 'mine', emailVerified: true, banned: true, favourite: 'green', oauth_query: undefined });
  assert.deepEqual([user.emailVerified, user.banned], [false, false]);
  assert.notEqual(user.id, 'mine');
});

test('signIn.email gives redirect, token and user, and url only when a callbackURL was given', async () => {
  const { email } = await newcomer(trio);
  const { client } = clientOf(trio);
  const data = await good(client.signIn.email({ email, password: PASSWORD }));
  assertUser(data.user);
  assert.equal(data.redirect, false);
  assert.ok(!('url' in data));
  const onward = await good(client.signIn.email({ email, password: PASSWORD, callbackURL: '/account' }));
  assert.deepEqual([onward.redirect, onward.url], [true, '/account']);
});

test('signIn.email refuses alike for an unknown address and a wrong password', async () => {
  const { email } = await newcomer(trio);
  const { client } = clientOf(trio);
  const wrong = await refused(client.signIn.email({ email, password: NEW_PASSWORD }), 401, 'INVALID_EMAIL_OR_PASSWORD');
  const unknown = await refused(client.signIn.email({ email: newEmail(), password: PASSWORD }), 401, 'INVALID_EMAIL_OR_PASSWORD');
  assert.deepEqual(wrong, unknown);
  await refused(client.signIn.email({ email: 'no address', password: PASSWORD }), 400, 'INVALID_EMAIL');
  await refused(client.signIn.email({ email, password: 'Aa-1'.repeat(33) }), 400, 'PASSWORD_TOO_LONG');
  await refused(client.signIn.email({ email }), 400, 'VALIDATION_ERROR');
});

test('signIn.email takes requests from trusted pages alone', async () => {
  const { email } = await newcomer(trio);
  await refused(clientOf(trio, 'https://evil.example').client.signIn.email({ email, password: PASSWORD }), 403, 'INVALID_ORIGIN');
  await refused(clientOf(trio, 'null').client.signIn.email({ email, password: PASSWORD }), 403, 'MISSING_OR_NULL_ORIGIN');
  await good(clientOf(trio, trio.web).client.signIn.email({ email, password: PASSWORD }));
  const { client } = clientOf(trio);
  await refused(client.signIn.email({ email, password: PASSWORD, callbackURL: 'https://evil.example/' }), 403, 'INVALID_CALLBACK_URL');
});

test('signIn.email without rememberMe makes a session of a day', async () => {
  const { email } = await newcomer(trio);
  const { client } = clientOf(trio);
  await good(client.signIn.email({ email, password: PASSWORD, rememberMe: false }));
  const { session } = await good(client.getSession());
  const hours = (session.expiresAt - Date.now()) / 3_600_000;
  assert.ok(hours > 23 && hours <= 24, `${hours} h`);
});

test('getSession without a session is null and no error', async () => {
  assert.deepEqual(await clientOf(trio).client.getSession(), { data: null, error: null });
});

test('signOut ends the session, and is good without one', async () => {
  const { client, browser } = await newcomer(trio);
  assert.deepEqual(await good(client.signOut()), { success: true });
  assert.ok(!browser.cookies.has('better-auth.session_token'));
  assert.equal(await good(client.getSession()), null);
  assert.deepEqual(await good(client.signOut()), { success: true });
});

test('sendVerificationEmail and verifyEmail prove the address, as often as the link is opened', async () => {
  const { client, email } = await newcomer(trio);
  await refused(client.sendVerificationEmail({ email: newEmail() }), 400, 'EMAIL_MISMATCH');
  assert.deepEqual(await good(client.sendVerificationEmail({ email, callbackURL: '/account' })), { status: true });
  const token = (await mailedLink(trio, email, /Confirm/)).searchParams.get('token');
  const bare = clientOf(trio).client;
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await good(bare.verifyEmail({ query: { token } })), { status: true, user: null });
  }
  assert.equal((await good(client.getSession())).user.emailVerified, true);
  await refused(client.sendVerificationEmail({ email }), 400, 'EMAIL_ALREADY_VERIFIED');
  await refused(bare.verifyEmail({ query: { token: 'made-up' } }), 401, 'INVALID_TOKEN');
  assert.deepEqual(await good(bare.sendVerificationEmail({ email: newEmail() })), { status: true });
});

test('requestPasswordReset and resetPassword set a new password once and end every session', async () => {
  const { client, email } = await newcomer(trio);
  const bare = clientOf(trio).client;
  const known = await good(bare.requestPasswordReset({ email, redirectTo: `${trio.web}/reset-password` }));
  const unknown = await good(bare.requestPasswordReset({ email: newEmail() }));
  assert.deepEqual(known, unknown);
  assert.equal(known.status, true);
  await refused(bare.requestPasswordReset({ email, redirectTo: 'https://evil.example/' }), 403, 'INVALID_REDIRECT_URL');

  const link = await mailedLink(trio, email, /password/);
  const token = link.pathname.split('/').at(-1);
  await refused(bare.resetPassword({ newPassword: 'Short-1', token }), 400, 'PASSWORD_TOO_SHORT');
  assert.deepEqual(await good(bare.resetPassword({ newPassword: NEW_PASSWORD, token })), { status: true });
  await refused(bare.resetPassword({ newPassword: NEW_PASSWORD, token }), 400, 'INVALID_TOKEN');
  assert.equal(await good(client.getSession()), null);
  await refused(bare.signIn.email({ email, password: PASSWORD }), 401, 'INVALID_EMAIL_OR_PASSWORD');
  await signedIn(trio, { email, password: NEW_PASSWORD });
});

test('the link of a reset mail leads to the page it was asked for, with the token', async () => {
  const { email, browser } = await newcomer(trio);
  await good(clientOf(trio).client.requestPasswordReset({ email, redirectTo: `${trio.web}/reset-password` }));
  const { outside } = await browser.open(await mailedLink(trio, email, /password/));
  assert.equal(outside.origin + outside.pathname, `${trio.web}/reset-password`);
  assert.ok(outside.searchParams.get('token'));
});

test('changePassword wants the old one, and can end the other sessions', async () => {
  const { client, email } = await newcomer(trio);
  const other = await signedIn(trio, { email, password: PASSWORD });
  const change = (more) => client.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD, ...more });
  await refused(change({ currentPassword: 'Wrong-Horse-9-Battery' }), 400, 'INVALID_PASSWORD');
  await refused(change({ newPassword: 'Short-1' }), 400, 'PASSWORD_TOO_SHORT');
  await refused(clientOf(trio).client.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD }), 401, 'UNAUTHORIZED');
  const { token, user } = await good(change({ revokeOtherSessions: true }));
  assert.ok(token);
  assertUser(user);
  assert.equal(await good(other.client.getSession()), null);
  assert.equal((await good(client.getSession())).user.id, user.id);
  const back = await good(client.changePassword({ currentPassword: NEW_PASSWORD, newPassword: PASSWORD }));
  assert.equal(back.token, null);
});
