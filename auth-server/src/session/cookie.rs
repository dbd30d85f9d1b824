//! The session cookie: the token with a signature, percent-encoded.
//!
//! `VALUE.SIG`, where SIG is the padded base64 of HMAC-SHA-256 over VALUE under AUTH_SECRET itself: the form that the
//! account API's clients and the sessions of the legacy platform have.

use std::iter;

use aws_lc_rs::hmac;
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, header};
use oauth::cookie::{SignedValue, pairs};
use service::Secret;

use crate::Config;

const NAME: &str = "better-auth.session_token";
/// Says `true` beside a session that ends with the browser; clients know it, we go by the session's row.
const DONT_REMEMBER: &str = "better-auth.dont_remember";
/// Cookies that are emptied at sign-out; session_data is never set here, but a migrated browser may hold it.
const ALL: [&str; 3] = [NAME, "better-auth.session_data", DONT_REMEMBER];
/// Where an admin's own session waits while they act as somebody else.
const ADMIN: &str = "better-auth.admin_session";
const WEEK: &str = "Max-Age=604800; ";
/// Holds the state of a social sign-in in the browser that began it.
const STATE: &str = "better-auth.state";

fn key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())
}

/// On https the prefix makes browsers refuse the cookie from anything but a secure page.
pub(crate) fn prefixed(config: &Config, name: &str) -> String {
    if config.is_https() { format!("__Secure-{name}") } else { name.to_owned() }
}

pub(crate) fn attributes(config: &Config) -> &'static str {
    if config.is_https() { "Path=/; HttpOnly; Secure; SameSite=Lax" } else { "Path=/; HttpOnly; SameSite=Lax" }
}

/// Set-Cookie for a session's token. `remember` false makes it end with the browser.
#[must_use]
pub fn set(config: &Config, token: &str, remember: bool) -> String {
    line(config, NAME, token, if remember { WEEK } else { "" })
}

/// Set-Cookie for a session's token that stays in the browser for `age`.
#[must_use]
pub fn set_for(config: &Config, token: &str, age: TimeDelta) -> String {
    line(config, NAME, token, &format!("Max-Age={}; ", age.num_seconds()))
}

/// All Set-Cookie lines that begin a session, or repeat its cookie.
#[must_use]
pub fn begin(config: &Config, token: &str, remember: bool) -> Vec<String> {
    let mut lines = vec![set(config, token, remember)];
    if !remember {
        lines.push(line(config, DONT_REMEMBER, "true", ""));
    }
    lines
}

fn line(config: &Config, name: &str, value: &str, age: &str) -> String {
    let signature = hmac::sign(&key(&config.secret), value.as_bytes()).as_ref().to_vec();
    let value = SignedValue { value: value.to_owned(), signature }.encode();
    format!("{}={value}; {age}{}", prefixed(config, name), attributes(config))
}

fn emptied(config: &Config, name: &str) -> String {
    format!("{}=; Max-Age=0; {}", prefixed(config, name), attributes(config))
}

/// Set-Cookie lines when an admin begins to act as somebody, in the order that clients apply: everything emptied, the
/// admin's own session put aside, then the new session, which ends with the browser.
#[must_use]
pub fn begin_impersonation(config: &Config, own: &str, own_remember: bool, token: &str) -> Vec<String> {
    let aside = format!("{own}:{}", if own_remember { "" } else { "true" });
    let mut lines: Vec<_> = ALL.iter().map(|name| emptied(config, name)).collect();
    lines.push(line(config, ADMIN, &aside, WEEK));
    lines.extend(begin(config, token, false));
    lines
}

/// Set-Cookie lines when an admin goes back to their own session.
#[must_use]
pub fn end_impersonation(config: &Config, own: &str, own_remember: bool) -> Vec<String> {
    vec![set(config, own, own_remember), emptied(config, DONT_REMEMBER), emptied(config, ADMIN)]
}

/// The session that an admin put aside: its token, and whether it outlives the browser.
#[must_use]
pub fn read_admin(config: &Config, headers: &HeaderMap) -> Option<(String, bool)> {
    let value = read_signed(config, headers, ADMIN)?;
    let (token, brief) = value.split_once(':')?;
    Some((token.to_owned(), brief != "true"))
}

/// Set-Cookie for the state of a social sign-in.
#[must_use]
pub fn set_state(config: &Config, state: &str, lifetime: TimeDelta) -> String {
    line(config, STATE, state, &format!("Max-Age={}; ", lifetime.num_seconds()))
}

/// Set-Cookie that empties it.
#[must_use]
pub fn clear_state(config: &Config) -> String {
    emptied(config, STATE)
}

/// The state in a request's cookie, if its signature holds.
#[must_use]
pub fn read_state(config: &Config, headers: &HeaderMap) -> Option<String> {
    read_signed(config, headers, STATE)
}

