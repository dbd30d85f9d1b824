// What development may and production may not.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Trio } from './trio.mjs';

const run = promisify(execFile);
let trio;
// A production trio on loopback: strong secrets, mail to a server (which nobody asks for anything here).
before(async () => { trio = await Trio.start({ INTELLISTACK_ENV: 'production', SMTP_URL: 'smtp://127.0.0.1:1' }); });
after(() => trio?.stop());

function intellistack(arguments_, variables) {
  return run(process.env.INTELLISTACK_BINARY, arguments_, { env: { ...trio.env, ...variables } });
}

test('production has no mailbox page', async () => {
  assert.equal((await fetch(`${trio.auth}/dev/mail`)).status, 404);
  assert.equal((await fetch(`${trio.auth}/sign-in`)).status, 200);
});

test('production refuses missing and weak secrets, and names them all', async () => {
  const weak = { AUTH_SECRET: 'secret', WEB_SECRET: '', WEB_CLIENT_SECRET: 'change-me' };
  const failure = await intellistack(['up'], weak).then(() => assert.fail('it started'), (error) => error);
  for (const name of Object.keys(weak)) assert.match(failure.stderr, new RegExp(name));
  assert.doesNotMatch(failure.stderr, /panicked/);
});

test('production makes no demo accounts', async () => {
  const file = `${trio.folder}/demo`;
  const failure = await intellistack(['seed', '--demo-password-file', file]).then(() => assert.fail('it seeded'), (e) => e);
  assert.match(failure.stderr, /demo accounts cannot exist in production/);
  assert.ok(!existsSync(file));
});

test('a service refuses a database of another schema version, and says what to run', async () => {
  await trio.sql((sql) => sql('delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)'));
  const failure = await intellistack(['doctor']).then(() => assert.fail('it went on'), (error) => error);
  assert.match(failure.stderr, /intellistack migrate/);
});
