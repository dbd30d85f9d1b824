// oauth4webapi, the low-level client for browsers and edge runtimes, unchanged: as the site's client, and as a
// resource server that verifies access tokens by the published keys (RFC 9068).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { Browser } from './browser.mjs';
import { start, student, website } from './product.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };

let trio;
let server;
let client;
let credential;
before(async () => {
  trio = await start();
  const issuer = new URL(trio.auth);
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  client = { client_id: website(trio).id };
  credential = oauth.ClientSecretBasic(website(trio).secret);
});
after(() => trio?.stop());

/** From the authorization request to the tokens; the library checks state, iss, nonce, at_hash and the signature. */
async function login(scope, browser = new Browser(trio.auth)) {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code', client_id: client.client_id, redirect_uri: website(trio).redirect, scope, state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const back = oauth.validateAuthResponse(server, client, await browser.authorize(url, student(trio)), state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, credential, back, website(trio).redirect, verifier, insecure,
  );
  const checks = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, checks);
  await oauth.validateApplicationLevelSignature(server, response, insecure);
  return tokens;
}

function verifyAccessToken(token, audience) {
  const request = new Request(`${trio.api}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(server, request, audience, insecure);
}

test('oauth4webapi finds both metadata documents to be of this issuer', async () => {
  const response = await oauth.discoveryRequest(new URL(trio.auth), { ...insecure, algorithm: 'oauth2' });
  const rfc8414 = await oauth.processDiscoveryResponse(new URL(trio.auth), response);
  assert.deepEqual(rfc8414, server);
});

test('oauth4webapi signs in, refreshes, reads who it is, and signs out', async () => {
  const browser = new Browser(trio.auth);
  const tokens = await login('openid email offline_access', browser);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);

  const read = async (token) =>
    oauth.processUserInfoResponse(server, client, sub, await oauth.userInfoRequest(server, client, token, insecure));
  assert.equal((await read(tokens.access_token)).email, 'student@example.com');

  const response = await oauth.refreshTokenGrantRequest(server, client, credential, tokens.refresh_token, insecure);
  const renewed = await oauth.processRefreshTokenResponse(server, client, response);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal((await read(renewed.access_token)).sub, sub);

  const away = new URL(server.end_session_endpoint);
  away.search = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: website(trio).home });
  assert.equal((await browser.open(away)).outside.href, website(trio).home);
  assert.equal(await (await browser.fetch(`${trio.auth}/api/auth/get-session`)).json(), null);
});

test('oauth4webapi verifies access tokens as RFC 9068 says, for the audience that the scope gives', async () => {
  const withApi = await login('openid api');
  for (const audience of ['intellistack', trio.auth]) {
    const claims = await verifyAccessToken(withApi.access_token, audience);
    assert.equal(claims.client_id, client.client_id);
    assert.equal(claims.scope, 'openid api');
  }
  const without = await login('openid');
  await verifyAccessToken(without.access_token, trio.auth);
  await assert.rejects(verifyAccessToken(without.access_token, 'intellistack'), /aud/);
  await assert.rejects(verifyAccessToken(without.id_token, client.client_id), /typ/);
});

test('oauth4webapi revokes', async () => {
  const tokens = await login('openid offline_access');
  const revoked = await oauth.revocationRequest(server, client, credential, tokens.refresh_token, insecure);
  await oauth.processRevocationResponse(revoked);
  const response = await oauth.refreshTokenGrantRequest(server, client, credential, tokens.refresh_token, insecure);
  await assert.rejects(oauth.processRefreshTokenResponse(server, client, response), { error: 'invalid_grant' });
});

test('oauth4webapi is told why a person did not sign in', async () => {
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code', client_id: client.client_id, redirect_uri: website(trio).redirect, scope: 'openid',
    state: 'x', prompt: 'none', code_challenge_method: 'S256',
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
  });
  const { outside } = await new Browser(trio.auth).open(url);
  assert.throws(() => oauth.validateAuthResponse(server, client, outside, 'x'), { error: 'login_required' });
});
