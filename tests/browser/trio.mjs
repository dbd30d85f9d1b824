// The built trio on free ports with a mailbox and a database of its own, a copy of the one that ./dev test seeded.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { connect } from './postgres.mjs';

function demand(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests with ./dev test`);
  return value;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Trio {
  /** Starts a trio; `variables` add to or replace its environment, also the address that people know auth-server by. */
  static async start(variables = {}) {
    const trio = new Trio();
    const binary = demand('INTELLISTACK_BINARY');
    trio.folder = await mkdtemp(join(tmpdir(), 'intellistack-'));
    trio.server = demand('TEST_DATABASE_URL');
    trio.demoPassword = (await readFile(demand('DEMO_PASSWORD_FILE'), 'utf8')).trim();
    trio.database = `browser_${randomBytes(6).toString('hex')}`;
    await connect(trio.server, (sql) => sql(`create database ${trio.database} template ${demand('BROWSER_TEMPLATE')}`));
    const [web, auth, api] = await Promise.all([freePort(), freePort(), freePort()]);
    trio.web = `http://localhost:${web}`;
    trio.auth = variables.AUTH_URL ?? `http://localhost:${auth}`;
    trio.api = `http://localhost:${api}`;
    trio.env = {
      ...process.env,
      INTELLISTACK_ENV: 'development',
      DATABASE_URL: Object.assign(new URL(trio.server), { pathname: `/${trio.database}` }).href,
      WEB_ADDR: `127.0.0.1:${web}`, AUTH_ADDR: `127.0.0.1:${auth}`, API_ADDR: `127.0.0.1:${api}`,
      WEB_URL: trio.web, AUTH_URL: trio.auth, API_URL: trio.api,
      MAIL_DIR: join(trio.folder, 'mail'),
      AUTH_SECRET: randomBytes(36).toString('base64'),
      WEB_SECRET: randomBytes(36).toString('base64'),
      WEB_CLIENT_SECRET: randomBytes(36).toString('base64'),
      ...variables,
    };
    await trio.#spawn(binary);
    return trio;
  }

  async #spawn(binary) {
    this.log = '';
    this.process = spawn(binary, ['up'], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on('data', (chunk) => { this.log += chunk; });
    }
    const deadline = Date.now() + 60_000;
    for (const service of [this.auth, this.api, this.web]) {
      while (!(await fetch(`${service}/readyz`).then((r) => r.ok, () => false))) {
        if (this.process.exitCode !== null || Date.now() > deadline) {
          throw new Error(`the trio did not become ready:\n${this.log}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Runs `work` with a function that sends one SQL text to the trio's database and gives its rows. */
  sql(work) {
    return connect(this.env.DATABASE_URL, work);
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
    await connect(this.server, (sql) => sql(`drop database ${this.database} with (force)`));
    await rm(this.folder, { recursive: true, force: true });
  }
}
