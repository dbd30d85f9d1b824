// Load generators that are not ours: wrk for the highest rate, hey for a fixed one.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const UNITS = { us: 0.001, ms: 1, s: 1000, m: 60_000 };
const milliseconds = (text) => {
  const [, number, unit] = /([\d.]+)(us|ms|s|m)/.exec(text);
  return Number(number) * UNITS[unit];
};

/** wrk on one thread. Gives requests, rate, p50 and p99 in ms, errors, and the server's CPU in ms a request. */
export async function wrk(server, url, { connections, seconds, headers = {}, script, work }) {
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "--timeout", "10s"];
  for (const [name, value] of Object.entries(headers)) args.push("-H", `${name}: ${value}`);
  if (script) {
    writeFileSync(`${work}/wrk.lua`, script);
    args.push("-s", `${work}/wrk.lua`);
  }
  const before = server.cpu();
  const { stdout } = await run("wrk", [...args, url]);
  const cpu = server.cpu() - before;
  const number = (pattern) => Number(pattern.exec(stdout)?.[1] ?? 0);
  const requests = number(/(\d+) requests in/);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  return {
    requests,
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    p50: milliseconds(/50%\s+(\S+)/.exec(stdout)[1]),
    p99: milliseconds(/99%\s+(\S+)/.exec(stdout)[1]),
    errors: number(/Non-2xx or 3xx responses: (\d+)/) + sockets.reduce((sum, count) => sum + Number(count), 0),
    cpu: cpu / Math.max(requests, 1),
  };
}

/** hey at `rate` requests a second. Gives p50 and p99 in ms and how many answers were not 200. */
export async function hey(url, { rate, seconds, headers = {} }) {
  const workers = 5;
  const args = ["-z", `${seconds}s`, "-c", String(workers), "-q", String(rate / workers)];
  for (const [name, value] of Object.entries(headers)) args.push("-H", `${name}: ${value}`);
  const { stdout } = await run("hey", [...args, url]);
  const seconds99 = (percent) => Number(new RegExp(`${percent}%+ in ([\\d.]+) secs`).exec(stdout)?.[1] ?? NaN) * 1000;
  const statuses = [...stdout.matchAll(/\[(\d+)\]\s+(\d+) responses/g)];
  const count = (wanted) =>
    statuses.filter(([, status]) => (status === "200") === wanted).reduce((sum, [, , n]) => sum + Number(n), 0);
  return { p50: seconds99(50), p99: seconds99(99), answers: count(true), errors: count(false) };
}
