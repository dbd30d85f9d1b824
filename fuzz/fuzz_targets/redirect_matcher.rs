//! Whatever matches goes to the registered place: the same text, or the same loopback URL on another port.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::{ApplicationType, redirect::matches};
use url::Url;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some((registered, requested)) = text.split_once('\n') else { return };
    assert_eq!(matches(registered, requested, ApplicationType::Web), registered == requested);
    if registered != requested && matches(registered, requested, ApplicationType::Native) {
        assert_same_place(registered, requested);
    }
    if let Ok(url) = Url::parse(registered) {
        other_ports_match_on_loopback_only(&url);
    }
});

fn assert_same_place(registered: &str, requested: &str) {
    let (a, b) = (Url::parse(registered).expect("a URL"), Url::parse(requested).expect("a URL"));
    assert_eq!((a.scheme(), b.scheme()), ("http", "http"));
    assert_eq!((a.host(), a.path(), a.query()), (b.host(), b.path(), b.query()));
    assert_eq!((b.username(), b.password(), b.fragment()), ("", None, None));
    // As somebody reads it who parses by hand: what stands between `//` and the next delimiter is loopback's name.
    let authority = requested.strip_prefix("http://").expect("http").split(['/', '?', '#', '\\', '@']).next();
    let authority = authority.expect("an authority");
    let host = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let host = host.map_or(authority, |(host, _)| host);
    assert!(host == "localhost" || host == "[::1]" || host.starts_with("127."), "{requested:?}");
}

fn other_ports_match_on_loopback_only(url: &Url) {
    let mut other = url.clone();
    if other.set_port(Some(49152)).is_err() || other == *url {
        return;
    }
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let loopback = matches!(url.host_str(), Some("localhost" | "[::1]"))
        || url.host_str().is_some_and(|host| host.starts_with("127."))
            && matches!(url.host(), Some(url::Host::Ipv4(_)));
    let expected = plain && loopback && url.scheme() == "http";
    assert_eq!(matches(url.as_str(), other.as_str(), ApplicationType::Native), expected, "{url}");
}
