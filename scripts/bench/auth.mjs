// The identity server under load, beside what it is held against. Prints one Markdown table per part.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { hey, wrk } from "./load.mjs";
import { refreshScript, refreshTokens, register, signInScript } from "./people.mjs";
import { freePort, launch, median } from "./process.mjs";

const { values } = parseArgs({
  options: { peer: { type: "string" }, seconds: { type: "string", default: "8" }, rounds: { type: "string", default: "3" } },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const { BINARY, FLOOR, BENCH_WORK: work } = process.env;
const [address, floorAddress] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
const url = `http://${address}`;
const floorUrl = `http://${floorAddress}/`;
const client = { id: "web", secret: "bench-client-secret-bench-client-secret", redirect: "http://127.0.0.1:3930/auth/callback" };
const environment = {
  INTELLISTACK_ENV: "development",
  RUST_LOG: "warn",
  AUTH_ADDR: address,
  AUTH_URL: url,
  WEB_URL: "http://127.0.0.1:3930",
  AUTH_SECRET: "bench-auth-secret-bench-auth-secret-bench",
  WEB_CLIENT_SECRET: client.secret,
  MAIL_DIR: `${work}/mail`,
};
for (const name of ["SIGN_IN", "SIGN_UP", "MAIL_REQUESTS", "ACCOUNT_SIGN_IN", "ACCOUNT_MAILS", "TOKEN"]) {
  environment[`LIMIT_${name}`] = "100000000";
}

const start = () => launch(BINARY, [], environment, `${url}/livez`);
const floor = (bytes) => {
  writeFileSync(`${work}/floor.json`, bytes);
  return launch(FLOOR, ["serve", floorAddress, `${work}/floor.json`], {}, floorUrl);
};
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
const table = (title, ...names) => {
  console.log(`\n### ${title}\n`);
  row(...names);
  row(...names.map(() => "---"));
};
const ms = (value) => value.toFixed(value < 1 ? 3 : 1);
const load = (...cells) => cells.map((value) => (typeof value === "number" ? ms(value) : value));
const middle = (runs, name) => median(runs.map((run) => run[name]));

async function repeat(once) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await once());
  return runs;
}

function print(label, connections, runs) {
  const cells = ["rate", "p50", "p99", "cpu"].map((name) => middle(runs, name));
  row(label, connections, cells[0].toFixed(0), ...load(...cells.slice(1)), runs.reduce((sum, run) => sum + run.errors, 0));
}

async function coldStart() {
  // The very first start makes the signing key.
  await (await start()).stop();
  const times = [];
  for (let i = 0; i < 10; i++) {
    const server = await start();
    times.push(server.ms);
    await server.stop();
  }
  return { median: median(times), worst: Math.max(...times) };
}

/** The same bytes from a bare axum route, turn about, so that both meet the same machine. */
async function besideFloor(server, path) {
  const bytes = await (await fetch(url + path)).text();
  const bare = await floor(bytes);
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await wrk(server, url + path, { connections: 64, seconds, work }));
    theirs.push(await wrk(bare, floorUrl, { connections: 64, seconds, work }));
  }
  await bare.stop();
  print(path, 64, ours);
  print("bare axum route, same bytes", 64, theirs);
  row("ratio of the rates", "", (middle(ours, "rate") / middle(theirs, "rate")).toFixed(2), "", "", "", "");
}

async function signIn(server, cookie) {
  const threads = cpus().length;
  const options = { script: signInScript(url), seconds, work };
  const ours = [];
  const bare = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(Number(execFileSync(FLOOR, ["argon2", String(seconds), String(threads)], { encoding: "utf8" })));
    ours.push(await wrk(server, `${url}/api/auth/sign-in/email`, { ...options, connections: 16 }));
  }
  table("Sign-in by password", "what", "connections", "requests/s", "p50 ms", "p99 ms", "CPU ms a request", "errors");
  print("sign-in/email", 16, ours);
  row(`bare Argon2id, ${threads} threads`, "", median(bare).toFixed(1), "", "", "", "");
  row("ratio of the rates", "", (middle(ours, "rate") / median(bare)).toFixed(2), "", "", "", "");
  const [, steady] = await Promise.all([
    wrk(server, `${url}/api/auth/sign-in/email`, { ...options, connections: 16, seconds: 10 }),
    hey(`${url}/api/auth/get-session`, { rate: 50, seconds: 10, headers: { Cookie: cookie } }),
  ]);
  row("get-session at 50/s meanwhile", 5, (steady.answers / 10).toFixed(0), ...load(steady.p50, steady.p99), "", steady.errors);
}

