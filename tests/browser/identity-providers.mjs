// Google and GitHub for browser tests: the real protocols over HTTP on loopback. Their authorization pages ask nobody
// and send the browser back at once; what a client gets wrong (redirect URI, PKCE, secret) they refuse.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

export const CLIENT_ID = 'the-client';
export const CLIENT_SECRET = 'the-secret-of-the-client';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

async function fields(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** What both have: a port, the profile of the moment, codes that count once. */
class Provider {
  codes = new Map();

  constructor(profile) {
    this.profile = profile;
  }

  async listen() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error) => send(response, 500, { error: String(error) }));
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  authorize(url, response) {
    const get = (name) => url.searchParams.get(name);
    const proper = get('client_id') === CLIENT_ID && get('response_type') === 'code'
      && get('code_challenge_method') === 'S256' && get('code_challenge') && get('state')?.length >= 32;
    if (!proper) return send(response, 400, { error: 'invalid_request' });
    const code = randomUUID();
    this.codes.set(code, { redirect: get('redirect_uri'), challenge: get('code_challenge'), nonce: get('nonce'), scope: get('scope') });
    const target = new URL(get('redirect_uri'));
    target.searchParams.set('code', code);
    target.searchParams.set('state', get('state'));
    return send(response, 302, undefined, { location: target.href });
  }

  /** The authorization behind a code, once, for the client that began it. */
  exchange(form) {
    const granted = this.codes.get(form.get('code'));
    this.codes.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const right = form.get('client_id') === CLIENT_ID && form.get('client_secret') === CLIENT_SECRET
      && granted?.redirect === form.get('redirect_uri') && granted?.challenge === challenge;
    return right ? granted : undefined;
  }
}

class Google extends Provider {
  keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  async answer(request, response) {
    const url = new URL(request.url, this.url);
    switch (url.pathname) {
      case '/.well-known/openid-configuration': return send(response, 200, this.discovery());
      case '/keys': {
        const jwk = { ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' };
        return send(response, 200, { keys: [jwk] });
      }
      case '/authorize': return this.authorize(url, response);
      case '/token': return this.token(await fields(request), response);
      default: return send(response, 404, {});
    }
  }

  discovery() {
    return {
      issuer: this.url, authorization_endpoint: `${this.url}/authorize`, token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/keys`, response_types_supported: ['code'], subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  token(form, response) {
    if (form.get('grant_type') === 'refresh_token') return this.renew(form, response);
    const granted = this.exchange(form);
    if (!granted) return send(response, 400, { error: 'invalid_grant' });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url, aud: CLIENT_ID, iat: now, exp: now + 3600, nonce: granted.nonce, sub: this.profile.id,
      name: this.profile.name, email: this.profile.email, email_verified: true,
    };
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), this.keys.privateKey).toString('base64url');
    this.refresh = randomUUID();
    return send(response, 200, {
      access_token: randomUUID(), token_type: 'Bearer', expires_in: 3599, scope: granted.scope,
      id_token: `${signed}.${signature}`, refresh_token: this.refresh,
    });
  }

  /** Google's answer to a refresh token: a new access token, and no new refresh token. */
  renew(form, response) {
    const right = form.get('client_id') === CLIENT_ID && form.get('client_secret') === CLIENT_SECRET;
    if (!right || form.get('refresh_token') !== this.refresh) return send(response, 400, { error: 'invalid_grant' });
    return send(response, 200, { access_token: `renewed-${randomUUID()}`, token_type: 'Bearer', expires_in: 3599 });
  }
}

class GitHub extends Provider {
  tokens = new Set();

  async answer(request, response) {
    const url = new URL(request.url, this.url);
    const known = this.tokens.has(request.headers.authorization?.replace('Bearer ', ''));
    switch (url.pathname) {
      case '/login/oauth/authorize': return this.authorize(url, response);
      case '/login/oauth/access_token': {
        // GitHub refuses with status 200.
        if (!this.exchange(await fields(request))) return send(response, 200, { error: 'bad_verification_code' });
        const token = `gho_${randomUUID()}`;
        this.tokens.add(token);
        return send(response, 200, { access_token: token, token_type: 'bearer', scope: 'read:user,user:email' });
      }
      case '/api/user': {
        const { id, name } = this.profile;
        return known ? send(response, 200, { id: Number(id), login: 'someone', name, email: null }) : send(response, 401, {});
      }
      case '/api/user/emails': {
        const address = { email: this.profile.email, primary: true, verified: true, visibility: 'private' };
        return known ? send(response, 200, [address]) : send(response, 401, {});
      }
      default: return send(response, 404, {});
    }
  }
}

/** Both, and the variables that make the product use them. */
export async function startProviders(profile = { id: '1815', name: 'Ada Lovelace', email: 'ada@example.org' }) {
  const google = await new Google(profile).listen();
  const github = await new GitHub(profile).listen();
  return {
    google, github,
    variables: {
      GOOGLE_CLIENT_ID: CLIENT_ID, GOOGLE_CLIENT_SECRET: CLIENT_SECRET, GOOGLE_ISSUER_URL: google.url,
      GITHUB_CLIENT_ID: CLIENT_ID, GITHUB_CLIENT_SECRET: CLIENT_SECRET, GITHUB_URL: github.url,
      GITHUB_API_URL: `${github.url}/api`,
    },
    stop: () => Promise.all([google.close(), github.close()]),
  };
}
