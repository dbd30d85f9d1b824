// docs/requirements.md tells the truth: every requirement stands there, every test it names exists.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/requirements.md', root), 'utf8');
const rows = page.split('\n')
  .filter((line) => /^\| (FR|SC|S|A|D)-?\d/.test(line))
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

function ids(prefix, first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => `${prefix}-${String(first + i).padStart(3, '0')}`);
}

test('every requirement has exactly one row', () => {
  const wanted = [...ids('FR', 1, 29), ...ids('SC', 1, 10)];
  const found = rows.map(([id]) => id).filter((id) => /^(FR|SC)-/.test(id));
  assert.deepEqual(found, wanted);
});

test('every row names a test or says not yet', () => {
  for (const [id, , shown] of rows) {
    assert.match(shown, /`[^`]+#[^`]+`|not yet/, `${id}: ${shown}`);
  }
});

/** Whether a test is called so, also where a part of its name is filled in (`by ${provider}`). */
function hasTest(source, name) {
  const filled = [...source.matchAll(/test\(`([^`]+)`/g)].some(([, template]) => {
    const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.+')}$`).test(name);
  });
  return filled || source.includes(`test('${name}'`);
}

test('every named test exists', async () => {
  let named = 0;
  for (const [id, , shown] of rows) {
    for (const [, file, name] of shown.matchAll(/`([^`#]+)#([^`]+)`/g)) {
      const source = await readFile(new URL(file, root), 'utf8').catch(() => assert.fail(`${id}: no file ${file}`));
      const defined = file.endsWith('.rs') ? source.includes(`fn ${name}(`) : hasTest(source, name);
      assert.ok(defined, `${id}: ${file} has no test '${name}'`);
      named += 1;
    }
  }
  assert.ok(named > 20, `only ${named} tests are named`);
});
