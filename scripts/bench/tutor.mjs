// The tutor's transport under load: a model inside that says 60 words 5 ms apart, retrieval off. Beside it, with --peer,
// a server whose `setup.sh` makes it (install, db, start, token SUB, clean) and which does the same work.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { freePort, launch, Server } from "./process.mjs";
import { fill, reads, turns } from "./streams.mjs";

const { values } = parseArgs({
  options: {
    peer: { type: "string" },
    seconds: { type: "string", default: "8" },
    levels: { type: "string", default: "1,50,200,500" },
    reads: { type: "string", default: "300" },
    threads: { type: "string", default: "4000" },
  },
});
const [seconds, count, threads] = [values.seconds, values.reads, values.threads].map(Number);
const levels = values.levels.split(",").map(Number);
const { BINARY, BENCH_WORK: work } = process.env;
const people = 500;
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
const ms = (value) => value.toFixed(value < 10 ? 2 : 0);

async function transport(name, server, url, tokens) {
  // The first connections and plans are nobody's figures.
  await turns(server, url, tokens, { streams: 20, seconds: 1 });
  for (const streams of levels) {
    const it = await turns(server, url, tokens, { streams, seconds });
    const first = `${ms(it.first50)} / ${ms(it.first99)}`;
    row(name, streams, it.turns, it.failed, it.rate.toFixed(1), it.cpu.toFixed(2), first, ms(it.whole50), it.memory.toFixed(0));
  }
}

async function history(url, token) {
  const thread = await fill(url, token, 200, threads);
  console.log(`\n### Reads, one after another, ${threads} threads, one of them with 200 items\n`);
  row("request", "p50 ms", "p99 ms", "bytes");
  row("---", "---", "---", "---");
  for (const [name, type, params, times] of [
    ["items.list, all 200", "items.list", { thread_id: thread, limit: 200, order: "asc" }, count],
    ["items.list, 20", "items.list", { thread_id: thread }, count],
    ["threads.get_by_id", "threads.get_by_id", { thread_id: thread }, count],
    ["threads.list, 20", "threads.list", {}, count],
    ["threads.list, 9999", "threads.list", { limit: 9999, order: "desc" }, Math.max(20, count / 5)],
  ]) {
    const it = await reads(url, token, { type, params }, times);
    row(name, ms(it.p50), ms(it.p99), it.size);
  }
}

console.log(`\n### Turns: ${seconds} s at each level\n`);
row("server", "streams", "turns", "failed", "turns/s", "CPU ms a turn", "first byte p50 / p99 ms", "whole p50 ms", "KiB a stream");
row(...Array(9).fill("---"));
const address = `127.0.0.1:${await freePort()}`;
const ours = await launch(BINARY, [address, String(people), `${work}/tokens`], {}, `http://${address}/readyz`);
const tokens = readFileSync(`${work}/tokens`, "utf8").split("\n");
const url = `http://${address}/api/v1/chatkit`;
await transport("ours", ours, url, tokens);
if (values.peer) {
  const environment = { ...process.env, PEER_WORK: `${work}/peer`, PEER_PGDATA: `${work}/peer-pg`, PEER_TUNED: "1" };
  environment.PEER_PORT = String(await freePort());
  environment.PEER_PGPORT = String(await freePort());
  const peer = (...verb) => execFileSync(`${values.peer}/setup.sh`, verb, { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  try {
    for (const verb of ["install", "db"]) peer(verb);
    // Its output is the server's too, which outlives the script.
    execFileSync(`${values.peer}/setup.sh`, ["start"], { env: environment, stdio: "ignore" });
    const theirs = new Server({ pid: Number(readFileSync(`${work}/peer/server.pid`, "utf8")) }, 0);
    const own = Array.from({ length: 20 }, (_, i) => peer("token", `bench-${i}`).trim());
    await transport("peer", theirs, `http://127.0.0.1:${environment.PEER_PORT}/api/v1/chatkit`, own);
  } finally {
    peer("clean");
  }
}
await history(url, tokens[0]);
await ours.stop();
