// The API's side of the scope `api`: whoever was not granted it gets nothing from any route.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { Browser } from './browser.mjs';
import { start, student, website } from './product.mjs';

let trio;
before(async () => { trio = await start(); });
after(() => trio?.stop());

/** Every operation that the API describes; that these are all it has is held by a test beside its router. */
async function routes() {
  const { paths } = await (await fetch(`${trio.api}/openapi.json`)).json();
  const found = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).filter((name) => ['get', 'post', 'put', 'delete', 'patch'].includes(name))
      .map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, '01890000-0000-7000-8000-000000000000') })));
  const own = found.filter(({ path }) => path.startsWith('/api/v1/'));
  assert.ok(own.length >= 40, JSON.stringify(found));
  return own;
}

async function accessToken(scope) {
  const { id, secret, redirect } = website(trio);
  const config = await oidc.discovery(new URL(trio.auth), id, {}, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const code_challenge = await oidc.calculatePKCECodeChallenge(pkceCodeVerifier);
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect, scope, code_challenge, code_challenge_method: 'S256', state: 'x',
  });
  const back = await new Browser(trio.auth).authorize(url, student(trio));
  return (await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState: 'x' })).access_token;
}

async function ask({ method, path }, token) {
  const body = ['POST', 'PUT'].includes(method) ? '{}' : undefined;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(`${trio.api}${path}`, { method, headers, body });
}

test('a token without the scope api is refused by every route of the API', async () => {
  const without = await accessToken('openid email profile offline_access admin');
  for (const route of await routes()) {
    const response = await ask(route, without);
    const problem = await response.json();
    const where = `${route.method} ${route.path}: ${JSON.stringify(problem)}`;
    assert.equal(response.status, 401, where);
    assert.equal(problem.code, 'token_invalid', where);
    assert.match(response.headers.get('content-type'), /^application\/problem\+json/, where);
    assert.match(response.headers.get('www-authenticate'), /^Bearer .*error="invalid_token"/, where);
  }
});

test('the same person with the scope api is let in by every route', async () => {
  const granted = await accessToken('openid api');
  for (const route of await routes()) {
    assert.notEqual((await ask(route, granted)).status, 401, `${route.method} ${route.path}`);
  }
});
