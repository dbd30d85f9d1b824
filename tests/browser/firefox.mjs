// Debian's Firefox, headless, driven by Marionette: its own remote protocol, WebDriver's commands as JSON over TCP.
// Playwright drives a Firefox that it patches; this one is what people have.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Talks to nobody but us, and asks nothing at its first start. */
const PREFERENCES = {
  'marionette.port': 0,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.server': '',
};

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
export const KEYS = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', Shift: '\uE008', ArrowRight: '\uE014', ArrowDown: '\uE015', End: '\uE010' };

export class Firefox {
  static async launch() {
    const firefox = new Firefox();
    firefox.profile = await mkdtemp(join(tmpdir(), 'firefox-'));
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    await writeFile(join(firefox.profile, 'user.js'), lines.join('\n'));
    const program = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
    firefox.process = spawn(program, ['--headless', '--marionette', '--no-remote', '--profile', firefox.profile],
      { stdio: 'ignore', env: { ...process.env, MOZ_HEADLESS_WIDTH: '1280', MOZ_HEADLESS_HEIGHT: '900' } });
    await firefox.#connect(await firefox.#port());
    await firefox.send('WebDriver:NewSession', { capabilities: { alwaysMatch: { 'moz:debuggerAddress': false } } });
    await firefox.send('WebDriver:SetTimeouts', { script: 20_000, pageLoad: 30_000, implicit: 0 });
    return firefox;
  }

  async #port() {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const port = await readFile(join(this.profile, 'MarionetteActivePort'), 'utf8').catch(() => '');
      if (port) return Number(port);
      if (Date.now() > deadline || this.process.exitCode !== null) throw new Error('Firefox did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Messages are `length:json`; the first one greets. */
  #connect(port) {
    this.waiting = new Map();
    this.last = 0;
    let bytes = Buffer.alloc(0);
    this.socket = connect(port, '127.0.0.1');
    return new Promise((resolve, reject) => {
      this.socket.once('error', reject);
      this.socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (;;) {
          const colon = bytes.indexOf(58);
          if (colon < 0) return;
          const end = colon + 1 + Number(bytes.subarray(0, colon));
          if (bytes.length < end) return;
          const message = JSON.parse(bytes.subarray(colon + 1, end));
          bytes = bytes.subarray(end);
          if (Array.isArray(message)) this.#answered(message);
          else resolve();
        }
      });
    });
  }

  #answered([, id, error, result]) {
    const { resolve, reject, name } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Error(`${name}: ${error.error}: ${error.message}`));
    else resolve(result);
  }

  /** One command; see WebDriver for its parameters. */
  send(name, parameters = {}) {
    const id = ++this.last;
    const text = JSON.stringify([0, id, name, parameters]);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, name });
      this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }

  goto(url) {
    return this.send('WebDriver:Navigate', { url });
  }

  /** Runs a function in the page. */
  async run(work, ...args) {
    const script = `return (${work})(...arguments)`;
    return (await this.send('WebDriver:ExecuteScript', { script, args, sandbox: null })).value;
  }

  /** Waits until a function in the page gives something true. */
  async until(work, ...args) {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = await this.run(work, ...args).catch(() => null);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`not within 20 s: ${work} ${JSON.stringify(args)}`);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }

  /** The first visible element of a selector, and of those with `text` the first. */
  async find(selector, text = '') {
    await this.until((selector, text) => [...document.querySelectorAll(selector)]
      .some((one) => one.checkVisibility() && one.textContent.includes(text)), selector, text);
    return this.run((selector, text) => [...document.querySelectorAll(selector)]
      .find((one) => one.checkVisibility() && one.textContent.includes(text)), selector, text);
  }

  async click(selector, text) {
    await this.send('WebDriver:ElementClick', { id: (await this.find(selector, text))[ELEMENT] });
  }

  /** Types into a field. */
  async fill(selector, text) {
    await this.send('WebDriver:ElementSendKeys', { id: (await this.find(selector))[ELEMENT], text });
  }

  /** Presses keys one after the other, those of `held` all the while. */
  press(keys, held = []) {
    const down = (value) => ({ type: 'keyDown', value });
    const up = (value) => ({ type: 'keyUp', value });
    const actions = [...held.map(down), ...keys.flatMap((key) => [down(key), up(key)]), ...held.map(up)];
    return this.send('WebDriver:PerformActions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Moves the mouse through points of the window, pressed from the first to the last. */
  drag(points) {
    const move = ({ x, y }) => ({ type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 60 });
    const [first, ...rest] = points.map(move);
    const actions = [first, { type: 'pointerDown', button: 0 }, ...rest, { type: 'pointerUp', button: 0 }];
    return this.send('WebDriver:PerformActions', {
      actions: [{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }],
    });
  }

  async close() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    await this.send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => this.process.kill());
    await ended;
    this.socket.destroy();
    await rm(this.profile, { recursive: true, force: true });
  }
}
