//! Redirect URIs: what may be registered, and what matches at authorize (RFC 6749 section 3.1.2, RFC 8252, RFC 9700).

use url::{Host, Url};

/// What kind of application a client is (OpenID Connect Dynamic Client Registration section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationType {
    /// Runs on a server or in a browser.
    Web,
    /// Runs on a person's device; may listen on any loopback port (RFC 8252 section 7.3).
    Native,
}

impl ApplicationType {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Native => "native",
        }
    }
}

/// Whether `requested` is the `registered` URI: the same text, except that a native client's loopback URI may name
/// any port.
#[must_use]
pub fn matches(registered: &str, requested: &str, application: ApplicationType) -> bool {
    if registered == requested {
        return true;
    }
    if application != ApplicationType::Native {
        return false;
    }
    match (without_port(registered), without_port(requested)) {
        // The requested text must be what it parses to: `http://127.0.0.1:80@evil.test/` and other spellings are not.
        (Some(a), Some((url, text))) => a.0 == url && text == requested,
        _ => false,
    }
}

/// A loopback http URL without its port, and its serialisation with it.
fn without_port(text: &str) -> Option<(Url, String)> {
    let mut url = Url::parse(text).ok()?;
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if url.scheme() != "http" || !loopback || !plain {
        return None;
    }
    let text = url.to_string();
    url.set_port(None).ok()?;
    Some((url, text))
}

/// What a page's `form-action` must name so that a browser follows a form's redirect to `uri`: an origin, or
/// `scheme:` for a private scheme and for IPv6, whose addresses such a policy cannot name (CSP Level 3 section 2.3.1).
#[must_use]
pub fn form_action_source(uri: &Url) -> String {
    match uri.origin() {
        url::Origin::Tuple(scheme, url::Host::Ipv6(_), _) => format!("{scheme}:"),
        origin @ url::Origin::Tuple(..) => origin.ascii_serialization(),
        url::Origin::Opaque(_) => format!("{}:", uri.scheme()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const WEB: &str = "https://learn.example.org/auth/callback";

    #[test]
    fn a_web_client_needs_the_very_same_text() {
        assert!(matches(WEB, WEB, ApplicationType::Web));
        for other in [
            "https://learn.example.org/auth/callback/",
            "https://learn.example.org/auth/callback?x=1",
            "https://learn.example.org.evil.test/auth/callback",
            "HTTPS://learn.example.org/auth/callback",
        ] {
            assert!(!matches(WEB, other, ApplicationType::Web), "{other}");
        }
        let loopback = "http://127.0.0.1:3000/cb";
        assert!(!matches(loopback, "http://127.0.0.1:4000/cb", ApplicationType::Web));
    }

    #[test]
    fn a_native_client_may_choose_its_loopback_port() {
        let registered = "http://127.0.0.1/cb";
        assert!(matches(registered, "http://127.0.0.1:49152/cb", ApplicationType::Native));
        for other in [
            "http://127.0.0.1:49152/other",
            "http://127.0.0.1:80@evil.test/cb",
            "https://127.0.0.1:49152/cb",
            "http://localhost:49152/cb",
            "http://127.0.0.1:49152/cb#f",
            "http://127.0.0.1:49152/./cb",
        ] {
            assert!(!matches(registered, other, ApplicationType::Native), "{other}");
        }
        assert!(!matches("https://x.test/cb", "https://x.test:8443/cb", ApplicationType::Native));
    }

    #[test]
    fn a_form_action_source_is_an_origin_or_a_scheme() {
        assert_eq!(form_action_source(&Url::parse(WEB).unwrap()), "https://learn.example.org");
        assert_eq!(form_action_source(&Url::parse("com.example.app:/cb").unwrap()), "com.example.app:");
        // A Content-Security-Policy has no way to write such an address (CSP Level 3 section 2.3.1).
        assert_eq!(form_action_source(&Url::parse("http://[::1]:7000/cb").unwrap()), "http:");
    }
}