/// Set-Cookie lines that empty all our cookies, for a request that brought one of them. A form on a foreign page brings
/// none (SameSite), but its browser would obey the answer: it must not sign anybody out.
#[must_use]
pub fn clear(config: &Config, headers: &HeaderMap) -> Vec<String> {
    let sent = |name: &&str| cookies(headers).any(|(known, _)| known == prefixed(config, name));
    // Signing out in somebody else's name must not leave the own session within reach.
    let admin = [ADMIN].into_iter().filter(sent).collect::<Vec<_>>();
    if !ALL.iter().any(sent) && admin.is_empty() {
        return Vec::new();
    }
    ALL.into_iter().chain(admin).map(|name| emptied(config, name)).collect()
}

/// Adds Set-Cookie lines to a response's headers.
pub fn append(headers: &mut HeaderMap, lines: impl IntoIterator<Item = String>) {
    for line in lines {
        if let Ok(value) = HeaderValue::from_str(&line) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

/// The session token of a request, if its cookie is there and its signature holds.
#[must_use]
pub fn read(config: &Config, headers: &HeaderMap) -> Option<String> {
    read_signed(config, headers, NAME)
}

fn read_signed(config: &Config, headers: &HeaderMap, name: &str) -> Option<String> {
    let name = prefixed(config, name);
    let raw = cookies(headers).find(|(known, _)| *known == name).map(|(_, value)| value)?;
    let signed = SignedValue::parse(raw)?;
    let mut secrets = iter::once(&config.secret).chain(&config.previous_secrets);
    let fits = secrets.any(|secret| hmac::verify(&key(secret), signed.value.as_bytes(), &signed.signature).is_ok());
    fits.then_some(signed.value)
}

pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers.get_all(header::COOKIE).into_iter().flat_map(|line| pairs(line.as_bytes()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn config(url: &str, secret: &str) -> Config {
        let mut env = service::Env::from_pairs([
            ("INTELLISTACK_ENV", "development"),
            ("DATABASE_URL", "postgres://x"),
            ("AUTH_URL", url),
            ("AUTH_SECRET", secret),
        ]);
        Config::read(&mut env)
    }

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn what_was_set_is_read_back_encoded_or_not() {
        let config = config("http://localhost:3001", "s");
        let line = set(&config, "abcDEF", true);
        let pair = line.split(';').next().unwrap();
        assert!(pair.ends_with("%3D"), "{pair}");
        assert_eq!(read(&config, &headers(pair)).as_deref(), Some("abcDEF"));
        let plain = pair.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/");
        assert_eq!(read(&config, &headers(&format!("x=y; {plain}"))).as_deref(), Some("abcDEF"));
    }

    #[test]
    fn the_cookies_of_others_do_not_hide_ours() {
        let config = config("http://localhost:3001", "s");
        let line = set(&config, "abcDEF", true);
        let pair = line.split(';').next().unwrap();
        let mixed = [b"name=J\xfcrgen; city=K\xc3\xb6ln; ".as_slice(), pair.as_bytes()].concat();
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(&mixed).unwrap())]);
        assert_eq!(read(&config, &headers).as_deref(), Some("abcDEF"));
    }

    #[test]
    fn only_who_brought_a_cookie_gets_it_emptied() {
        let config = config("https://id.example.org", "s");
        assert_eq!(clear(&config, &headers("other=1; better-auth.session_token=x")), Vec::<String>::new());
        let lines = clear(&config, &headers("__Secure-better-auth.session_token=x"));
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.contains("=; Max-Age=0; ") && line.contains("; Secure;")), "{lines:?}");
    }

    #[test]
    fn a_changed_value_signature_or_secret_is_refused() {
        let ours = config("http://localhost:3001", "s");
        let line = set(&ours, "abcDEF", true);
        let pair = line.split(';').next().unwrap();
        assert_eq!(read(&ours, &headers(&pair.replace("abcDEF", "abcDEG"))), None);
        assert_eq!(read(&ours, &headers(pair.trim_end_matches("%3D"))), None);
        assert_eq!(read(&config("http://localhost:3001", "t"), &headers(pair)), None);
    }

    #[test]
    fn a_cookie_signed_under_the_previous_secret_still_counts() {
        let line = set(&config("http://localhost:3001", "old"), "abcDEF", true);
        let mut now = config("http://localhost:3001", "new");
        now.previous_secrets = vec![Secret::new("older"), Secret::new("old")];
        assert_eq!(read(&now, &headers(line.split(';').next().unwrap())).as_deref(), Some("abcDEF"));
    }

    #[test]
    fn on_https_the_cookie_is_secure_and_prefixed() {
        let line = set(&config("https://id.example.org", "s"), "t", false);
        assert!(line.starts_with("__Secure-better-auth.session_token=") && line.contains("; Secure;"), "{line}");
        assert!(!line.contains("Max-Age"), "{line}");
    }
}
