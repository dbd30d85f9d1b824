// Processes under load: how long they take to start, what CPU and memory they use.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const TICK_MS = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const started = new Set();
process.on("exit", () => started.forEach((child) => child.kill("SIGKILL")));

/** A port of the loopback address that nobody listens on. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Starts a server and waits until `url` answers. `ms` is the time from spawn to that answer. */
export async function launch(command, args, env, url) {
  const began = process.hrtime.bigint();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
  started.add(child);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return new Server(child, Number(process.hrtime.bigint() - began) / 1e6);
}

export class Server {
  constructor(child, ms) {
    this.child = child;
    this.ms = ms;
  }
  /** CPU time so far of all its threads, in milliseconds. */
  cpu() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
  /** Memory in MiB: now, and the most there ever was. */
  memory() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    const of = (name) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024).toFixed(1);
    return { now: of("VmRSS"), peak: of("VmHWM") };
  }
  async stop() {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await gone;
  }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
