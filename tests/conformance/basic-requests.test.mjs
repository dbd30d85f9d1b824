// oidcc-basic-certification-test-plan, second part: what an authorization request may ask of the person and the server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start, student } from '../clients/product.mjs';
import { RelyingParty } from './relying-party.mjs';

let trio;
let party;
before(async () => {
  trio = await start();
  party = await RelyingParty.register(trio);
});
after(() => trio?.stop());

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Signs on again in `browser` and says whether the person had to type the password. */
async function again(browser, more) {
  const request = party.request(more);
  let page = await browser.open(request.url);
  const asked = page.html?.includes('name="password"') ?? false;
  if (asked) page = await browser.submit(page.html, '/sign-in', student(trio));
  const answer = party.answer(page.outside, request);
  if (answer.error) return { asked, error: answer.error };
  const { body } = await party.exchange(answer.code, request);
  return { asked, claims: await party.idToken(body, request) };
}

/** What the page of an unusable request says. Nobody is redirected (RFC 6749 4.1.2.1). */
async function refused(more) {
  const { status, html, outside } = await party.browser().open(party.request(more).url);
  assert.equal(outside, undefined);
  assert.equal(status, 400);
  return html;
}

// Core 3.1.2.1: a way to show the page that we do not have. It must not fail.
test('oidcc-display-page', async () => {
  await party.login({ display: 'page' });
});

// As above.
test('oidcc-display-popup', async () => {
  await party.login({ display: 'popup' });
});

// Core 3.1.2.1: signs in anew, although signed in; auth_time says so.
test('oidcc-prompt-login', async () => {
  const { browser, claims } = await party.login();
  await wait(1100);
  const fresh = await again(browser, { prompt: 'login' });
  assert.equal(fresh.asked, true);
  assert.equal(fresh.claims.sub, claims.sub);
  assert.ok(fresh.claims.auth_time > claims.auth_time);
});

// Core 3.1.2.6.
test('oidcc-prompt-none-not-logged-in', async () => {
  assert.deepEqual(await again(party.browser(), { prompt: 'none' }), { asked: false, error: 'login_required' });
});

// Core 3.1.2.1: no page, the same person, the same time.
test('oidcc-prompt-none-logged-in', async () => {
  const { browser, claims } = await party.login();
  const silent = await again(browser, { prompt: 'none' });
  assert.equal(silent.asked, false);
  assert.deepEqual([silent.claims.sub, silent.claims.auth_time], [claims.sub, claims.auth_time]);
});

// Core 3.1.2.1: a sign-in older than a second does not do.
test('oidcc-max-age-1', async () => {
  const { browser, claims } = await party.login();
  await wait(2100);
  const fresh = await again(browser, { max_age: '1' });
  assert.equal(fresh.asked, true);
  assert.ok(fresh.claims.auth_time > claims.auth_time);
});

// Core 3.1.2.1: a sign-in younger than that does; auth_time is there and the same.
test('oidcc-max-age-10000', async () => {
  const { browser, claims } = await party.login();
  const same = await again(browser, { max_age: '10000' });
  assert.equal(same.asked, false);
  assert.equal(same.claims.auth_time, claims.auth_time);
});

// RFC 6749 3.1: unknown parameters are ignored.
test('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
  await party.login({ extra: 'foobar' });
});

// Core 3.1.2.1: with the hint of who is signed in, silently.
test('oidcc-id-token-hint', async () => {
  const { browser, tokens, claims } = await party.login();
  const silent = await again(browser, { prompt: 'none', id_token_hint: tokens.id_token });
  assert.equal(silent.asked, false);
  assert.equal(silent.claims.sub, claims.sub);
});

// Core 3.1.2.1: the address stands in the form.
test('oidcc-login-hint', async () => {
  const page = await party.browser().open(party.request({ login_hint: 'bob@example.com' }).url);
  assert.match(page.html, /value="bob@example\.com"/);
  await party.login({ login_hint: 'bob@example.com' });
});

// Core 3.1.2.1: no languages to choose from. It must not fail.
test('oidcc-ui-locales', async () => {
  await party.login({ ui_locales: 'se' });
});

// Core 5.2: as above.
test('oidcc-claims-locales', async () => {
  await party.login({ claims_locales: 'se' });
});

// Core 3.1.2.1: voluntary. The ID token says which it was.
test('oidcc-ensure-request-with-acr-values-succeeds', async () => {
  const { claims } = await party.login({ acr_values: '1 2' });
  assert.ok(party.metadata.acr_values_supported.includes(claims.acr));
});

// Core 3.1.2.1; RFC 9700 2.1: a page, and no redirect.
test('oidcc-ensure-registered-redirect-uri', async () => {
  assert.match(await refused({ redirect_uri: `${party.redirect}/somewhere-else` }), /not registered/);
});

// Core 3.1.2.1: POST works like GET.
test('oidcc-ensure-post-request-succeeds', async () => {
  const request = party.request();
  const browser = party.browser();
  const body = new URLSearchParams(request.url.search);
  let page = await browser.open(party.metadata.authorization_endpoint, { method: 'POST', body });
  page = await browser.submit(page.html, '/sign-in', student(trio));
  const { body: tokens } = await party.exchange(party.answer(page.outside, request).code, request);
  await party.idToken(tokens, request);
});

const unsigned = (claims) =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;

async function errorOf(more) {
  const request = party.request(more);
  const { outside } = await party.browser().open(request.url);
  return party.answer(outside, request).error;
}

// Core 6.1, 3.1.2.6: rejected as unsupported.
test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
  assert.equal(await errorOf({ request: unsigned({ state: 'other' }) }), 'request_not_supported');
});

// Core 6.2, 3.1.2.6: rejected as unsupported, and never fetched.
test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
  assert.equal(await errorOf({ request_uri: 'https://certification.test/request.jwt' }), 'request_uri_not_supported');
});

// Core 6.1: an address inside a request object counts for nothing.
test('oidcc-ensure-request-object-with-redirect-uri', async () => {
  const request = unsigned({ redirect_uri: 'https://evil.test/callback' });
  assert.equal(await errorOf({ request }), 'request_not_supported');
  assert.match(await refused({ redirect_uri: undefined, request }), /redirect_uri/);
});

// Core 5.5. claims_parameter_supported is false, so the suite skips it; the parameter is ignored and does not fail.
test('oidcc-claims-essential', async () => {
  assert.equal(party.metadata.claims_parameter_supported, false);
  const { claims } = await party.login({ claims: '{"userinfo":{"name":{"essential":true}}}' });
  assert.equal(claims.name, undefined);
});
