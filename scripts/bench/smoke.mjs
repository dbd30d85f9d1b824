// Many signed-in people doing light requests for a while: reading the catalogue and lessons, searching, looking at
// their conversations. Real accounts, real tokens of the real identity server. Ends with 1 when anything failed.
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { connect } from "../../tests/browser/postgres.mjs";
import { freePort, launch } from "./process.mjs";

const { values } = parseArgs({
  options: { people: { type: "string", default: "500" }, seconds: { type: "string", default: "60" } },
});
const people = Number(values.people);
const seconds = Number(values.seconds);
/** How long a person looks at something before the next request, on average, in milliseconds. */
const PAUSE = 2500;

const { AUTH_BINARY, API_BINARY, BENCH_WORK: work, DATABASE_URL } = process.env;
const [authAddress, apiAddress] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
const [auth, api] = [`http://${authAddress}`, `http://${apiAddress}`];
const environment = {
  INTELLISTACK_ENV: "development", RUST_LOG: "warn",
  AUTH_ADDR: authAddress, AUTH_URL: auth, API_ADDR: apiAddress, API_URL: api, WEB_URL: "http://127.0.0.1:3930",
  AUTH_SECRET: "bench-auth-secret-bench-auth-secret-bench", WEB_CLIENT_SECRET: "bench-client-secret-bench-client-secret",
  MAIL_DIR: `${work}/mail`, EDGE_DIR: `${work}/edge`,
};
for (const name of ["SIGN_IN", "SIGN_UP", "MAIL_REQUESTS", "ACCOUNT_SIGN_IN", "ACCOUNT_MAILS", "TOKEN"]) {
  environment[`LIMIT_${name}`] = "100000000";
}
const identity = await launch(AUTH_BINARY, [], environment, `${auth}/readyz`);
const learning = await launch(API_BINARY, [], environment, `${api}/readyz`);

const agent = new Agent({ keepAlive: true, maxSockets: people });

/** One request; gives status, headers and body. */
function call(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent, timeout: 20_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 20 s"))).on("error", reject);
    sent.end(body);
  });
}

const json = { "content-type": "application/json" };

/** Registers somebody; gives their session cookie. */
async function register(n) {
  const body = JSON.stringify({ name: `Person ${n}`, email: `person-${n}@example.com`, password: "Correct-Horse-7" });
  const answer = await call(`${auth}/api/auth/sign-up/email`, { method: "POST", headers: { ...json, origin: auth }, body });
  if (answer.status !== 200) throw new Error(`sign-up: ${answer.status} ${answer.text}`);
  return answer.headers["set-cookie"].find((line) => line.includes("session_token")).split(";")[0];
}

/** Their access token, and their place in the course. */
async function admit(cookie, course) {
  const answer = await call(`${auth}/api/auth/token`, { headers: { cookie } });
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
  const headers = { authorization: `Bearer ${JSON.parse(answer.text).token}` };
  const enrolled = await call(`${api}/api/v1/courses/${course}/enrollment`, { method: "PUT", headers });
  if (enrolled.status !== 200) throw new Error(`enrolment: ${enrolled.status} ${enrolled.text}`);
  return headers;
}

/** `work(n)` for every n below `count`, `width` at a time. */
async function inParallel(count, width, work) {
  const results = new Array(count);
  let next = 0;
  const one = async () => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n);
  };
  await Promise.all(Array.from({ length: width }, one));
  return results;
}

const cookies = await inParallel(people, 16, register);
await connect(DATABASE_URL, (sql) => sql(`update auth."user" set email_verified = true`));
const [[course]] = await connect(DATABASE_URL, (sql) => sql("select slug from learn.course order by slug limit 1"));
const lessons = (await connect(DATABASE_URL, (sql) => sql(`select l.slug from learn.lesson l join learn.stage s on s.id = l.stage_id
  join learn.course c on c.id = s.course_id where c.slug = '${course}' and s.number = 1 and l.published_version is not null`))).flat();
const everybody = await inParallel(people, 16, (n) => admit(cookies[n], course));

const pick = (list) => list[Math.floor(Math.random() * list.length)];
const WORDS = ["feedback", "what is a sensor", "drift of an encoder", "closed loop", "how does a robot know where it is"];
const chatkit = (type, params = {}) => ({ path: "/api/v1/chatkit", method: "POST", body: JSON.stringify({ type, params }) });
/** What people do, as often as it stands here. */
const LIGHT = [
  () => ({ path: "/api/v1/me" }),
  () => ({ path: "/api/v1/courses" }),
  () => ({ path: `/api/v1/courses/${course}` }),
  () => ({ path: `/api/v1/lessons/${pick(lessons)}` }),
  () => ({ path: `/api/v1/lessons/${pick(lessons)}` }),
  () => ({ path: `/api/v1/lessons/${pick(lessons)}/completion`, method: "PUT" }),
  () => ({ path: `/api/v1/search?q=${encodeURIComponent(pick(WORDS))}` }),
  () => ({ path: "/api/v1/threads" }),
  () => chatkit("threads.list"),
];

const times = [];
const failures = new Map();
const until = Date.now() + seconds * 1000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function person(headers) {
  await sleep(Math.random() * PAUSE);
  while (Date.now() < until) {
    const { path, method, body } = pick(LIGHT)();
    const began = performance.now();
    const answer = await call(`${api}${path}`, { method, body, headers: body ? { ...headers, ...json } : headers })
      .catch((error) => ({ status: error.message }));
    times.push(performance.now() - began);
    if (answer.status !== 200) failures.set(`${path} ${answer.status}`, (failures.get(`${path} ${answer.status}`) ?? 0) + 1);
    await sleep(Math.random() * 2 * PAUSE);
  }
}

const cpuBefore = learning.cpu();
await Promise.all(everybody.map(person));
const cpu = (learning.cpu() - cpuBefore) / times.length;
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
console.log(`\n### ${people} signed-in people, ${seconds} s, ${cpus().length} cores\n`);
console.log("| requests | requests/s | p50 ms | p99 ms | longest ms | CPU ms a request | memory MiB | errors |");
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
const errors = [...failures.values()].reduce((sum, count) => sum + count, 0);
console.log(`| ${times.length} | ${(times.length / seconds).toFixed(0)} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${cpu.toFixed(2)} | ${learning.memory().peak} | ${errors} |`);
for (const [what, count] of failures) console.log(`${count} × ${what}`);
await Promise.all([identity.stop(), learning.stop()]);
process.exit(errors === 0 ? 0 : 1);
