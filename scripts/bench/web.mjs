// The site as a student meets it: a lesson page on a slow computer and a telephone's network, what it weighs, and how
// fast the server is under a steady rate. Prints every run. Ends with 1 when a page failed, not when a goal was missed.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { launch as browse } from "../../tests/browser/chromium.mjs";
import { connect } from "../../tests/browser/postgres.mjs";
import { hey } from "./load.mjs";
import { freePort, launch, median } from "./process.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" }, seconds: { type: "string", default: "20" },
    rate: { type: "string", default: "200" }, lesson: { type: "string", default: "what-is-physical-ai" },
  },
});
const [rounds, seconds, rate] = [values.rounds, values.seconds, values.rate].map(Number);
const PERSON = { name: "Bench Person", email: "bench@example.com", password: "Correct-Horse-7-Battery" };
const { AUTH_BINARY, API_BINARY, WEB_BINARY, SITE_DIR, BENCH_WORK: work, DATABASE_URL } = process.env;

/** As the developer tools of Chromium define it. */
const FAST_4G = { offline: false, latency: 165, downloadThroughput: (9e6 / 8) * 0.9, uploadThroughput: (1.5e6 / 8) * 0.9 };
const UNHINDERED = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

const [webPort, authPort, apiPort] = [await freePort(), await freePort(), await freePort()];
const url = { web: `http://localhost:${webPort}`, auth: `http://localhost:${authPort}`, api: `http://localhost:${apiPort}` };
const environment = {
  INTELLISTACK_ENV: "development", RUST_LOG: "warn", MAIL_DIR: `${work}/mail`, EDGE_DIR: `${work}/edge`,
  WEB_ADDR: `127.0.0.1:${webPort}`, AUTH_ADDR: `127.0.0.1:${authPort}`, API_ADDR: `127.0.0.1:${apiPort}`,
  WEB_URL: url.web, AUTH_URL: url.auth, API_URL: url.api,
  AUTH_SECRET: "bench-auth-secret-bench-auth-secret-bench", WEB_SECRET: "bench-web-secret-bench-web-secret-bench",
  WEB_CLIENT_SECRET: "bench-client-secret-bench-client-secret",
};
const servers = {
  auth: await launch(AUTH_BINARY, [], environment, `${url.auth}/readyz`),
  api: await launch(API_BINARY, [], environment, `${url.api}/readyz`),
  web: await launch(WEB_BINARY, [], environment, `${url.web}/readyz`),
};
const browser = await browse();
const lesson = `${url.web}/lessons/${values.lesson}`;

