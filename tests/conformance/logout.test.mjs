// oidcc-rp-initiated-logout-certification-test-plan and oidcc-backchannel-rp-initiated-logout-certification-test-plan.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { start } from '../clients/product.mjs';
import { isSigned, read } from './jwt.mjs';
import { RelyingParty } from './relying-party.mjs';

let trio;
let party;
let listener;
const heard = [];
before(async () => {
  trio = await start();
  listener = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ method: request.method, type: request.headers['content-type'], body: new URLSearchParams(body) });
    response.end();
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const backchannel = `http://127.0.0.1:${listener.address().port}/backchannel`;
  party = await RelyingParty.register(trio, { backchannel });
});
after(async () => {
  listener?.close();
  await trio?.stop();
});

/** Opens the sign-out of a fresh sign-on; `parameters` makes the request from it. */
async function logout(parameters) {
  const login = await party.login();
  const page = await login.browser.open(party.logoutUrl(parameters(login)));
  return { ...login, page };
}

const usual = ({ tokens }) => ({ id_token_hint: tokens.id_token, post_logout_redirect_uri: party.afterLogout, state: 'af0ifj' });

/** The person was asked, nobody was redirected; after a yes they are signed out, and still here. */
async function asksAndStays({ browser, page }) {
  assert.equal(page.outside, undefined);
  assert.match(page.html, /Sign out\?/);
  assert.equal(await party.isSignedOn(browser), true, 'nothing happens before the answer');
  const done = await browser.submit(page.html, '/oauth2/logout', { confirmed: 'yes' });
  assert.equal(done.outside, undefined);
  assert.match(done.html, /You are signed out/);
  assert.equal(await party.isSignedOn(browser), false);
}

async function showsAnError({ browser, page }) {
  assert.equal(page.outside, undefined);
  assert.equal(page.status, 400);
  assert.match(page.html, /not registered/);
  assert.equal(await party.isSignedOn(browser), true);
}

// RP-Initiated Logout 2.1.
test('oidcc-rp-initiated-logout-discovery-endpoint-verification', () => {
  assert.equal(new URL(party.metadata.end_session_endpoint).origin, trio.auth);
});

// RP-Initiated Logout 2, 3: signed out, back with state, and prompt=none finds nobody.
test('oidcc-rp-initiated-logout', async () => {
  const { browser, page } = await logout(usual);
  assert.equal(page.outside.href, `${party.afterLogout}?state=af0ifj`);
  assert.equal(await party.isSignedOn(browser), false);
});

// RP-Initiated Logout 3: an address that is not registered is an error.
test('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', async () => {
  await showsAnError(await logout((login) => ({ ...usual(login), post_logout_redirect_uri: `${party.afterLogout}2` })));
});

// RP-Initiated Logout 2: signed, but by somebody else.
test('oidcc-rp-initiated-logout-bad-id-token-hint', async () => {
  const foreign = ({ id_token: token }) => {
    const [head, body] = token.split('.');
    return [head, body, Buffer.alloc(256, 7).toString('base64url')].join('.');
  };
  await asksAndStays(await logout((login) => ({ ...usual(login), id_token_hint: foreign(login.tokens) })));
});

// RP-Initiated Logout 2: ours once, now changed.
test('oidcc-rp-initiated-logout-modified-id-token-hint', async () => {
  const modified = ({ id_token: token }) => {
    const [head, , signature] = token.split('.');
    const body = Buffer.from(JSON.stringify({ ...read(token).claims, sub: 'modified' })).toString('base64url');
    return [head, body, signature].join('.');
  };
  await asksAndStays(await logout((login) => ({ ...usual(login), id_token_hint: modified(login.tokens) })));
});

// RP-Initiated Logout 2, 3: without a hint nobody knows for whom the address is registered.
test('oidcc-rp-initiated-logout-no-id-token-hint', async () => {
  await asksAndStays(await logout((login) => ({ ...usual(login), id_token_hint: '' })));
});

// RP-Initiated Logout 2: a bare link asks.
test('oidcc-rp-initiated-logout-no-params', async () => {
  await asksAndStays(await logout(() => ({})));
});

// RP-Initiated Logout 3: signed out, and told so here.
test('oidcc-rp-initiated-logout-no-post-logout-redirect-uri', async () => {
  const { browser, page } = await logout(({ tokens }) => ({ id_token_hint: tokens.id_token, state: 's' }));
  assert.equal(page.outside, undefined);
  assert.match(page.html, /You are signed out/);
  assert.equal(await party.isSignedOn(browser), false);
});

// RP-Initiated Logout 3: back without state.
test('oidcc-rp-initiated-logout-no-state', async () => {
  const { page } = await logout(({ tokens }) => ({
    id_token_hint: tokens.id_token, post_logout_redirect_uri: party.afterLogout,
  }));
  assert.equal(page.outside.href, party.afterLogout);
});

// RP-Initiated Logout 2: a state leads nowhere.
test('oidcc-rp-initiated-logout-only-state', async () => {
  await asksAndStays(await logout(() => ({ state: 'af0ifj' })));
});

// RP-Initiated Logout 3: compared to the letter, so a query that was not registered is an error.
test('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', async () => {
  await showsAnError(await logout((login) => ({ ...usual(login), post_logout_redirect_uri: `${party.afterLogout}?foo=bar` })));
});

// Back-Channel Logout 2.1.
test('oidcc-backchannel-logout-discovery-endpoint-verification', () => {
  assert.equal(party.metadata.backchannel_logout_supported, true);
  assert.equal(party.metadata.backchannel_logout_session_supported, true);
});

// Back-Channel Logout 2.4 to 2.6: the token comes by POST, soon, once, signed, and says who and which session.
test('oidcc-backchannel-rp-initiated-logout', async () => {
  const { page, claims: signOn } = await logout(usual);
  const start = Date.now();
  assert.equal(page.outside.href, `${party.afterLogout}?state=af0ifj`);
  // Logouts of the tests before may still be on their way here.
  const ofThis = () => heard.filter(({ body }) => read(body.get('logout_token')).claims.sid === signOn.sid);
  await until(() => ofThis().length > 0, 'the logout token');
  assert.ok(Date.now() - start < 2000, `${Date.now() - start} ms`);
  const [{ method, type, body }] = ofThis();
  assert.deepEqual([method, type, [...body.keys()]], ['POST', 'application/x-www-form-urlencoded', ['logout_token']]);
  const token = body.get('logout_token');
  assert.ok(await isSigned(token, party.metadata.jwks_uri));
  const { header, claims } = read(token);
  assert.equal(header.typ, 'logout+jwt');
  assert.deepEqual([claims.iss, claims.aud, claims.sub, claims.sid], [trio.auth, party.id, signOn.sub, signOn.sid]);
  assert.deepEqual(claims.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
  assert.ok(claims.jti && Math.abs(claims.iat - Date.now() / 1000) < 10 && claims.exp - claims.iat <= 120);
  assert.equal('nonce' in claims, false);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(ofThis().length, 1, 'once');
});

async function until(holds, what) {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
