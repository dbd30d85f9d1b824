// Somebody to measure with: a person, their session, and refresh tokens.
import { createHash, randomBytes } from "node:crypto";

export const PERSON = { name: "Load", email: "load@example.com", password: "Correct-Horse-7" };

/** Registers; gives the session cookie. */
export async function register(url) {
  const answer = await post(`${url}/api/auth/sign-up/email`, PERSON, { origin: url });
  if (!answer.ok) throw new Error(`sign-up: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie().find((line) => line.includes("session_token")).split(";")[0];
}

const post = (url, body, headers) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

/** `count` refresh tokens of the site's client, each at the head of a family of its own. */
export async function refreshTokens(url, cookie, client, count) {
  const tokens = [];
  for (let i = 0; i < count; i++) {
    const verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.id,
      redirect_uri: client.redirect,
      scope: "openid email profile offline_access api",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    // Called by fetch, the endpoint answers with JSON instead of a redirect.
    const to = await (await fetch(`${url}/oauth2/authorize?${query}`, { headers: { cookie } })).json();
    const code = new URL(to.url).searchParams.get("code");
    if (!code) throw new Error(`authorize: ${to.url}`);
    const answer = await fetch(`${url}/oauth2/token`, {
      method: "POST",
      headers: { authorization: basic(client) },
      body: new URLSearchParams({
        grant_type: "authorization_code", code, redirect_uri: client.redirect, code_verifier: verifier,
      }),
    });
    if (!answer.ok) throw new Error(`token: ${answer.status} ${await answer.text()}`);
    tokens.push((await answer.json()).refresh_token);
  }
  return tokens;
}

export const basic = ({ id, secret }) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

/** wrk's script that refreshes in chains: every answer's token is the next request's. */
export function refreshScript(client, tokens) {
  return `
local tokens = { ${tokens.map((token) => `"${token}"`).join(", ")} }
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = "${basic(client)}"
function request()
  local token = table.remove(tokens) or "none-left"
  return wrk.format(nil, nil, nil, "grant_type=refresh_token&refresh_token=" .. token)
end
function response(status, headers, body)
  local token = string.match(body, '"refresh_token":"([^"]+)"')
  if token then table.insert(tokens, token) end
end
`;
}

/** wrk's script that signs in. */
export const signInScript = (origin) => `
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Origin"] = "${origin}"
wrk.body = '${JSON.stringify({ email: PERSON.email, password: PERSON.password })}'
`;
