// What must stay true of the repository itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;

function grep(pattern, ...paths) {
  try {
    return execFileSync('git', ['grep', '-nIE', pattern, '--', ...paths], { cwd: root, encoding: 'utf8' });
  } catch (error) {
    if (error.status === 1) return '';
    throw error;
  }
}

test('every lesson of the sample course has at least 1,200 words', async () => {
  const { readFileSync, readdirSync } = await import('node:fs');
  const lessons = readdirSync(`${root}content`, { recursive: true }).filter((name) => name.endsWith('.md'));
  assert.ok(lessons.length >= 15);
  for (const lesson of lessons) {
    const body = readFileSync(`${root}content/${lesson}`, 'utf8').split(/^\+\+\+$/m).slice(2).join('+++');
    const words = body.replace(/^```[\s\S]*?^```|^<!-- asked$[\s\S]*?^-->/gm, '').split(/\s+/).filter((word) => /\w/.test(word)).length;
    assert.ok(words >= 1200, `${lesson} has ${words} words`);
  }
});

test('no test is switched off in silence', () => {
  assert.equal(grep('#\\[ignore', '*.rs'), '');
  assert.equal(grep('\\.(skip|fixme|only|todo)\\(', 'tests/**/*.mjs', ':!tests/repository'), '');
});

test('every variable that the services read stands in the configuration table', async () => {
  const { readFileSync } = await import('node:fs');
  const operations = readFileSync(`${root}docs/operations.md`, 'utf8');
  const read = grep('env\\.(get|parsed|switch|secret|public_url)\\("[A-Z_]+"|(listen|ops)_address\\(env, "[A-Z_]+"', '*.rs');
  const names = new Set([...read.matchAll(/\("([A-Z][A-Z_]+)"|env, "([A-Z_]+)"/g)].map((m) => m[1] ?? m[2]));
  assert.ok(names.size > 10);
  for (const name of names) assert.ok(operations.includes(`\`${name}\``), `${name} is not in docs/operations.md`);
});
