// Streams of a ChatKit endpoint, many at once, and JSON reads: a closed loop of workers, each with one connection.
import { Agent, request } from "node:http";

const LONGEST = 60_000;
const input = { content: [{ type: "input_text", text: "What is a loop?" }], quoted_text: "", attachments: [], inference_options: {} };
const create = { type: "threads.create", params: { input } };

/** One request. Gives status, body size, whether a `done` answer came, and the times to the first byte and the end, in ms. */
function ask(url, agent, token, body) {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "content-type": "application/json", "content-length": bytes.length, authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(url, { method: "POST", agent, headers, timeout: LONGEST }, (answer) => {
      let [first, size, tail] = [0, 0, ""];
      const chunks = [];
      answer.on("data", (chunk) => {
        first ||= performance.now() - began;
        size += chunk.length;
        chunks.push(chunk);
      });
      answer.on("error", reject);
      answer.on("end", () => {
        const whole = performance.now() - began;
        tail = Buffer.concat(chunks.slice(-8)).toString();
        resolve({ status: answer.statusCode, size, first, whole, done: tail.includes("thread.item.done"), chunks });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("too slow")));
    sent.on("error", reject);
    sent.end(bytes);
  });
}

const at = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;

/** `streams` at once for `seconds`: turns a second, times in ms, the server's CPU in ms a turn and memory in KiB a stream. */
export async function turns(server, url, tokens, { streams, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: streams });
  const idle = Number(server.memory().now) * 1024;
  const samples = [];
  let failed = 0;
  const until = performance.now() + seconds * 1000;
  const before = server.cpu();
  const began = performance.now();
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, Number(server.memory().now) * 1024)), 250);
  await Promise.all(
    Array.from({ length: streams }, async (_, worker) => {
      while (performance.now() < until) {
        const sample = await ask(url, agent, tokens[worker % tokens.length], create).catch(() => null);
        if (sample?.status === 200 && sample.done) samples.push(sample);
        else failed += 1;
      }
    }),
  );
  clearInterval(watch);
  agent.destroy();
  const took = (performance.now() - began) / 1000;
  const of = (name) => samples.map((sample) => sample[name]);
  return {
    turns: samples.length,
    failed,
    rate: samples.length / took,
    cpu: (server.cpu() - before) / Math.max(samples.length, 1),
    first50: at(of("first"), 0.5),
    first99: at(of("first"), 0.99),
    whole50: at(of("whole"), 0.5),
    memory: Math.max(memory - idle, 0) / streams,
  };
}

/** `count` requests one after another: p50 and p99 in ms. */
export async function reads(url, token, body, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = [];
  let size = 0;
  for (let i = 0; i < count; i++) {
    const answer = await ask(url, agent, token, body);
    if (answer.status !== 200) throw new Error(`${body.type} was answered with ${answer.status}`);
    times.push(answer.whole);
    size = answer.size;
  }
  agent.destroy();
  return { p50: at(times, 0.5), p99: at(times, 0.99), size };
}

/** A thread with `items` items, and as many threads as it takes to have `threads`. */
export async function fill(url, token, items, threads) {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const first = await ask(url, agent, token, create);
  const thread = JSON.parse(Buffer.concat(first.chunks).toString().split("\n\n")[0].slice(6)).thread.id;
  const add = { type: "threads.add_user_message", params: { input, thread_id: thread } };
  for (let i = 2; i < items; i += 2) await ask(url, agent, token, add);
  let left = threads - 1;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (left-- > 0) await ask(url, agent, token, create);
    }),
  );
  agent.destroy();
  return thread;
}
