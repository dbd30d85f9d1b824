// schemathesis compares the answers of the running learning API with its own description.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, instructor, start, student } from './product.mjs';
import { signedIn } from './better-auth/client.mjs';
import { schemathesis } from './schemathesis.mjs';

// Every check is on but these.
const EXCLUDED = {
  positive_data_acceptance: 'a name, id or cursor that nothing has fits the schema and is refused all the same',
  unsupported_method: 'OPTIONS is answered as a preflight (CORS), not with 405',
};

// What would take the caller's own enrolment, so that the rest of the run meets 403 alone.
const LEAVES = ['^/api/v1/courses/[^/]+/enrollment$'];

async function check(who, more = []) {
  const trio = await start({ TUTOR_DAILY_LIMIT: '100000' });
  try {
    const options = [...more];
    if (who) {
      const { browser } = await signedIn(trio, who(trio));
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const { token } = await (await fetch(`${trio.auth}/api/auth/token`, { headers: { cookie } })).json();
      options.push('-H', `Authorization: Bearer ${token}`);
    }
    assert.equal(await schemathesis(trio, trio.api, Object.keys(EXCLUDED), options), '');
  } finally {
    await trio.stop();
  }
}

test('schemathesis finds nothing at the learning API as nobody', { timeout: 1_800_000 }, () => check(null));
for (const [name, who] of Object.entries({ student, instructor, admin })) {
  test(`schemathesis finds nothing at the learning API as ${name}`, { timeout: 1_800_000 }, () =>
    check(who, LEAVES.flatMap((path) => ['--exclude-path-regex', path])));
}
