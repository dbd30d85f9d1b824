// As much of a browser as these clients need around them: cookies, an Origin header, forms and redirects.
import assert from 'node:assert/strict';
import { request } from 'node:http';

/** HTML's own characters, as they stand in attributes. */
function decode(text) {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : names[name] ?? whole);
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return found ? decode(found[1]) : undefined;
}

/** The forms of a page: where each goes, and what it would send untouched. */
function forms(html) {
  return [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => ({
    action: attribute(form, 'action'),
    fields: Object.fromEntries(
      [...form.matchAll(/<input\b[^>]*>/g)]
        .filter(([tag]) => attribute(tag, 'name') && (attribute(tag, 'type') !== 'checkbox' || /\schecked\b/.test(tag)))
        .map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value') ?? '']),
    ),
  }));
}

export class Browser {
  /** `origin`: the one server that it keeps cookies of. `page`: the origin of the page that makes the requests. */
  constructor(origin, page = origin) {
    this.origin = origin;
    this.page = page;
    this.cookies = new Map();
  }

  /** fetch, as this browser's pages would do it: for any client that takes an implementation of fetch. */
  fetch = async (input, init = {}) => {
    const asked = new Request(input, init);
    const headers = new Headers(asked.headers);
    const cookie = this.#cookieHeader(asked.url);
    if (cookie) headers.set('cookie', cookie);
    if (!['GET', 'HEAD'].includes(asked.method) && !headers.has('origin')) headers.set('origin', this.page);
    const response = await fetch(new Request(asked, { headers, redirect: 'manual' }));
    this.#keep(response.headers.getSetCookie());
    return response;
  };

  #cookieHeader(url) {
    if (new URL(url).origin !== this.origin) return '';
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Set-Cookie lines count in their order: the later one wins. */
  #keep(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const gone = attributes.some((text) => text.toLowerCase() === 'max-age=0');
      if (gone) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  /** One step of a navigation. Not with fetch: that always says `Sec-Fetch-Mode: cors`. */
  async #step(url, method, body) {
    const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    headers['sec-fetch-site'] = body ? 'same-origin' : 'cross-site';
    const cookie = this.#cookieHeader(url);
    if (cookie) headers.cookie = cookie;
    if (body) Object.assign(headers, { origin: this.origin, 'content-type': 'application/x-www-form-urlencoded' });
    const message = await new Promise((resolve, reject) => {
      request(url, { method, headers, agent: false }, resolve).once('error', reject).end(body);
    });
    let html = '';
    for await (const chunk of message.setEncoding('utf8')) html += chunk;
    this.#keep(message.headers['set-cookie'] ?? []);
    return { status: message.statusCode, headers: message.headers, html };
  }

  /** Follows redirects on the server; gives the page, or the address outside where the server sends the browser to. */
  async open(url, { method = 'GET', body } = {}) {
    let page = await this.#step(new URL(url, this.origin), method, body?.toString());
    for (let hops = 0; hops < 10; hops++) {
      const { location } = page.headers;
      if (!location) return page;
      const next = new URL(location, this.origin);
      if (next.origin !== this.origin) return { outside: next };
      page = await this.#step(next, 'GET');
    }
    throw new Error('redirects without end');
  }

  /** Sends the page's form for `action`, with some fields filled in. */
  async submit(html, action, fields) {
    const form = forms(html).find((candidate) => candidate.action === action);
    assert.ok(form, `the page has no form for ${action}:\n${html}`);
    const body = new URLSearchParams({ ...form.fields, ...fields });
    return this.open(action, { method: 'POST', body });
  }

  /** A person at an authorization request: signs in and allows what is asked. Gives the address back at the client. */
  async authorize(url, person) {
    let page = await this.open(url);
    if (page.html?.includes('action="/sign-in"')) page = await this.submit(page.html, '/sign-in', person);
    if (page.html?.includes('action="/consent"')) page = await this.submit(page.html, '/consent', { answer: 'allow' });
    assert.ok(page.outside, `the person did not come back to the client:\n${page.status} ${page.html}`);
    return page.outside;
  }
}