function signatureCost() {
  const { stdout } = spawnSync("openssl", ["speed", "-seconds", "2", "rsa2048"], { encoding: "utf8" });
  return 1000 * Number(/rsa\s+2048 bits\s+([\d.]+)s/.exec(stdout)[1]);
}

const cold = await coldStart();
const server = await start();
await new Promise((resolve) => setTimeout(resolve, 1000));
const idle = server.memory();
const cookie = await register(url);
const session = { Cookie: cookie };
await wrk(server, `${url}/api/auth/get-session`, { connections: 8, seconds: 2, headers: session, work });

table("Documents", "what", "connections", "requests/s", "p50 ms", "p99 ms", "CPU ms a request", "errors");
await besideFloor(server, "/.well-known/jwks.json");
await besideFloor(server, "/.well-known/openid-configuration");

table("Sessions and tokens", "what", "connections", "requests/s", "p50 ms", "p99 ms", "CPU ms a request", "errors");
for (const connections of [1, 64, 500]) {
  const runs = await repeat(() => wrk(server, `${url}/api/auth/get-session`, { connections, seconds, headers: session, work }));
  print("get-session", connections, runs);
}
print("get-session, nobody", 64, await repeat(() => wrk(server, `${url}/api/auth/get-session`, { connections: 64, seconds, work })));
const signature = [signatureCost()];
const tokens = [];
for (const connections of [1, 64, 500]) {
  const runs = await repeat(() => wrk(server, `${url}/api/auth/token`, { connections, seconds, headers: session, work }));
  tokens.push(middle(runs, "cpu"));
  print("token (one signature)", connections, runs);
}
signature.push(signatureCost());
const refreshes = [];
for (const connections of [1, 16, 64]) {
  const runs = await repeat(async () => {
    const script = refreshScript(client, await refreshTokens(url, cookie, client, connections + 2));
    return wrk(server, `${url}/oauth2/token`, { connections, seconds, script, work });
  });
  refreshes.push(middle(runs, "cpu"));
  print("refresh (two signatures)", connections, runs);
}
signature.push(signatureCost());
const rsa = median(signature);
row("`openssl speed rsa2048`, one signature", "", (1000 / rsa).toFixed(0), "", "", rsa.toFixed(3), "");
row("token: CPU over one signature", "", "", "", "", tokens.map((cpu) => (cpu / rsa).toFixed(2)).join(" / "), "");
row("refresh: CPU over two signatures", "", "", "", "", refreshes.map((cpu) => (cpu / rsa / 2).toFixed(2)).join(" / "), "");

await signIn(server, cookie);
await new Promise((resolve) => setTimeout(resolve, 2000));
const end = server.memory();
await server.stop();

table("The process", "what", "figure");
row("spawn to the first 200, median and worst of 10", `${cold.median.toFixed(0)} ms, ${cold.worst.toFixed(0)} ms`);
row("memory idle / after everything / peak", `${idle.now} / ${end.now} / ${end.peak} MiB`);

if (values.peer) {
  console.log("\n### Better Auth on Node, in the same run\n");
  const env = { ...process.env, SECS: String(seconds) };
  for (const script of ["setup.sh", "load.sh"]) {
    const { status } = spawnSync("bash", [`${values.peer}/${script}`], { env, stdio: "inherit" });
    if (status !== 0) throw new Error(`${script} ended with ${status}`);
  }
}
