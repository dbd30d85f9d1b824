// The tutor's streams under load, beside a peer when its directory is given. Prints one Markdown table per part.
import { execFile, execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs, promisify } from "node:util";

import { Server, freePort, launch, median } from "./process.mjs";

const run = promisify(execFile);
const { values } = parseArgs({
  options: { peer: { type: "string" }, seconds: { type: "string", default: "8" }, rounds: { type: "string", default: "3" } },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const LEVELS = [1, 50, 200, 500];
const { SCRIPTED, STREAMS, BENCH_WORK: work } = process.env;

const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
const table = (title, ...names) => {
  console.log(`\n### ${title}\n`);
  row(...names);
  row(...names.map(() => "---"));
};
const ms = (value) => (value === null ? "-" : value.toFixed(value < 10 ? 1 : 0));

/** Ours, with students enough that each stream is somebody else's. */
async function startOurs() {
  const address = `127.0.0.1:${await freePort()}`;
  const tokens = `${work}/tokens`;
  const server = await launch(SCRIPTED, [address, tokens, "500"], { RUST_LOG: "warn", INTELLISTACK_ENV: "development" }, `http://${address}/readyz`);
  return { name: "IntelliStack", address, tokens, server };
}

/** The peer, tuned, by its own script. */
async function startPeer(dir) {
  const env = { ...process.env, PEER_WORK: `${work}/peer`, PEER_PGDATA: `${work}/peer-postgres`, PEER_TUNED: "1",
    PEER_PORT: String(await freePort()), PEER_PGPORT: String(await freePort()) };
  const setup = (...words) => execFileSync("bash", [`${dir}/setup.sh`, ...words], { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  execFileSync("chmod", ["755", work]);
  ["install", "db", "start"].forEach((verb) => setup(verb));
  writeFileSync(`${work}/peer-token`, setup("token", "bench").trim());
  const pid = Number(readFileSync(`${env.PEER_WORK}/server.pid`, "utf8"));
  return {
    name: "FastAPI with the Python SDK, tuned", address: `127.0.0.1:${env.PEER_PORT}`, tokens: `${work}/peer-token`,
    server: new Server({ pid }), stop: () => setup("clean"),
  };
}

async function streams(target, what, ...more) {
  const before = target.server.cpu();
  const { stdout } = await run(STREAMS, [what, target.address, target.tokens, ...more.map(String)], { maxBuffer: 1 << 26 });
  const result = JSON.parse(stdout);
  return { ...result, cpu: (target.server.cpu() - before) / Math.max(result.done ?? 1, 1) };
}

const middle = (runs, read) => {
  const all = runs.map(read).filter((value) => value !== null);
  return all.length ? median(all) : null;
};
const pair = (runs, name) => `${ms(middle(runs, (r) => r[name][0]))} / ${ms(middle(runs, (r) => r[name][1]))}`;

/** Turns of 60 words, one each 5 ms: turn about, so that all meet the same machine. */
async function transport(targets) {
  table("60 words, one each 5 ms, in a closed loop", "server", "streams", "turns/s", "first byte p50 / p99 ms",
    "first text p50 / p99 ms", "whole turn p50 / p99 ms", "CPU ms a turn", "errors", "RSS MiB");
  const ratios = [];
  for (const count of LEVELS) {
    const runs = targets.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, target] of targets.entries()) runs[index].push(await streams(target, "turns", count, seconds));
    }
    for (const [index, target] of targets.entries()) {
      const own = runs[index];
      row(target.name, count, middle(own, (r) => r.rate).toFixed(1), pair(own, "first_byte"), pair(own, "first_text"),
        pair(own, "whole"), middle(own, (r) => r.cpu).toFixed(2), own.reduce((sum, r) => sum + r.errors, 0), target.server.memory().now);
    }
    if (targets.length > 1) {
      const [ours, theirs] = runs;
      ratios.push([count, middle(ours, (r) => r.rate) / middle(theirs, (r) => r.rate), middle(theirs, (r) => r.cpu) / middle(ours, (r) => r.cpu)]);
    }
  }
  if (ratios.length) {
    table("Against the peer in the same run", "streams", "turns/s, ours to theirs", "CPU a turn, theirs to ours");
    for (const [count, rate, cpu] of ratios) row(count, rate.toFixed(1), cpu.toFixed(1));
  }
}

/** Streams that stay open; gives what ends the wait for them. */
function hold(target, count, forSeconds) {
  const child = spawn(STREAMS, ["hold", target.address, target.tokens, String(count), String(forSeconds)], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const open = new Promise((resolve, reject) => {
    child.stderr.on("data", (text) => (String(text).includes("held") ? resolve() : process.stderr.write(text)));
    child.once("exit", () => reject(new Error("the streams did not open")));
  });
  return { open, ended };
}

async function real(target) {
  const QUESTION = "real: what is a feedback loop, and why does the sign of the error matter?";
  const alone = await streams(target, "offer", 2, 5, QUESTION);
  const held = hold(target, 500, Math.max(3 * seconds, 20));
  await held.open;
  const offered = await streams(target, "offer", 20, Math.max(2 * seconds, 10), QUESTION);
  table("The tutor itself (retrieval, embedding, storage, guide), 20 turns/s offered", "500 streams open meanwhile",
    "turns", "first text p50 / p99 ms", "errors");
  row("no (2 turns/s)", alone.done, alone.first_text.map(ms).join(" / "), alone.errors);
  row("yes", offered.done, offered.first_text.map(ms).join(" / "), offered.errors);
  await held.ended;
}

/** In a process of its own: what one that had 500 streams before has kept would hide what they take. */
async function memory() {
  const target = await startOurs();
  try {
    await streams(target, "turns", 10, 2);
    const before = target.server.memory().now;
    const held = hold(target, 500, 3);
    await held.open;
    const open = target.server.memory().now;
    console.log(`\nMemory: ${before} MiB, with 500 streams open ${open} MiB: ${(((open - before) * 1024) / 500).toFixed(0)} KiB a stream.`);
    await held.ended;
  } finally {
    await target.server.stop();
  }
}

async function reads(target) {
  const { thread } = await streams(target, "thread", 100);
  const list = (type, params) => JSON.stringify({ type, params });
  const asks = [
    ["items.list, 20 of 200", list("items.list", { thread_id: thread }), 300],
    ["items.list, all 200", list("items.list", { thread_id: thread, limit: 200, order: "asc" }), 300],
    ["threads.get_by_id, 200 items", list("threads.get_by_id", { thread_id: thread }), 300],
    ["threads.list, 20", list("threads.list", {}), 300],
    ["threads.list, limit 9999", list("threads.list", { limit: 9999, order: "desc" }), 50],
  ];
  const { DATABASE_URL, PSQL } = process.env;
  // The rest of 4,000 threads of the one who asks.
  execFileSync(PSQL, ["-q", "-c", `insert into tutor.chatkit_thread (id, user_id, title, created_at, updated_at)
    select 'thr_' || md5(n::text), (select user_id from tutor.chatkit_thread where id = '${thread}'), 'A loop', now(), now()
    from generate_series(1, 4000) n`, DATABASE_URL]);
  table("Reading, one after the other (4,000 threads, one of 200 items)", "request", "p50 / p99 ms", "CPU ms", "errors");
  for (const [name, request, count] of asks) {
    const result = await streams(target, "ask", count, request);
    row(name, result.whole.map((value) => value.toFixed(2)).join(" / "), result.cpu.toFixed(2), result.errors);
  }
}

const ours = await startOurs();
const targets = [ours];
if (values.peer) targets.push(await startPeer(values.peer));
try {
  const idle = ours.server.memory().now;
  await transport(targets);
  await real(ours);
  await reads(ours);
  await memory();
  const { now, peak } = ours.server.memory();
  console.log(`\nMemory idle / after everything / peak: ${idle} / ${now} / ${peak} MiB, the embedding model and the index in it.`);
} finally {
  targets.forEach((target) => target.stop?.());
  await ours.server.stop();
}
