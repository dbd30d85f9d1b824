// oidcc-config-certification-test-plan.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import { start } from '../clients/product.mjs';

let trio;
before(async () => { trio = await start(); });
after(() => trio?.stop());

// Discovery 3, 4.3; RFC 8414 2.
test('oidcc-discovery-endpoint-verification', async () => {
  const response = await fetch(`${trio.auth}/.well-known/openid-configuration`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  const metadata = await response.json();
  assert.equal(metadata.issuer, trio.auth);
  const required = ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'end_session_endpoint',
    'revocation_endpoint', 'introspection_endpoint'];
  for (const name of required) assert.equal(new URL(metadata[name]).origin, trio.auth, name);
  assert.deepEqual(metadata.response_types_supported, ['code']);
  assert.deepEqual(metadata.subject_types_supported, ['public']);
  assert.ok(metadata.id_token_signing_alg_values_supported.includes('RS256'));
  assert.ok(!metadata.id_token_signing_alg_values_supported.includes('none'));
  assert.ok(metadata.scopes_supported.includes('openid'));
  assert.deepEqual(metadata.grant_types_supported, ['authorization_code', 'refresh_token']);
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
  for (const name of ['client_secret_basic', 'client_secret_post']) {
    assert.ok(metadata.token_endpoint_auth_methods_supported.includes(name), name);
  }
  for (const claim of ['sub', 'iss', 'auth_time', 'name', 'email']) assert.ok(metadata.claims_supported.includes(claim));
  for (const name of ['claims_parameter_supported', 'request_parameter_supported', 'request_uri_parameter_supported']) {
    assert.equal(metadata[name], false, name);
  }
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  assert.deepEqual(await (await fetch(`${trio.auth}/.well-known/oauth-authorization-server`)).json(), metadata);
});

// Core 10.1; RFC 7517 4, RFC 7518 6.3.
test('the key set holds usable public keys and nothing private', async () => {
  const { jwks_uri: uri } = await (await fetch(`${trio.auth}/.well-known/openid-configuration`)).json();
  const { keys } = await (await fetch(uri)).json();
  assert.ok(keys.length >= 1);
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length, 'every kid once');
  for (const jwk of keys) {
    assert.deepEqual([jwk.kty, jwk.use, jwk.alg], ['RSA', 'sig', 'RS256']);
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.equal(jwk[secret], undefined);
    assert.ok(createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails.modulusLength >= 2048);
  }
});
