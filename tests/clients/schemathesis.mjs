// How schemathesis, a property-based tester, is run against a service's own description.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

/** A few of each operation, and more with SCHEMATHESIS_EXAMPLES, which ./dev test --full sets. */
const examples = process.env.SCHEMATHESIS_EXAMPLES ?? '3';

/** Runs it at the service `url` with every check but `excluded`; gives what it printed when it found something. */
export async function schemathesis(trio, url, excluded, more) {
  const command = process.env.SCHEMATHESIS;
  assert.ok(command, 'SCHEMATHESIS is not set; run these tests with ./dev test');
  const child = spawn(command, [
    'run', `${url}/openapi.json`, '--no-color', '--generation-with-security-parameters', 'false', '--max-redirects', '0', '--continue-on-failure',
    '--phases', 'examples,coverage,fuzzing', '--max-examples', examples, '--generation-deterministic',
    '--exclude-checks', excluded.join(','), '--request-timeout', '20', ...more,
  ], { cwd: trio.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { printed += chunk; });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return code === 0 ? '' : printed;
}
