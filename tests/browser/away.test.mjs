// The sign-in service is away: visitors are told, people who are signed in go on, and all is well when it is back.
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { inspect } from './audit.mjs';
import { launch } from './chromium.mjs';
import { ask, signIn } from './people.mjs';
import { freePort, Trio } from './trio.mjs';

/** Stands before auth-server and can take it off the net. */
class Gate {
  #sockets = new Set();

  constructor(port, target) {
    this.port = port;
    this.server = createServer((socket) => {
      const inner = connect(target, '127.0.0.1');
      for (const [from, to] of [[socket, inner], [inner, socket]]) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => { this.#sockets.delete(from); to.destroy(); });
        from.pipe(to);
      }
    });
  }

  open() {
    return new Promise((resolve) => { this.server.listen(this.port, resolve); });
  }

  close() {
    const closed = new Promise((resolve) => { this.server.close(resolve); });
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }
}

let trio, browser, gate;
before(async () => {
  const [outer, inner] = [await freePort(), await freePort()];
  gate = new Gate(outer, inner);
  await gate.open();
  const variables = { AUTH_URL: `http://localhost:${outer}`, AUTH_ADDR: `127.0.0.1:${inner}` };
  [trio, browser] = await Promise.all([Trio.start(variables), launch()]);
});
after(async () => {
  await browser?.close();
  await trio?.stop();
  await gate?.close();
});

/** Loads the landing page until the badge is there, or is not. */
async function badge(page, there) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    await page.goto(trio.web);
    if ((await page.getByText('Sign-in is unavailable').count() > 0) === there) return;
    assert.ok(Date.now() < deadline, `the badge: ${there} not within 30 s`);
    await page.waitForTimeout(500);
  }
}

test('visitors are told that sign-in is unavailable, people who are signed in go on, and all is well when it is back', async () => {
  const student = await (await browser.newContext()).newPage();
  const visitor = await (await browser.newContext()).newPage();
  await signIn(student, trio, 'student@example.com', trio.demoPassword);
  await student.getByRole('button', { name: 'Enrol in this course' }).click();
  await student.getByRole('link', { name: /^Read/ }).waitFor();
  await badge(visitor, false);

  await gate.close();
  await badge(visitor, true);
  await inspect(visitor, 'away-landing');
  const answer = await visitor.goto(`${trio.web}/auth/login`);
  assert.equal(answer.status(), 503);
  await visitor.getByRole('heading', { name: 'Sign-in is unavailable' }).waitFor();
  await inspect(visitor, 'away-sign-in');

  await student.reload();
  await student.getByRole('link', { name: /^Read/ }).click();
  await student.waitForURL(/\/lessons\//);
  await ask(student, 'Why does a robot need a closed loop?');
  await student.getByRole('button', { name: 'Mark as complete' }).click();
  await student.getByText('You completed this lesson').waitFor();

  await gate.open();
  await badge(visitor, false);
  await visitor.goto(`${trio.web}/auth/login`);
  await visitor.getByLabel('E-mail').waitFor();
});
