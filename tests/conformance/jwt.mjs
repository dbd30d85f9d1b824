// JSON Web Tokens as a relying party checks them: by the published keys, with nothing but node:crypto.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';

const json = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** Header and claims, unverified. */
export function read(token) {
  const parts = token.split('.');
  assert.equal(parts.length, 3, 'a signed JWT has three parts');
  return { header: json(parts[0]), claims: json(parts[1]) };
}

/** Whether the signature holds under the published key that the header names. */
export async function isSigned(token, jwksUri) {
  const { header } = read(token);
  const { keys } = await (await fetch(jwksUri)).json();
  const jwk = keys.find(({ kid }) => kid === header.kid);
  if (header.alg !== 'RS256' || !jwk) return false;
  const [head, body, signature] = token.split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
}

/** The left half of the SHA-256 of `text` (Core 3.1.3.6). */
export const halfDigest = (text) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
