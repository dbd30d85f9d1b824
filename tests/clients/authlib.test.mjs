// Authlib, Python's client and resource server, unchanged: authlib/login.py against the running product.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { start, student, website } from './product.mjs';

test('Authlib signs in, reads who it is, refreshes, introspects, revokes, verifies tokens, and signs out', async () => {
  const python = process.env.AUTHLIB_PYTHON;
  assert.ok(python, 'AUTHLIB_PYTHON is not set; run these tests with ./dev test');
  const trio = await start();
  try {
    const { id, secret, redirect, home } = website(trio);
    const { email, password } = student(trio);
    const env = {
      ...process.env, ISSUER: trio.auth, CLIENT_ID: id, CLIENT_SECRET: secret, REDIRECT_URI: redirect,
      POST_LOGOUT_REDIRECT_URI: home, EMAIL: email, PASSWORD: password, PYTHONDONTWRITEBYTECODE: '1',
      // The libraries want https, but for this machine.
      AUTHLIB_INSECURE_TRANSPORT: '1',
    };
    const child = spawn(python, [new URL('authlib/login.py', import.meta.url).pathname], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
  } finally {
    await trio.stop();
  }
});
