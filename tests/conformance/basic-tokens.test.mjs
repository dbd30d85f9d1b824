// oidcc-basic-certification-test-plan, first part: the flow, its tokens, userinfo and scopes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from '../clients/product.mjs';
import { isSigned, read } from './jwt.mjs';
import { RelyingParty } from './relying-party.mjs';

let trio;
let party;
before(async () => {
  trio = await start();
  party = await RelyingParty.register(trio);
});
after(() => trio?.stop());

const error = async (more) => {
  const request = party.request(more);
  const { outside } = await party.browser().open(request.url);
  return party.answer(outside, request).error;
};

// Core 3.1: request, answer, token response (3.1.3.3), ID token (3.1.3.7), userinfo with the same sub (5.3.2).
test('oidcc-server', async () => {
  const { tokens, claims } = await party.login();
  assert.equal(tokens.token_type.toLowerCase(), 'bearer');
  assert.ok(tokens.expires_in > 0);
  assert.equal(tokens.refresh_token, undefined, 'only with offline_access');
  assert.equal((await party.userinfo(tokens.access_token)).body.sub, claims.sub);
});

// Core 3.1.2.1, 3.1.2.6.
test('oidcc-response-type-missing', async () => {
  assert.ok(['invalid_request', 'unsupported_response_type'].includes(await error({ response_type: undefined })));
});

// Core 2, 10.1: the signature holds, and does not once the token is another.
test('oidcc-idtoken-signature', async () => {
  const { tokens } = await party.login();
  const { header } = read(tokens.id_token);
  assert.ok(header.kid, 'names its key');
  const [head, body, signature] = tokens.id_token.split('.');
  const changed = Buffer.from(JSON.stringify({ ...read(tokens.id_token).claims, sub: 'x' })).toString('base64url');
  assert.ok(await isSigned(`${head}.${body}.${signature}`, party.metadata.jwks_uri));
  assert.ok(!(await isSigned(`${head}.${changed}.${signature}`, party.metadata.jwks_uri)));
});

// Core 2: `none` is for clients that register it. Nobody can here; an ID token without signature is no hint either.
test('oidcc-idtoken-unsigned', async () => {
  const { tokens, browser } = await party.login();
  assert.equal(read(tokens.id_token).header.alg, 'RS256');
  const head = Buffer.from('{"alg":"none"}').toString('base64url');
  const unsigned = `${head}.${tokens.id_token.split('.')[1]}.`;
  const request = party.request({ prompt: 'none', id_token_hint: unsigned });
  const { outside } = await browser.open(request.url);
  assert.equal(party.answer(outside, request).error, 'invalid_request');
});

// Core 5.3.1; RFC 6750 2.1.
test('oidcc-userinfo-get', async () => {
  const { tokens, claims } = await party.login();
  const { status, body } = await party.userinfo(tokens.access_token);
  assert.deepEqual([status, body.sub], [200, claims.sub]);
  const { status: refused, challenge } = await party.userinfo('garbage');
  assert.equal(refused, 401);
  assert.match(challenge, /^Bearer .*error="invalid_token"/);
});

// Core 5.3.1; RFC 6750 2.1.
test('oidcc-userinfo-post-header', async () => {
  const { tokens, claims } = await party.login();
  const init = { method: 'POST', headers: { authorization: `Bearer ${tokens.access_token}` } };
  const { status, body } = await party.userinfo(undefined, init);
  assert.deepEqual([status, body.sub], [200, claims.sub]);
});

// Core 5.3.1; RFC 6750 2.2.
test('oidcc-userinfo-post-body', async () => {
  const { tokens, claims } = await party.login();
  const init = { method: 'POST', body: new URLSearchParams({ access_token: tokens.access_token }) };
  const { status, body } = await party.userinfo(undefined, init);
  assert.deepEqual([status, body.sub], [200, claims.sub]);
});

// Core 3.1.2.1: `nonce` is optional in the code flow; without it the ID token has none.
test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
  const { claims } = await party.login({ nonce: undefined });
  assert.equal('nonce' in claims, false);
});

const PROFILE = ['name', 'updated_at'];
const EMAIL = ['email', 'email_verified'];