/** Registers, verifies, signs in on the site and enrols; gives what a browser of that person holds. */
async function student() {
  const answer = await fetch(`${url.auth}/api/auth/sign-up/email`, {
    method: "POST", headers: { "content-type": "application/json", origin: url.auth }, body: JSON.stringify(PERSON),
  });
  if (!answer.ok) throw new Error(`sign-up: ${answer.status} ${await answer.text()}`);
  await connect(DATABASE_URL, (sql) => sql(`update auth."user" set email_verified = true`));
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  await page.goto(`${url.web}/login`);
  await page.getByLabel("E-mail").fill(PERSON.email);
  await page.getByLabel("Password").fill(PERSON.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(`${url.web}/dashboard`);
  await page.getByRole("button", { name: "Enrol in this course" }).click();
  await page.waitForURL(`${url.web}/dashboard`);
  await page.goto(lesson);
  await page.locator(".prose").first().waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** In the page: the largest paint so far, and when the panel began to answer. */
function watch() {
  globalThis.seen = {};
  new PerformanceObserver((list) => { globalThis.seen.lcp = list.getEntries().at(-1).startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new MutationObserver(() => {
    if (document.documentElement?.dataset.tutor === "ready") globalThis.seen.panel ??= performance.now();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-tutor"] });
}

/** One visit with nothing cached. */
async function visit(storageState, { slowDown, network }) {
  const context = await browser.newContext({ storageState, serviceWorkers: "block", viewport: { width: 412, height: 823 } });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", network);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowDown });
  const files = new Map();
  devtools.on("Network.responseReceived", ({ requestId, response }) => files.set(requestId, { url: response.url, bytes: 0 }));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (files.has(requestId)) files.get(requestId).bytes = encodedDataLength;
  });
  await page.addInitScript(watch);
  const answer = await page.goto(lesson);
  if (answer.status() !== 200) throw new Error(`${lesson}: ${answer.status()}`);
  await page.locator("html[data-tutor=ready]").waitFor({ timeout: 30_000 });
  await page.waitForTimeout(300);
  const seen = await page.evaluate(() => globalThis.seen);
  const ttfb = await page.evaluate(() => performance.getEntriesByType("navigation")[0].responseStart);
  await context.close();
  return { ...seen, ttfb, files: [...files.values()] };
}

const whole = (number) => Math.round(number);
const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
const rows = (runs, of) => runs.map((run) => whole(of(run))).join(", ");

async function visits(name, storageState, conditions) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await visit(storageState, conditions));
  console.log(`\n### ${name}: ${rounds} visits with nothing cached, milliseconds from the navigation\n`);
  console.log("| what | median | worst | every run |");
  console.log("| --- | --- | --- | --- |");
  for (const [what, of] of [["first byte", (r) => r.ttfb], ["largest paint (LCP)", (r) => r.lcp], ["panel interactive", (r) => r.panel]]) {
    const all = runs.map(of);
    console.log(`| ${what} | ${whole(median(all))} | ${whole(Math.max(...all))} | ${rows(runs, of)} |`);
  }
  return runs;
}

function weigh(runs) {
  const totals = runs.map((run) => run.files.reduce((sum, file) => sum + file.bytes, 0));
  console.log(`\n### What a lesson page transfers, headers included, kB\n`);
  console.log("| file | kB |\n| --- | --- |");
  for (const { url: address, bytes } of runs[0].files.toSorted((a, b) => b.bytes - a.bytes)) {
    console.log(`| ${new URL(address).pathname.replace(/\.[0-9a-f]{16}\./, ".…")} | ${kilobytes(bytes)} |`);
  }
  console.log(`| **all of it** (every run: ${totals.map(kilobytes).join(", ")}) | **${kilobytes(median(totals))}** |`);
  const packed = readdirSync(join(SITE_DIR, "pkg")).filter((file) => file.endsWith(".wasm.br"));
  const sizes = packed.map((file) => statSync(join(SITE_DIR, "pkg", file)).size);
  console.log(`| WebAssembly as brotli, the file itself | ${sizes.map(kilobytes).join(", ")} |`);
  return { total: median(totals), wasm: Math.max(...sizes) };
}

/** The whole answer, which on loopback is hardly more than its first byte. */
async function steady(storageState) {
  const cookie = storageState.cookies.filter(({ name }) => name === "intellistack").map(({ name, value }) => `${name}=${value}`).join();
  const headers = { Cookie: cookie, "Accept-Encoding": "br" };
  await hey(lesson, { rate, seconds: 3, headers });
  console.log(`\n### The lesson page at ${rate} requests a second, ${seconds} s a round, ms to the whole answer\n`);
  console.log("| round | answers | p50 | p99 | not 200 | CPU ms a request: web, api |\n| --- | --- | --- | --- | --- | --- |");
  const all = [];
  for (let round = 1; round <= 3; round++) {
    const before = [servers.web.cpu(), servers.api.cpu()];
    const run = await hey(lesson, { rate, seconds, headers });
    const cpu = [servers.web.cpu() - before[0], servers.api.cpu() - before[1]].map((ms) => (ms / run.answers).toFixed(2));
    console.log(`| ${round} | ${run.answers} | ${run.p50.toFixed(1)} | ${run.p99.toFixed(1)} | ${run.errors} | ${cpu.join(", ")} |`);
    all.push(run);
  }
  const answers = all.reduce((sum, run) => sum + run.answers, 0);
  const held = answers >= 0.95 * rate * seconds * all.length;
  if (!held) console.log(`\nThe rate was not held: ${(answers / seconds / all.length).toFixed(0)} a second. Its times say nothing about ${rate}.`);
  return { p99: median(all.map((run) => run.p99)), errors: all.reduce((sum, run) => sum + run.errors, 0), held };
}

const state = await student();
const model = /model name\s*: (.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown processor";
console.log(`${cpus().length} × ${model}, Chromium ${browser.version()}, ${lesson.replace(url.web, "")}`);
const slow = await visits("4x CPU slow-down, Fast 4G", state, { slowDown: 4, network: FAST_4G });
const fast = await visits("no slow-down", state, { slowDown: 1, network: UNHINDERED });
const weight = weigh(slow);
await browser.close();
const server = await steady(state);

const goals = [
  ["LCP, 4x slow-down and Fast 4G", median(slow.map((run) => run.lcp)), 1500, "ms"],
  ["panel interactive, the same", median(slow.map((run) => run.panel)), 2000, "ms"],
  ["panel interactive, no slow-down", median(fast.map((run) => run.panel)), 3000, "ms"],
  ["transfer of a lesson page with the panel", weight.total / 1000, 350, "kB"],
  ["WebAssembly, brotli", weight.wasm / 1000, 250, "kB"],
  [`p99 at ${rate} requests a second${server.held ? "" : " (the rate was not held)"}`, server.p99, 20, "ms"],
];
console.log("\n### Goals (medians)\n\n| what | here | goal | |\n| --- | --- | --- | --- |");
for (const [what, value, goal, unit] of goals) {
  console.log(`| ${what} | ${value.toFixed(unit === "ms" && value < 100 ? 1 : 0)} ${unit} | under ${goal} ${unit} | ${value < goal ? "met" : "**missed**"} |`);
}
await Promise.all(Object.values(servers).map((one) => one.stop()));
process.exit(server.errors === 0 ? 0 : 1);
