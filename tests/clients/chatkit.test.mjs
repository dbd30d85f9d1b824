// ChatKit's own Python package, unchanged: whole conversations with the running product, every frame and answer held
// against its types; and what it writes today against what the tests of crates/chatkit recorded.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { signedIn } from './better-auth/client.mjs';
import { admin, start, student } from './product.mjs';

async function python(args, env = {}) {
  const command = process.env.CHATKIT_PYTHON;
  assert.ok(command, 'CHATKIT_PYTHON is not set; run these tests with ./dev test');
  const cwd = new URL('chatkit', import.meta.url).pathname;
  const variables = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env };
  const child = spawn(command, args, { cwd, env: variables, stdio: ['ignore', 'inherit', 'inherit'] });
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
}

/** What a session is given for the API; with it the person takes part in the first course. */
async function tokenFor(trio, { browser }) {
  const { token } = await (await browser.fetch(`${trio.auth}/api/auth/token`)).json();
  const headers = { authorization: `Bearer ${token}` };
  const { courses } = await (await fetch(`${trio.api}/api/v1/courses`, { headers })).json();
  const enrolled = await fetch(`${trio.api}/api/v1/courses/${courses[0].slug}/enrollment`, { method: 'PUT', headers });
  assert.ok(enrolled.ok, await enrolled.text());
  return token;
}

test('the recorded samples are what the package writes', async () => {
  await python(['golden.py', '--check', '../../../crates/chatkit/tests/it/golden']);
});

test('whole conversations are valid, in order and stored as they were streamed', { timeout: 600_000 }, async () => {
  const trio = await start({ TUTOR_DAILY_LIMIT: '1000' });
  try {
    const TOKEN = await tokenFor(trio, await signedIn(trio, student(trio)));
    const OTHER_TOKEN = await tokenFor(trio, await signedIn(trio, admin(trio)));
    await python(['-m', 'unittest', 'conversations'], { API: trio.api, TOKEN, OTHER_TOKEN });
  } finally {
    await trio.stop();
  }
});
