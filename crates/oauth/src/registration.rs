//! URIs that a client may register (RFC 7591 section 2, RFC 8252 section 7, RFC 9700 section 2.1).

use url::{Host, Url};

use crate::redirect::ApplicationType;

/// The longest URI that may be registered, in bytes.
pub const MAX_URI: usize = 2000;

/// Whether people may be sent to `text` with an answer. `development` also lets web clients live on loopback.
///
/// # Errors
/// What is wrong, in words for the client's developer.
pub fn check_redirect_uri(text: &str, application: ApplicationType, development: bool) -> Result<(), &'static str> {
    let url = parse(text)?;
    if url.fragment().is_some() {
        return Err("a redirect URI has no fragment");
    }
    let loopback = is_loopback(&url);
    match (url.scheme(), application) {
        ("https", _) if !loopback || development => Ok(()),
        ("https", _) => Err("an https redirect URI is not on loopback"),
        ("http", ApplicationType::Native) if loopback => Ok(()),
        ("http", ApplicationType::Native) => Err("an http redirect URI of a native client is on loopback"),
        ("http", ApplicationType::Web) if loopback && development => Ok(()),
        ("http", ApplicationType::Web) => Err("a redirect URI of a web client is https"),
        (scheme, ApplicationType::Native) if is_reverse_domain(scheme) => Ok(()),
        (_, ApplicationType::Native) => Err("a private scheme is a reversed domain name, such as com.example.app"),
        (_, ApplicationType::Web) => Err("a redirect URI of a web client is https"),
    }
}

/// Whether `text` may stand as a link or be called by us: https, in development also http on loopback.
///
/// # Errors
/// What is wrong, in words for the client's developer.
pub fn check_link(text: &str, development: bool) -> Result<(), &'static str> {
    let url = parse(text)?;
    match url.scheme() {
        "https" => Ok(()),
        "http" if development && is_loopback(&url) => Ok(()),
        _ => Err("must be an https URL"),
    }
}

/// Whether we may call `text`: as [`check_link`], and neither this machine nor what only it can reach, where services
/// live that trust whoever calls. Other private networks are allowed: clients of a school live there.
///
/// # Errors
/// What is wrong, in words for the client's developer.
pub fn check_callback(text: &str, development: bool) -> Result<(), &'static str> {
    check_link(text, development)?;
    let url = parse(text)?;
    if !development && (is_loopback(&url) || is_link_local(&url)) {
        return Err("is on this machine or on its link alone");
    }
    Ok(())
}

/// Parses what is written as a parser would write it: no other spelling of a host, port or path is let in, so that
/// what an admin reads is what a browser does.
fn parse(text: &str) -> Result<Url, &'static str> {
    if text.len() > MAX_URI {
        return Err("is too long");
    }
    let url = Url::parse(text).map_err(|_| "is no absolute URI")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds credentials");
    }
    if text.contains('*') {
        return Err("holds a wildcard");
    }
    if !has_plain_host(&url) {
        return Err("holds a host that is no domain name");
    }
    // A missing path is the one difference that a parser makes up for and everybody writes.
    let rootless = url.path() == "/" && url.query().is_none() && url.as_str().strip_suffix('/') == Some(text);
    if url.as_str() == text || rootless { Ok(url) } else { Err("is not written in its normal form") }
}

/// The parser takes more than domain names have; `;` and `,` would end a source in a Content-Security-Policy, where a
/// page's `form-action` names the host.
fn has_plain_host(url: &Url) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    url.domain().is_none_or(|name| name.bytes().all(plain))
}

/// Where clouds tell a machine its secrets, among others.
fn is_link_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_link_local(),
        Some(Host::Ipv6(address)) => {
            let mapped = address.to_ipv4_mapped();
            address.is_unicast_link_local() || mapped.is_some_and(|address| address.is_link_local())
        }
        Some(Host::Domain(_)) | None => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => {
            let mapped = address.to_ipv4_mapped();
            address.is_loopback() || address.is_unspecified() || mapped.is_some_and(|address| address.is_loopback())
        }
        None => false,
    }
}

/// RFC 8252 section 7.1: a scheme made of a domain name that its maker holds.
fn is_reverse_domain(scheme: &str) -> bool {
    let labels: Vec<&str> = scheme.split('.').collect();
    labels.len() >= 2 && labels.iter().all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ApplicationType::{Native, Web};

    #[test]
    fn what_may_be_registered() {
        for (uri, application) in [
            ("https://app.example.org/cb", Web),
            ("https://app.example.org", Web),
            ("https://app.example.org:8443/cb?tenant=1", Web),
            ("https://app.example.org/cb", Native),
            ("http://127.0.0.1/cb", Native),
            ("http://localhost:7777/cb", Native),
            ("http://[::1]/cb", Native),
            ("com.example.app:/cb", Native),
        ] {
            assert_eq!(check_redirect_uri(uri, application, false), Ok(()), "{uri}");
        }
        assert_eq!(check_redirect_uri("http://localhost:3000/cb", Web, true), Ok(()));
    }

    #[test]
    fn what_may_not() {
        for uri in [
            "http://app.example.org/cb",
            "http://localhost:3000/cb",
            "https://localhost/cb",
            "https://localhost./cb",
            "https://a.localhost/cb",
            "https://127.0.0.1/cb",
            "https://0.0.0.0/cb",
            "https://[::1]/cb",
            "https://[::ffff:7f00:1]/cb",
            "https://app.example.org/cb#f",
            "https://app.example.org/cb#",
            "https://user@app.example.org/cb",
            "https://user:secret@app.example.org/cb",
            "https://*.example.org/cb",
            "https:\\\\app.example.org/cb",
            "https://app.example.org/a/../cb",
            "https://APP.example.org/cb",
            "https://app.example.org:443/cb",
            "https://app.example.org/c\tb",
            " https://app.example.org/cb",
            "//app.example.org/cb",
            "/cb",
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:/cb",
            "urn:ietf:wg:oauth:2.0:oob",
            "https://app.example.org;script-src/cb",
            "https://app.example.org,/cb",
            "https://app.example.org'/cb",
        ] {
            assert!(check_redirect_uri(uri, Web, false).is_err(), "{uri}");
        }
        for uri in
            ["http://192.0.2.1/cb", "http://example.org/cb", "myapp:/cb", "javascript:alert(1)", "https://localhost/cb"]
        {
            assert!(check_redirect_uri(uri, Native, false).is_err(), "{uri}");
        }
        let long = format!("https://app.example.org/{}", "a".repeat(MAX_URI));
        assert!(check_redirect_uri(&long, Web, false).is_err());
    }

    #[test]
    fn what_we_call_is_not_this_machine() {
        for uri in [
            "https://localhost/logout",
            "https://127.0.0.1/logout",
            "https://[::1]:8443/logout",
            "https://169.254.169.254/latest",
            "https://[fe80::1]/logout",
            "http://app.example.org/logout",
        ] {
            assert!(check_callback(uri, false).is_err(), "{uri}");
        }
        assert_eq!(check_callback("https://portal.internal:8443/logout", false), Ok(()));
        assert_eq!(check_callback("http://localhost:9/logout", true), Ok(()));
    }

    #[test]
    fn development_lets_no_foreign_http_in() {
        assert!(check_redirect_uri("http://app.example.org/cb", Web, true).is_err());
        assert!(check_link("http://app.example.org/", true).is_err());
        assert_eq!(check_link("http://127.0.0.1:9/hook", true), Ok(()));
        assert!(check_link("http://127.0.0.1:9/hook", false).is_err());
        assert!(check_link("javascript:alert(1)", true).is_err());
    }
}