async function told(scope) {
  const { tokens } = await party.login({ scope });
  assert.equal(tokens.scope, scope);
  const { body } = await party.userinfo(tokens.access_token);
  const types = { name: 'string', updated_at: 'number', email: 'string', email_verified: 'boolean' };
  for (const [name, type] of Object.entries(types)) if (name in body) assert.equal(typeof body[name], type, name);
  return Object.keys(types).filter((name) => name in body);
}

// Core 5.4.
test('oidcc-scope-profile', async () => {
  assert.deepEqual(await told('openid profile'), PROFILE);
});

// Core 5.4.
test('oidcc-scope-email', async () => {
  assert.deepEqual(await told('openid email'), EMAIL);
});

// Core 5.4. Not offered (scopes_supported), so the suite skips it; asking is an error and not silence (RFC 6749 3.3).
test('oidcc-scope-address', async () => {
  assert.equal(party.metadata.scopes_supported.includes('address'), false);
  assert.equal(await error({ scope: 'openid address' }), 'invalid_scope');
});

// As address.
test('oidcc-scope-phone', async () => {
  assert.equal(party.metadata.scopes_supported.includes('phone'), false);
  assert.equal(await error({ scope: 'openid phone' }), 'invalid_scope');
});

// Core 5.4: all scopes about the person that are offered.
test('oidcc-scope-all', async () => {
  assert.deepEqual(await told('openid profile email'), [...PROFILE, ...EMAIL]);
});

// RFC 6749 3.3: the order means nothing. The suite's name for it has changed; both stand in its plans.
test('oidcc-ensure-other-scope-order-succeeds', async () => {
  assert.deepEqual(await told('email openid'), EMAIL);
});

// Core 3.1: the flow once more, with another state of every optional part.
test('oidcc-alternate-happy-flow', async () => {
  const { claims } = await party.login({ scope: 'email openid profile', state: 'a b&c=d/é', nonce: 'x'.repeat(200) });
  assert.equal(claims.nonce, 'x'.repeat(200));
});

// RFC 6749 4.1.2: a code counts once; what it gave is revoked.
test('oidcc-codereuse', async () => {
  const { code, request, tokens } = await party.login();
  const { status, body } = await party.exchange(code, request);
  assert.deepEqual([status, body.error], [400, 'invalid_grant']);
  assert.equal((await party.userinfo(tokens.access_token)).status, 401);
});

// The same, half a minute later: made old in the database, to save the wait.
test('oidcc-codereuse-30seconds', async () => {
  const { code, request, tokens } = await party.login();
  await trio.sql((sql) => sql(`update auth.oauth_code set created_at = created_at - interval '30 seconds',
    used_at = used_at - interval '30 seconds', expires_at = expires_at - interval '30 seconds'`));
  const { status, body } = await party.exchange(code, request);
  assert.deepEqual([status, body.error], [400, 'invalid_grant']);
  assert.equal((await party.userinfo(tokens.access_token)).status, 401);
});

// RFC 6749 2.3.1.
test('oidcc-server-client-secret-post', async () => {
  const poster = await RelyingParty.register(trio, { id: 'certification-post', method: 'client_secret_post' });
  const { claims } = await poster.login();
  assert.equal(claims.aud, poster.id);
});

// Core 11, 12: a new ID token of the same person and time; a refresh token is bound to its client (RFC 6749 10.4).
test('oidcc-refresh-token', async () => {
  const { tokens, claims } = await party.login({ scope: 'openid offline_access', prompt: 'consent' });
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  const other = await RelyingParty.register(trio, { id: 'certification2' });
  const stolen = await other.token(refresh);
  assert.deepEqual([stolen.status, stolen.body.error], [400, 'invalid_grant']);
  const { status, body } = await party.token(refresh);
  assert.equal(status, 200);
  assert.notEqual(body.access_token, tokens.access_token);
  const renewed = await party.idToken(body);
  for (const name of ['iss', 'sub', 'aud', 'azp', 'auth_time', 'sid']) assert.deepEqual(renewed[name], claims[name], name);
  assert.equal((await party.userinfo(body.access_token)).body.sub, claims.sub);
});

// RFC 7636 4.6, and that the wrong verifier does not do.
test('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
  await party.login();
  const { browser } = await party.login();
  const request = party.request();
  const { outside } = await browser.open(request.url);
  const wrong = await party.exchange(party.answer(outside, request).code, { ...request, verifier: 'a'.repeat(43) });
  assert.deepEqual([wrong.status, wrong.body.error], [400, 'invalid_grant']);
});
