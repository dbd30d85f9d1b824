//! The syntax of e-mail addresses that accounts may have.

use unicode_normalization::UnicodeNormalization;

/// Lower case: the form in which addresses are stored and compared. ASCII alone, or the Kelvin sign would become a `k`
/// and two addresses one.
#[must_use]
pub fn normalise(email: &str) -> String {
    email.to_ascii_lowercase()
}

/// The form in which people are looked up: as [`normalise`] for plain addresses. People who came from the legacy platform
/// may have others; those are compared without regard to outer space, case and composition. Only people are found by it:
/// no new account gets an address of this form, and mail goes to the address that is stored.
#[must_use]
pub fn lookup(email: &str) -> String {
    let email = email.trim();
    if email.is_ascii() {
        return normalise(email);
    }
    let composed: String = email.nfc().collect();
    composed.to_lowercase().nfc().collect()
}

/// Whether somebody may have this address as they are looked up: a plain one, or one of the legacy platform's.
#[must_use]
pub fn may_exist(email: &str) -> bool {
    let international = || {
        let ends = email.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        let clean = !email.chars().any(|c| c.is_control() || c.is_whitespace());
        email.chars().count() <= 254 && ends && clean
    };
    is_valid(email) || (!email.is_ascii() && international())
}

/// Whether `email` is an address that we take: a plain ASCII local part and a domain with a top-level label of
/// letters. No quoting, no address literals, no surrounding space: nobody registers with those except by mistake.
#[must_use]
pub fn is_valid(email: &str) -> bool {
    // RFC 5321 section 4.5.3.1: 64 octets before the @, 254 in all.
    match email.rsplit_once('@') {
        Some((local, domain)) => email.len() <= 254 && local.len() <= 64 && is_local_part(local) && is_domain(domain),
        None => false,
    }
}

fn is_local_part(local: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_'+-.".contains(&byte);
    let last = local.bytes().last();
    !local.starts_with('.')
        && !local.contains("..")
        && local.bytes().all(allowed)
        && last.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    labels.len() >= 2
        && labels.iter().all(|label| is_label(label))
        && last.len() >= 2
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{is_valid, lookup, may_exist, normalise};

    #[test]
    fn addresses_of_the_legacy_platform_are_found_in_any_spelling() {
        assert_eq!(lookup(" Ada@X.test "), "ada@x.test");
        assert_eq!(lookup("zo\u{eb}.\u{c5}kesson@example.org"), "zo\u{eb}.\u{e5}kesson@example.org");
        assert_eq!(lookup("rene\u{301}@example.org"), lookup("ren\u{e9}@example.org"));
        assert_eq!(lookup("\u{130}rem@example.com"), lookup("i\u{307}rem@example.com"));
        assert!(may_exist("zo\u{eb}@m\u{fc}nchen.example.com") && may_exist("ada@x.test"));
        assert!(!may_exist("a b\u{eb}@x.test") && !may_exist("\u{eb}") && !may_exist("a@localhost") && !may_exist(""));
    }

    #[test]
    fn normalising_makes_no_other_address() {
        assert_eq!(normalise("Ada@X.test"), "ada@x.test");
        assert!(!is_valid(&normalise("\u{212a}evin@x.test")));
    }

    #[test]
    fn ordinary_addresses_are_taken() {
        for email in ["a@x.test", "first.last+tag@mail.example.org", "o'neil_1@ex-ample.io"] {
            assert!(is_valid(email), "{email}");
        }
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        for email in [
            "",
            "a",
            "@x.test",
            "a@localhost",
            "a@x.t",
            "a@1.2.3.4",
            "\"a b\"@x.test",
            "ä@x.test",
            " a@x.test",
            "a@x.test ",
            ".a@x.test",
            "a..b@x.test",
            "a.@x.test",
            "a@-x.test",
            "a@x..test",
            "a\0@x.test",
            "a@b@",
        ] {
            assert!(!is_valid(email), "{email:?}");
        }
    }
}
