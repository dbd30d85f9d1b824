// docs/clients.md, "Sign in with IntelliStack": the application in it, as it stands there, registered as it says there.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { Browser } from './browser.mjs';
import { admin, start, student } from './product.mjs';

const GUIDE = new URL('../../docs/clients.md', import.meta.url);
let trio, folder, app, client, process_;

before(async () => {
  trio = await start();
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  app = `http://localhost:${server.address().port}`;
  await new Promise((resolve) => server.close(resolve));
  client = await registered();
  await run();
});
after(async () => {
  process_?.kill();
  await trio?.stop();
  if (folder) await rm(folder, { recursive: true });
});

/** Over HTTP, as an admin. */
async function registered() {
  const person = new Browser(trio.auth);
  const post = (path, body) => person.fetch(`${trio.auth}/api/auth${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  assert.equal((await post('/sign-in/email', admin(trio))).status, 200);
  const answer = await post('/admin/oauth-clients', {
    client_name: 'Robot Lab Notebook', redirect_uris: [`${app}/cb`], post_logout_redirect_uris: [`${app}/`],
    scope: 'openid profile email offline_access', backchannel_logout_uri: `${app}/backchannel`,
  });
  assert.equal(answer.status, 201);
  return answer.json();
}

/** The guide's pieces of JavaScript, in their order. */
async function programs() {
  return [...(await readFile(GUIDE, 'utf8')).matchAll(/```js\n([\s\S]*?)```/g)].map(([, program]) => program);
}

/** The first program of the guide, where it finds the packages it imports. */
async function run() {
  folder = await mkdtemp(join(tmpdir(), 'guide-'));
  const [program] = await programs();
  await writeFile(join(folder, 'app.mjs'), program);
  await symlink(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'));
  const variables = { ISSUER: trio.auth, CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret, APP: app };
  process_ = spawn(process.execPath, ['app.mjs'], { cwd: folder, env: { ...process.env, ...variables }, stdio: 'inherit' });
  const deadline = Date.now() + 10_000;
  while (!(await fetch(app).then(() => true, () => false))) {
    assert.ok(Date.now() < deadline && process_.exitCode === null, 'the example did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A browser's visits to the example, which knows it by a cookie. */
function visitor() {
  let cookie;
  return async (path) => {
    const answer = await fetch(new URL(path, app), { redirect: 'manual', headers: cookie ? { cookie } : {} });
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return answer.headers.get('location') ?? answer.text();
  };
}

/** Signs in at IntelliStack, allows everything, and comes back. */
async function signIn(visit, person) {
  let page = await person.open(await visit('/login'));
  if (page.html?.includes('action="/sign-in"')) page = await person.submit(page.html, '/sign-in', student(trio));
  const scopes = Object.fromEntries(['profile', 'email', 'offline_access'].map((name) => [`scope-${name}`, 'on']));
  if (page.html) page = await person.submit(page.html, '/consent', { answer: 'allow', ...scopes });
  assert.equal(await visit(page.outside), '/');
  return visit('/');
}

test('the example of the guide signs in, and out at the server too', async () => {
  const [visit, person] = [visitor(), new Browser(trio.auth)];
  assert.match(await visit('/'), /Nobody is signed in/);
  assert.match(await signIn(visit, person), /^Hello /);
  const { outside } = await person.open(await visit('/logout'));
  assert.equal(outside.href, `${app}/`);
  assert.match(await visit('/'), /Nobody is signed in/);
  assert.match((await person.open('/account')).html, /Sign in/);
});

test('the example of the guide hears of a session that ended elsewhere', async () => {
  const [visit, person] = [visitor(), new Browser(trio.auth)];
  assert.match(await signIn(visit, person), /^Hello /);
  await person.fetch(`${trio.auth}/api/auth/sign-out`, { method: 'POST' });
  const deadline = Date.now() + 10_000;
  while (!/Nobody is signed in/.test(await visit('/'))) {
    assert.ok(Date.now() < deadline, 'nobody told the example');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test('the example of the guide refuses an answer that it did not ask for', async () => {
  const [visit, person] = [visitor(), new Browser(trio.auth)];
  await visit('/login');
  const stranger = visitor();
  await stranger('/login');
  const page = await person.open(await stranger('/login'));
  const scopes = { answer: 'allow', 'scope-profile': 'on' };
  let { outside, html } = await person.submit(page.html, '/sign-in', student(trio));
  if (html) ({ outside } = await person.submit(html, '/consent', scopes));
  assert.match(await visit(outside), /did not work/);
});

test("an API checks an access token as the guide says, and the leaked secret's successor works", async () => {
  const words = ['client', 'rotate-secret', client.client_id];
  const printed = execFileSync(process.env.INTELLISTACK_BINARY, words, { env: trio.env, encoding: 'utf8' });
  const secret = printed.match(/[\w-]{32,}$/m)[0];
  assert.notEqual(secret, client.client_secret);
  const config = await oidc.discovery(new URL(trio.auth), client.client_id, {}, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${app}/cb`, scope: 'openid email', state: 'x', code_challenge_method: 'S256',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  });
  const back = await new Browser(trio.auth).authorize(url, student(trio));
  const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState: 'x' });

  const [, snippet] = await programs();
  const AsyncFunction = (async () => {}).constructor;
  const check = new AsyncFunction('jwtVerify', 'keys', 'ISSUER', 'CLIENT_ID', 'token', `${snippet}\nreturn payload;`);
  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  assert.equal((await check(jwtVerify, keys, trio.auth, client.client_id, tokens.access_token)).sub, tokens.claims().sub);
  await assert.rejects(check(jwtVerify, keys, trio.auth, 'another', tokens.access_token), /another application/);
  await assert.rejects(check(jwtVerify, keys, trio.auth, client.client_id, tokens.id_token), /audience|aud|typ/);
});
