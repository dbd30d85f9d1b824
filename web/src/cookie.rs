//! Cookies: reading them, and writing them with every protection that the site's scheme allows.

use http::{HeaderMap, HeaderValue, header};

/// How the site writes its cookies.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    https: bool,
}

impl Cookies {
    /// `https`: names get the prefix `__Host-` and cookies the attribute Secure (RFC 6265bis section 4.1.3).
    #[must_use]
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// A cookie's full name.
    #[must_use]
    pub fn name(self, stem: &str) -> String {
        if self.https { format!("__Host-{stem}") } else { stem.to_owned() }
    }

    /// A `Set-Cookie` value that lives for `seconds`.
    #[must_use]
    pub fn set(self, stem: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.https { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.name(stem));
        // Names and values are our own base64url; anything else would be a bug that must not split a header.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }

    /// A `Set-Cookie` value that removes the cookie.
    #[must_use]
    pub fn remove(self, stem: &str) -> HeaderValue {
        self.set(stem, "", 0)
    }

    /// The cookie's value in a request.
    #[must_use]
    pub fn get(self, headers: &HeaderMap, stem: &str) -> Option<String> {
        let name = self.name(stem);
        pairs(headers).find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    /// The stems of the request's cookies that start with `prefix`.
    #[must_use]
    pub fn stems(self, headers: &HeaderMap, prefix: &str) -> Vec<String> {
        let full = self.name(prefix);
        let host = self.name("");
        let ours = pairs(headers).filter(|(key, _)| key.starts_with(&full));
        ours.map(|(key, _)| key[host.len()..].to_owned()).collect()
    }
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn on_https_the_cookie_is_host_bound_and_secure() {
        let value = Cookies::new(true).set("intellistack", "v", 60);
        assert_eq!(value, "__Host-intellistack=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
    }

    #[test]
    fn a_value_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "xintellistack=no; intellistack=yes; intellistack-login-a=1".parse().unwrap());
        let cookies = Cookies::new(false);
        assert_eq!(cookies.get(&headers, "intellistack").as_deref(), Some("yes"));
        assert_eq!(cookies.stems(&headers, "intellistack-login-"), ["intellistack-login-a"]);
    }
}
