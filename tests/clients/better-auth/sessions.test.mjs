// Where a person is signed in, their tokens and the keys, by Better Auth's client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { PASSWORD, start } from '../product.mjs';
import { assertSession, clientOf, good, newcomer, refused, signedIn } from './client.mjs';

let trio;
before(async () => { trio = await start(); });
after(() => trio?.stop());

/** A person in three browsers. */
async function threefold() {
  const first = await newcomer(trio);
  const again = () => signedIn(trio, { email: first.email, password: PASSWORD });
  return [first, await again(), await again()];
}

test('listSessions lists every session, with dates', async () => {
  const [{ client, user }] = await threefold();
  const sessions = await good(client.listSessions());
  assert.equal(sessions.length, 3);
  for (const session of sessions) {
    assertSession(session);
    assert.equal(session.userId, user.id);
  }
  await refused(clientOf(trio).client.listSessions(), 401, 'UNAUTHORIZED');
});

test('what listSessions shows can revoke and not sign in', async () => {
  const [{ client }, { browser }] = await threefold();
  const [{ token }] = await good(client.listSessions());
  const thief = clientOf(trio);
  for (const [name] of browser.cookies) thief.browser.cookies.set(name, encodeURIComponent(token));
  assert.equal(await good(thief.client.getSession()), null);
});

test('revokeSession ends one, and says the same of one that is not there', async () => {
  const [first, second, third] = await threefold();
  const own = (await good(second.client.getSession())).session.id;
  const { token } = (await good(first.client.listSessions())).find((session) => session.id === own);
  assert.deepEqual(await good(first.client.revokeSession({ token })), { status: true });
  assert.equal(await good(second.client.getSession()), null);
  assert.ok(await good(third.client.getSession()));
  assert.deepEqual(await good(first.client.revokeSession({ token: 'made-up' })), { status: true });
  await refused(first.client.revokeSession({ token: 7 }), 400, 'VALIDATION_ERROR');
});

test('a foreign session cannot be revoked', async () => {
  const victim = await newcomer(trio);
  const [{ token }] = await good(victim.client.listSessions());
  const { client } = await newcomer(trio);
  assert.deepEqual(await good(client.revokeSession({ token })), { status: true });
  assert.ok(await good(victim.client.getSession()));
});

test('revokeOtherSessions leaves the current, revokeSessions none', async () => {
  const [first, second, third] = await threefold();
  assert.deepEqual(await good(first.client.revokeOtherSessions()), { status: true });
  assert.equal(await good(second.client.getSession()), null);
  assert.ok(await good(first.client.getSession()));
  assert.deepEqual(await good(first.client.revokeSessions()), { status: true });
  assert.ok(!first.browser.cookies.has('better-auth.session_token'));
  assert.equal(await good(third.client.getSession()), null);
  await refused(first.client.revokeSessions(), 401, 'UNAUTHORIZED');
});

test('token gives an access token that jwks verifies and the API accepts', async () => {
  const { client, user } = await newcomer(trio);
  const { token } = await good(client.token());
  const keys = await good(client.jwks());
  for (const key of keys.keys) assert.deepEqual([key.kty, key.alg, 'd' in key], ['RSA', 'RS256', false]);
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer: trio.auth, audience: 'intellistack' });
  assert.deepEqual([payload.sub, payload.email, payload.role], [user.id, user.email, 'student']);
  const me = await fetch(`${trio.api}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await me.json()).id, user.id);
  await refused(clientOf(trio).client.token(), 401, 'UNAUTHORIZED');
});

test('an access token is no session', async () => {
  const { client } = await newcomer(trio);
  const { token } = await good(client.token());
  const bare = clientOf(trio).client;
  assert.equal(await good(bare.getSession({ fetchOptions: { headers: { authorization: `Bearer ${token}` } } })), null);
});
