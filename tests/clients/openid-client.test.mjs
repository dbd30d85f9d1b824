// openid-client, the certified client for Node, unchanged, as the site's confidential client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { Browser } from './browser.mjs';
import { start, student, website } from './product.mjs';

const SCOPE = 'openid email profile offline_access api';

let trio;
let config;
before(async () => {
  trio = await start();
  const { id, secret } = website(trio);
  config = await oidc.discovery(new URL(trio.auth), id, {}, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
});
after(() => trio?.stop());

/** Signs in and exchanges the code; every check on the way is the library's. */
async function login(browser = new Browser(trio.auth), more = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: website(trio).redirect,
    scope: SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  });
  const back = await browser.authorize(url, student(trio));
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return oidc.authorizationCodeGrant(config, back, checks);
}

test('openid-client discovers the server', () => {
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, trio.auth);
  assert.equal(metadata.supportsPKCE(), true);
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
});

test('openid-client signs in, reads who it is, refreshes, and signs out', async () => {
  const browser = new Browser(trio.auth);
  const tokens = await login(browser);
  const { sub } = tokens.claims();
  assert.equal(tokens.token_type, 'bearer');
  assert.equal(tokens.expires_in, 21_600);

  const person = await oidc.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(person.email, 'student@example.com');
  assert.equal(person.email_verified, true);

  const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal(renewed.claims().sub, sub);
  await oidc.fetchUserInfo(config, renewed.access_token, sub);

  const state = oidc.randomState();
  const away = oidc.buildEndSessionUrl(config, {
    id_token_hint: renewed.id_token, post_logout_redirect_uri: website(trio).home, state,
  });
  const { outside } = await browser.open(away);
  assert.equal(outside.href, `${website(trio).home}?state=${state}`);
  const again = await browser.open(oidc.buildAuthorizationUrl(config, {
    redirect_uri: website(trio).redirect, scope: SCOPE, prompt: 'none', state,
    code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()), code_challenge_method: 'S256',
  }));
  assert.equal(again.outside.searchParams.get('error'), 'login_required');
  assert.equal(again.outside.searchParams.get('iss'), trio.auth);
});

test('openid-client is told that a revoked token is worth nothing', async () => {
  const tokens = await login();
  await oidc.tokenRevocation(config, tokens.refresh_token);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});

test('openid-client accepts max_age, because auth_time is told', async () => {
  const browser = new Browser(trio.auth);
  const tokens = await login(browser, { max_age: '60' });
  assert.ok(Date.now() / 1000 - tokens.claims().auth_time < 60);
});

test('openid-client sees errors in the form that the protocol gives them', async () => {
  await assert.rejects(oidc.refreshTokenGrant(config, 'made-up'), { error: 'invalid_grant', status: 400 });
  const impostor = await oidc.discovery(new URL(trio.auth), 'web', {}, oidc.ClientSecretBasic('wrong'), {
    execute: [oidc.allowInsecureRequests],
  });
  const error = await oidc.refreshTokenGrant(impostor, 'made-up').catch((reason) => reason);
  assert.equal(error.status, 401);
  assert.match(JSON.stringify(error.cause?.map?.((challenge) => challenge.scheme) ?? error.error), /basic|invalid_client/i);
  await assert.rejects(oidc.fetchUserInfo(config, 'made-up', oidc.skipSubjectCheck), { status: 401 });
});
