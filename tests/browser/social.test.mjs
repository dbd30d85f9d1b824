// Signing in with Google and GitHub, the promised times, and a client on another origin under the strict CSP.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { startProviders } from './identity-providers.mjs';
import { photograph, register, verify } from './people.mjs';
import { Trio } from './trio.mjs';

const TEN_SECONDS = 10_000;
let trio, browser, providers;
before(async () => {
  providers = await startProviders();
  [trio, browser] = await Promise.all([Trio.start(providers.variables), launch()]);
});
after(async () => { await browser?.close(); await trio?.stop(); await providers?.stop(); });

/** A page, and what its console complained of: a form that the CSP stops is an error there. */
async function fresh() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  return { context, page, complaints };
}

async function throughProvider(t, name) {
  const { context, page, complaints } = await fresh();
  await page.goto(`${trio.web}/login`);
  await page.getByRole('button', { name: 'Continue with Google' }).waitFor();
  await photograph(page, 'sign-in-social');
  const begun = performance.now();
  await page.getByRole('button', { name: `Continue with ${name}` }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
  const took = performance.now() - begun;
  t.diagnostic(`${name}, click to dashboard: ${Math.round(took)} ms`);
  assert.ok(took < TEN_SECONDS, `${took} ms`);
  assert.deepEqual(complaints, []);
  await context.close();
}

test('from the sign-in page by Google to the dashboard in under ten seconds', (t) => throughProvider(t, 'Google'));
test('from the sign-in page by GitHub to the dashboard in under ten seconds', (t) => throughProvider(t, 'GitHub'));

test('from registration over the mailed link to the dashboard in under ten seconds', async (t) => {
  const { context, page, complaints } = await fresh();
  const begun = performance.now();
  await register(page, trio, 'swift@example.org');
  await verify(page, trio, 'swift@example.org');
  await page.getByRole('link', { name: /dashboard/i }).click();
  await page.waitForURL(`${trio.web}/dashboard`);
  const took = performance.now() - begun;
  t.diagnostic(`register to dashboard: ${Math.round(took)} ms`);
  assert.ok(took < TEN_SECONDS, `${took} ms`);
  assert.deepEqual(complaints, []);
  await context.close();
});

/** A client on an origin of its own: begins at `/`, ends at `/cb`, and exchanges the code for tokens. */
async function startClient(issuer) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const client = { id: `client-${randomBytes(4).toString('hex')}` };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, client.url);
    if (url.pathname === '/') {
      const query = new URLSearchParams({
        response_type: 'code', client_id: client.id, redirect_uri: `${client.url}/cb`, scope: 'openid email', state,
        code_challenge: challenge, code_challenge_method: 'S256',
      });
      return response.writeHead(302, { location: `${issuer}/oauth2/authorize?${query}` }).end();
    }
    if (url.pathname !== '/cb') return response.writeHead(204).end();
    const body = new URLSearchParams({
      grant_type: 'authorization_code', code: url.searchParams.get('code') ?? '', redirect_uri: `${client.url}/cb`,
      client_id: client.id, code_verifier: verifier,
    });
    const answer = await fetch(`${issuer}/oauth2/token`, { method: 'POST', body }).then((reply) => reply.json());
    const claims = answer.id_token && JSON.parse(Buffer.from(answer.id_token.split('.')[1], 'base64url'));
    const right = url.searchParams.get('state') === state && url.searchParams.get('iss') === issuer;
    response.writeHead(200, { 'content-type': 'text/plain' });
    return response.end(right ? `signed in as ${claims?.email ?? JSON.stringify(answer)}` : 'mixed up');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  client.url = `http://127.0.0.1:${server.address().port}`;
  client.stop = () => { server.closeAllConnections(); server.close(); };
  return client;
}

test('a client on another origin gets its person by password form and by provider, under the strict CSP', async () => {
  const client = await startClient(trio.auth);
  await trio.sql((sql) => sql(`insert into auth.oauth_application
    (client_id, name, redirect_uris, scopes, skip_consent, token_endpoint_auth_method)
    values ('${client.id}', 'A tool', '{${client.url}/cb}', '{openid,email}', true, 'none')`));
  try {
    const byPassword = await fresh();
    await byPassword.page.goto(client.url);
    const answer = byPassword.page.waitForResponse((response) => response.url().includes('/sign-in'));
    await byPassword.page.reload().catch(() => {});
    assert.match((await (await answer).allHeaders())['content-security-policy'], /default-src 'none'.*form-action 'self'/);
    await byPassword.page.getByLabel('E-mail').fill('student@example.com');
    await byPassword.page.getByLabel('Password').fill(trio.demoPassword);
    await byPassword.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await byPassword.page.getByText('signed in as student@example.com').waitFor();
    assert.deepEqual(byPassword.complaints, []);
    await byPassword.context.close();

    const byProvider = await fresh();
    await byProvider.page.goto(client.url);
    await byProvider.page.getByRole('button', { name: 'Continue with GitHub' }).click();
    await byProvider.page.getByText('signed in as ada@example.org').waitFor();
    assert.deepEqual(byProvider.complaints, []);
    await byProvider.context.close();
  } finally {
    client.stop();
  }
});
