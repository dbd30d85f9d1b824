// Better Auth's own client, unchanged, each with a browser of its own around it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { oauthProviderClient } from '@better-auth/oauth-provider/client';
import { createAuthClient } from 'better-auth/client';
import { adminClient, jwtClient } from 'better-auth/client/plugins';
import { Browser } from '../browser.mjs';
import { PASSWORD } from '../product.mjs';

/** A client on a page of the server's own origin, or of `page`. */
export function clientOf(trio, page = trio.auth) {
  const browser = new Browser(trio.auth, page);
  const client = createAuthClient({
    baseURL: trio.auth,
    plugins: [adminClient(), jwtClient(), oauthProviderClient()],
    fetchOptions: { customFetchImpl: browser.fetch },
  });
  return { client, browser };
}

/** The data of an answer that has to be good. */
export async function good(answer) {
  const { data, error } = await answer;
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

/** The answer has to be this refusal. `code` undefined: the error has none. */
export async function refused(answer, status, code) {
  const { data, error } = await answer;
  assert.equal(data, null, JSON.stringify(data));
  assert.deepEqual({ status: error.status, code: error.code }, { status, code }, JSON.stringify(error));
  return error;
}

export const newEmail = () => `p${randomBytes(6).toString('hex')}@example.com`;

/** A new person, signed in. */
export async function newcomer(trio, more = {}) {
  const { client, browser } = clientOf(trio);
  const email = newEmail();
  const { user, token } = await good(client.signUp.email({ name: 'Ada Student', email, password: PASSWORD, ...more }));
  return { client, browser, email, user, token };
}

/** Somebody with an account. */
export async function signedIn(trio, { email, password }) {
  const { client, browser } = clientOf(trio);
  const { user } = await good(client.signIn.email({ email, password }));
  return { client, browser, email, user };
}

const USER = ['banExpires', 'banReason', 'banned', 'createdAt', 'email', 'emailVerified', 'id', 'image', 'name', 'role',
  'updatedAt'];
const SESSION = ['createdAt', 'expiresAt', 'id', 'impersonatedBy', 'ipAddress', 'token', 'updatedAt', 'userAgent', 'userId'];

/** Every member is there, no other is, and the client made dates of the dates. */
export function assertUser(user) {
  assert.deepEqual(Object.keys(user).sort(), USER);
  for (const name of ['createdAt', 'updatedAt']) assertRecent(user[name]);
  for (const name of ['emailVerified', 'banned']) assert.equal(typeof user[name], 'boolean');
}

export function assertSession(session) {
  assert.deepEqual(Object.keys(session).sort(), SESSION);
  for (const name of ['createdAt', 'updatedAt']) assertRecent(session[name]);
  assert.ok(session.expiresAt instanceof Date && session.expiresAt > new Date());
}

function assertRecent(date) {
  assert.ok(date instanceof Date, `${date} is no date`);
  assert.ok(Math.abs(Date.now() - date) < 30 * 60_000, `${date.toISOString()} is not now`);
}
