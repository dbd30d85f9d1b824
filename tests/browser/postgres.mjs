// psql, for the few statements that a test needs from outside the product.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Calls `work` with a function that runs one SQL text and gives its rows as arrays of text. */
export async function connect(url, work) {
  return work(async (statement) => {
    const { stdout } = await run('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-F', '\t', '-c', statement, url]);
    return stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
  });
}
