// The relying party of the checks: it registers itself, asks, and believes nothing.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Browser } from '../clients/browser.mjs';
import { student } from '../clients/product.mjs';
import { halfDigest, isSigned, read } from './jwt.mjs';

const random = () => randomBytes(32).toString('base64url');
const sha256 = (text) => createHash('sha256').update(text).digest();
const quote = (text) => (text === undefined ? 'null' : `'${text.replaceAll("'", "''")}'`);

export class RelyingParty {
  /** Registers a confidential client, as an administrator would for a certification. */
  static async register(trio, { id = 'certification', method = 'client_secret_basic', backchannel } = {}) {
    const party = new RelyingParty();
    Object.assign(party, { trio, id, method, secret: random() });
    party.redirect = `https://${id}.test/callback`;
    party.afterLogout = `https://${id}.test/signed-out`;
    party.metadata = await (await fetch(`${trio.auth}/.well-known/openid-configuration`)).json();
    await trio.sql((sql) => sql(`insert into auth.oauth_application (client_id, name, secret_hash, redirect_uris,
        post_logout_redirect_uris, scopes, skip_consent, token_endpoint_auth_method, backchannel_logout_uri)
      values (${quote(id)}, 'Certification', decode('${sha256(party.secret).toString('hex')}', 'hex'),
        array[${quote(party.redirect)}], array[${quote(party.afterLogout)}],
        '{openid,profile,email,offline_access}', true, ${quote(method)}, ${quote(backchannel)})`));
    return party;
  }

  /** A new browser of nobody. */
  browser() {
    return new Browser(this.trio.auth);
  }

  /** An authorization request; `undefined` takes a parameter out. The suite sends no PKCE; this server demands it. */
  request(more = {}) {
    const verifier = random();
    const parameters = {
      response_type: 'code', client_id: this.id, redirect_uri: this.redirect, scope: 'openid', state: random(),
      nonce: random(), code_challenge: sha256(verifier).toString('base64url'), code_challenge_method: 'S256', ...more,
    };
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    const url = new URL(this.metadata.authorization_endpoint);
    url.search = new URLSearchParams(given);
    return { ...Object.fromEntries(given), url, verifier };
  }

  /** The parameters of an answer, checked for where it went, `state` and `iss` (RFC 9207). */
  answer(back, request) {
    assert.equal(back.origin + back.pathname, this.redirect);
    assert.equal(back.hash, '', 'the answer to response_type=code is in the query');
    const answer = Object.fromEntries(back.searchParams);
    assert.equal(answer.state, request.state);
    assert.equal(answer.iss, this.metadata.issuer);
    return answer;
  }

  /** The whole sign-on: the person signs in if asked, the code is exchanged, the ID token checked. */
  async login({ browser = this.browser(), ...more } = {}) {
    const request = this.request(more);
    const answer = this.answer(await browser.authorize(request.url, student(this.trio)), request);
    assert.equal(answer.error, undefined);
    const { status, body } = await this.exchange(answer.code, request);
    assert.equal(status, 200, JSON.stringify(body));
    const claims = await this.idToken(body, request);
    return { browser, request, code: answer.code, tokens: body, claims };
  }

  /** Exchanges a code. */
  exchange(code, { verifier, redirect_uri }) {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier });
  }

  /** A token request, proved as the client registered. */
  async token(fields) {
    const headers = {};
    const body = new URLSearchParams(fields);
    if (this.method === 'client_secret_post') {
      body.set('client_id', this.id);
      body.set('client_secret', this.secret);
    } else headers.authorization = `Basic ${Buffer.from(`${this.id}:${this.secret}`).toString('base64')}`;
    const response = await fetch(this.metadata.token_endpoint, { method: 'POST', headers, body });
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.match(response.headers.get('content-type'), /^application\/json/);
    return { status: response.status, body: await response.json() };
  }

  /** The claims of an ID token, checked as Core 3.1.3.7 says. */
  async idToken({ id_token: token, access_token: accessToken }, { nonce } = {}) {
    assert.ok(await isSigned(token, this.metadata.jwks_uri), 'signed RS256 by a published key');
    const { claims } = read(token);
    const now = Date.now() / 1000;
    assert.equal(claims.iss, this.metadata.issuer);
    assert.deepEqual([claims.aud].flat(), [this.id]);
    assert.ok(claims.azp === undefined || claims.azp === this.id);
    assert.ok(claims.exp > now && Math.abs(claims.iat - now) < 30, 'fresh');
    assert.equal(claims.nonce, nonce);
    assert.equal(claims.at_hash, halfDigest(accessToken));
    assert.ok(Number.isInteger(claims.auth_time) && claims.auth_time <= claims.iat);
    assert.match(claims.sub, /^[\x21-\x7e]{1,255}$/);
    return claims;
  }

  /** Userinfo, by GET with the header unless `init` says otherwise. */
  async userinfo(token, init = { headers: { authorization: `Bearer ${token}` } }) {
    const response = await fetch(this.metadata.userinfo_endpoint, init);
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() };
  }

  /** The address that signs out, as a browser is sent there. */
  logoutUrl(parameters) {
    const url = new URL(this.metadata.end_session_endpoint);
    url.search = new URLSearchParams(parameters);
    return url;
  }

  /** Whether the browser is still signed on: `prompt=none` gives a code. */
  async isSignedOn(browser) {
    const request = this.request({ prompt: 'none' });
    const { outside } = await browser.open(request.url);
    return 'code' in this.answer(outside, request);
  }
}
