//! Where a request comes from, and where it may send people: the defence against cross-site requests.

use http::{HeaderMap, StatusCode};
use url::Url;

use crate::{error::ApiError, request::text};

/// The origins that may call us with a person's cookies: ours, WEB_URL's, TRUSTED_ORIGINS.
#[derive(Clone, Copy, Debug)]
pub struct Trusted<'a> {
    /// All of them.
    pub origins: &'a [String],
    /// Ours.
    pub own: &'a str,
}

impl Trusted<'_> {
    fn contains(&self, origin: &str) -> bool {
        self.origins.iter().any(|trusted| trusted == origin)
    }

    /// The check of a POST to the account API. `signs_in` is for endpoints that start a session: there even a request
    /// without cookies is checked if a browser sent it, so that nobody can be signed in as somebody else.
    ///
    /// # Errors
    /// 403 when the origin is missing, `null` or foreign.
    pub fn check_api(&self, headers: &HeaderMap, signs_in: bool) -> Result<(), ApiError> {
        let fetch_metadata = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];
        let from_browser = ["origin", "referer"].iter().chain(&fetch_metadata).any(|name| headers.contains_key(*name));
        let has_cookie = headers.contains_key("cookie");
        let must_check = has_cookie || (signs_in && from_browser);
        if !must_check {
            return Ok(());
        }
        if !has_cookie && is(headers, "sec-fetch-site", "cross-site") && is(headers, "sec-fetch-mode", "navigate") {
            return Err(ApiError::forbidden(
                "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
                "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
            ));
        }
        match self.origin_of(headers) {
            None => Err(ApiError::forbidden("MISSING_OR_NULL_ORIGIN", "Missing or null Origin")),
            Some(origin) if self.contains(&origin) => Ok(()),
            Some(_) => Err(ApiError::forbidden("INVALID_ORIGIN", "Invalid origin")),
        }
    }

    /// The check of a form on one of our own pages: it must come from our own origin.
    ///
    /// # Errors
    /// 403 when it comes from elsewhere, or carries cookies and does not say from where.
    pub fn check_form(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let same_origin = match text(headers, "sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => match text(headers, "origin") {
                Some(origin) => origin == self.own,
                // No browser posts without either header; a program without cookies has nothing to abuse.
                None => !headers.contains_key("cookie"),
            },
        };
        if same_origin { Ok(()) } else { Err(StatusCode::FORBIDDEN) }
    }

    fn origin_of(&self, headers: &HeaderMap) -> Option<String> {
        match text(headers, "origin") {
            Some("null") if is(headers, "sec-fetch-site", "same-origin") => Some(self.own.to_owned()),
            Some("null") => None,
            Some(origin) => Some(origin.to_owned()),
            None => {
                let referer = Url::parse(text(headers, "referer")?).ok()?;
                Some(service::config::origin(&referer))
            }
        }
    }

    /// Whether a person may be sent to `target` afterwards: an address of a trusted origin, or a path of ours.
    #[must_use]
    pub fn may_redirect_to(&self, target: &str) -> bool {
        if target.starts_with('/') {
            return is_safe_path(target);
        }
        match Url::parse(target) {
            Ok(url) => {
                matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none()
                    && self.contains(&service::config::origin(&url))
            }
            Err(_) => false,
        }
    }
}

fn is(headers: &HeaderMap, name: &str, value: &str) -> bool {
    text(headers, name) == Some(value)
}

/// A path that no browser reads as another host's.
#[must_use]
pub fn is_safe_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let before_query = lower.split(['?', '#']).next().unwrap_or_default();
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        && ["%2f", "%5c", "%25", "%00", "%09", "%0a", "%0d"].iter().all(|bad| !before_query.contains(bad))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const OWN: &str = "https://id.example.org";

    fn verdict(signs_in: bool, headers: &[(&'static str, &'static str)]) -> &'static str {
        let origins = [OWN.to_owned(), "https://learn.example.org".to_owned()];
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let trusted = Trusted { origins: &origins, own: OWN };
        trusted.check_api(&headers, signs_in).map_or_else(|error| error.code(), |()| "ok")
    }

    #[test]
    fn a_request_with_cookies_must_name_a_trusted_origin() {
        let cookie = ("cookie", "a=b");
        assert_eq!(verdict(false, &[cookie, ("origin", "https://learn.example.org")]), "ok");
        assert_eq!(verdict(false, &[cookie, ("referer", "https://learn.example.org/page?x")]), "ok");
        assert_eq!(verdict(false, &[cookie, ("origin", "https://evil.test")]), "INVALID_ORIGIN");
        assert_eq!(verdict(false, &[cookie, ("origin", "https://learn.example.org.evil.test")]), "INVALID_ORIGIN");
        assert_eq!(verdict(false, &[cookie, ("origin", "null")]), "MISSING_OR_NULL_ORIGIN");
        assert_eq!(verdict(false, &[cookie]), "MISSING_OR_NULL_ORIGIN");
        assert_eq!(verdict(false, &[cookie, ("origin", "null"), ("sec-fetch-site", "same-origin")]), "ok");
    }

    #[test]
    fn without_cookies_only_sign_in_from_a_browser_is_checked() {
        assert_eq!(verdict(false, &[("origin", "https://evil.test")]), "ok");
        assert_eq!(verdict(true, &[]), "ok");
        assert_eq!(verdict(true, &[("origin", "https://evil.test")]), "INVALID_ORIGIN");
        assert_eq!(verdict(true, &[("sec-fetch-mode", "cors")]), "MISSING_OR_NULL_ORIGIN");
        let navigation = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(verdict(true, &navigation), "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED");
    }

    #[test]
    fn people_are_sent_only_to_trusted_places() {
        let origins = [OWN.to_owned()];
        let trusted = Trusted { origins: &origins, own: OWN };
        for good in ["/", "/dashboard?next=%2Fx", "https://id.example.org/x"] {
            assert!(trusted.may_redirect_to(good), "{good}");
        }
        for bad in [
            "//evil.test",
            "/\\evil.test",
            "/%2fevil.test",
            "/%5Cevil.test",
            "/%09/evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "https://id.example.org@evil.test/",
            "dashboard",
            "",
            "/a\nb",
        ] {
            assert!(!trusted.may_redirect_to(bad), "{bad:?}");
        }
    }
}
