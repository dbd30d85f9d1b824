// A person's OAuth clients and consents, by Better Auth's client with oauthProviderClient.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { Browser } from '../browser.mjs';
import { PASSWORD, admin as adminOf, start } from '../product.mjs';
import { clientOf, good, newcomer, refused, signedIn } from './client.mjs';

let trio;
let admin;
before(async () => {
  trio = await start();
  admin = await signedIn(trio, adminOf(trio));
});
after(() => trio?.stop());

const REDIRECT = 'https://rp.example.com/cb';
const create = (client, more = {}) =>
  client.oauth2.createClient({ redirect_uris: [REDIRECT], client_name: 'Reader', scope: 'openid email', ...more });

test('oauth2.createClient tells the secret once; getClients and getClient never', async () => {
  const created = await good(create(admin.client));
  assert.ok(created.client_id && created.client_secret);
  assert.deepEqual(created.redirect_uris, [REDIRECT]);
  assert.equal(created.token_endpoint_auth_method, 'client_secret_basic');
  const list = await good(admin.client.oauth2.getClients());
  assert.ok(list.some((client) => client.client_id === created.client_id));
  for (const client of list) assert.ok(!('client_secret' in client));
  const one = await good(admin.client.oauth2.getClient({ query: { client_id: created.client_id } }));
  assert.equal(one.client_name, 'Reader');
  assert.ok(!('client_secret' in one));
});

test('oauth2.createClient makes public clients without a secret and refuses hostile redirect URIs', async () => {
  const native = await good(create(admin.client, {
    redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native', token_endpoint_auth_method: 'none',
  }));
  assert.ok(!('client_secret' in native));
  for (const uri of ['http://rp.example.com/cb', 'https://rp.example.com/cb#x', 'javascript:alert(1)', 'https://a:b@rp.example.com/']) {
    const { error } = await create(admin.client, { redirect_uris: [uri] });
    assert.deepEqual([error?.status, error?.error], [400, 'invalid_redirect_uri'], uri);
  }
});

test('oauth2.updateClient, client.rotateSecret and deleteClient', async () => {
  const { client } = admin;
  const { client_id, client_secret } = await good(create(client));
  const changed = await good(client.oauth2.updateClient({ client_id, update: { client_name: 'Writer' } }));
  assert.equal(changed.client_name, 'Writer');
  const rotated = await good(client.oauth2.client.rotateSecret({ client_id }));
  assert.ok(rotated.client_secret && rotated.client_secret !== client_secret);
  assert.equal((await client.oauth2.deleteClient({ client_id })).error, null);
  const gone = await client.oauth2.getClient({ query: { client_id } });
  assert.equal(gone.error.status, 404);
});

test('oauth2.publicClient shows what a consent page needs, and no more', async () => {
  const { client_id } = await good(create(admin.client, { client_uri: 'https://rp.example.com/' }));
  const { client } = await newcomer(trio);
  const shown = await good(client.oauth2.publicClient({ query: { client_id } }));
  assert.deepEqual([shown.client_id, shown.client_name, shown.client_uri], [client_id, 'Reader', 'https://rp.example.com/']);
  assert.ok(!('client_secret' in shown));
  const unknown = await client.oauth2.publicClient({ query: { client_id: 'unknown' } });
  assert.deepEqual([unknown.error.status, unknown.error.error], [404, 'not_found']);
});

test('what belongs to nobody signed in is 401', async () => {
  const { client } = clientOf(trio);
  for (const call of [client.oauth2.getClients(), client.oauth2.getConsents(), create(client)]) {
    assert.equal((await call).error.status, 401);
  }
});

test('a consent is stored, listed, narrowed and taken back', async () => {
  const { client_id, client_secret } = await good(create(admin.client, { scope: 'openid email profile offline_access' }));
  const person = await newcomer(trio);
  const config = await oidc.discovery(new URL(trio.auth), client_id, {}, oidc.ClientSecretBasic(client_secret), {
    execute: [oidc.allowInsecureRequests],
  });
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT, scope: 'openid email offline_access', code_challenge_method: 'S256',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), state: 'x',
  });
  const back = await new Browser(trio.auth).authorize(url, { email: person.email, password: PASSWORD });
  const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState: 'x' });
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck)).email, person.email);

  const [consent, ...others] = await good(person.client.oauth2.getConsents());
  assert.deepEqual(others, []);
  assert.equal(consent.clientId ?? consent.client_id, client_id);
  const { id } = consent;
  assert.equal((await good(person.client.oauth2.getConsent({ query: { id } }))).id, id);
  await good(person.client.oauth2.updateConsent({ id, update: { scopes: ['openid'] } }));
  assert.equal((await person.client.oauth2.deleteConsent({ id })).error, null);
  assert.deepEqual(await good(person.client.oauth2.getConsents()), []);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});

/** The query with which a pending authorization request comes to the page that asks for consent. */
async function pendingQuery(browser, client_id) {
  const challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier());
  const parameters = new URLSearchParams({
    response_type: 'code', client_id, redirect_uri: REDIRECT, scope: 'openid email', state: 'x',
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  const answer = await browser.fetch(`${trio.auth}/oauth2/authorize?${parameters}`, { headers: { accept: 'application/json' } });
  const { url } = await answer.json();
  const page = new URL(url);
  assert.equal(page.pathname, '/consent');
  return page.searchParams.get('continue').split('?')[1];
}

test('oauth2.consent says yes or no for a page of one\'s own, oauth2.continue goes on', async () => {
  const { client_id } = await good(create(admin.client));
  const person = await newcomer(trio);
  const oauth_query = await pendingQuery(person.browser, client_id);
  const asked = await good(person.client.oauth2.continue({ postLogin: true, oauth_query }));
  assert.ok(asked.redirect && new URL(asked.url, trio.auth).pathname === '/consent', asked.url);
  const denied = new URL((await good(person.client.oauth2.consent({ accept: false, oauth_query }))).url);
  assert.deepEqual([denied.origin, denied.searchParams.get('error'), denied.searchParams.get('state')],
    ['https://rp.example.com', 'access_denied', 'x']);
  const allowed = new URL((await good(person.client.oauth2.consent({ accept: true, oauth_query }))).url);
  assert.ok(allowed.searchParams.get('code') && allowed.searchParams.get('iss') === trio.auth, allowed.href);
  const { error } = await clientOf(trio).client.oauth2.consent({ accept: true, oauth_query });
  assert.equal(error.status, 401);
});

test('oauth2.register makes a client for who may', async () => {
  const metadata = { redirect_uris: [REDIRECT], client_name: 'Registered', scope: 'openid email' };
  const client = await good(admin.client.oauth2.register(metadata));
  assert.ok(client.client_id && client.client_secret);
  assert.equal(client.client_name, 'Registered');
  const { error } = await clientOf(trio).client.oauth2.register(metadata);
  assert.equal(error.status, 401);
});
