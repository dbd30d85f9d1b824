// schemathesis, a property-based tester, compares the answers of the running server with its own description.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin as adminOf, start } from './product.mjs';
import { signedIn } from './better-auth/client.mjs';
import { schemathesis } from './schemathesis.mjs';

// Every check is on but these.
const EXCLUDED = {
  unsupported_method: 'the account API\'s clients expect 404, not 405, for a known path with another method',
  positive_data_acceptance: 'a made-up token, code or password fits the schema and is refused all the same',
  missing_required_header: 'a client may also prove itself in the form, and is answered 400 there (RFC 6749 section 5.2)',
};

// What ends the session that the signed-in run goes by.
const ENDS_THE_SESSION = ['/sign-out', '/revoke-session', '/revoke-sessions', '/delete-user', '/stop-impersonating',
  '/impersonate-user', '/remove-user', '/ban-user', '/set-role', '/update-user', '/revoke-user-session'];

test('schemathesis finds nothing as nobody', { timeout: 1_800_000 }, async () => {
  const trio = await start();
  try {
    assert.equal(await schemathesis(trio, trio.auth, Object.keys(EXCLUDED), []), '');
  } finally {
    await trio.stop();
  }
});

test('schemathesis finds nothing as a signed-in admin', { timeout: 1_800_000 }, async () => {
  const trio = await start();
  try {
    const { browser } = await signedIn(trio, adminOf(trio));
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const excluded = ENDS_THE_SESSION.flatMap((path) => ['--exclude-path-regex', `^(/api/auth|/api/auth/admin)?${path}$`]);
    const headers = ['-H', `Cookie: ${cookie}`, '-H', `Origin: ${trio.auth}`];
    assert.equal(await schemathesis(trio, trio.auth, Object.keys(EXCLUDED), ['--include-path-regex', '^/api/auth', ...headers, ...excluded]), '');
  } finally {
    await trio.stop();
  }
});
