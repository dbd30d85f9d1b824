// The trio is up and says so.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Trio } from './trio.mjs';

let trio;
before(async () => { trio = await Trio.start(); });
after(() => trio?.stop());

test('every service says that it is alive and ready', async () => {
  for (const service of [trio.auth, trio.api, trio.web]) {
    for (const path of ['/livez', '/readyz']) {
      assert.equal((await fetch(service + path)).status, 200, service + path);
    }
  }
});

test('the discovery document names this issuer and what it offers', async () => {
  const discovery = await (await fetch(`${trio.auth}/.well-known/openid-configuration`)).json();
  assert.equal(discovery.issuer, trio.auth);
  assert.deepEqual(discovery.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(discovery.id_token_signing_alg_values_supported, ['RS256']);
  for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']) {
    assert.ok(discovery[endpoint].startsWith(`${trio.auth}/`), endpoint);
  }
});

test('the key set has an RS256 key and no private part', async () => {
  const { keys } = await (await fetch(`${trio.auth}/.well-known/jwks.json`)).json();
  assert.ok(keys.length >= 1);
  for (const key of keys) {
    assert.equal(key.kty, 'RSA');
    assert.equal(key.alg, 'RS256');
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.ok(!(secret in key), secret);
  }
});

test('the landing page answers, with a strict content security policy', async () => {
  const page = await fetch(`${trio.web}/`);
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|(?<!wasm-)unsafe-eval/);
});

test('an API call without a token is a 401 problem', async () => {
  const answer = await fetch(`${trio.api}/api/v1/me`);
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('content-type'), /application\/problem\+json/);
  assert.equal((await answer.json()).code, 'token_missing');
});
