//! The words of our mails, each as text and as HTML.

use super::{Content, html::Html};
use crate::{social::Provider, user::User};

/// A mail to be sent.
#[derive(Clone)]
pub struct Letter {
    /// Its kind, for the operator.
    pub kind: &'static str,
    /// Written only so that time does not tell who has an account; never sent.
    pub discard: bool,
    /// What is in it.
    pub content: Content,
}

impl Letter {
    /// Asks to prove an address.
    #[must_use]
    pub fn verification(user: &User, link: &str) -> Self {
        let parts = Parts {
            greeting: greeting(user),
            before: "Welcome to IntelliStack. Please confirm that this address is yours:",
            button: "Confirm my address",
            link,
            after: "The link works for 24 hours. If you did not register, ignore this mail: without the link nothing happens.",
        };
        parts.letter("verification", user, "Confirm your e-mail address")
    }

    /// Offers a new password.
    #[must_use]
    pub fn reset(user: &User, link: &str) -> Self {
        let parts = Parts {
            greeting: greeting(user),
            before: "Somebody, hopefully you, asked for a new password for your IntelliStack account. Choose it here:",
            button: "Choose a new password",
            link,
            after: "The link works once, for one hour. If it was not you, ignore this mail: your password stays as it is.",
        };
        parts.letter("password-reset", user, "Choose a new password")
    }

    /// Asks to prove an address that shall replace the person's own.
    #[must_use]
    pub fn new_address(user: &User, email: &str, link: &str) -> Self {
        let parts = Parts {
            greeting: greeting(user),
            before: "Somebody, hopefully you, wants to use this address for an IntelliStack account. Confirm it here:",
            button: "Use this address",
            link,
            after: "The link works once, for 24 hours. If it was not you, ignore this mail: without the link nothing happens.",
        };
        let mut letter = parts.letter("new-address", user, "Confirm your new e-mail address");
        letter.content.to = email.to_owned();
        letter
    }

    /// Tells the old address that a new one was asked for.
    #[must_use]
    pub fn address_change_asked(user: &User, email: &str) -> Self {
        let text = format!(
            "Somebody, hopefully you, asked to use {email} for your IntelliStack account from now on. It changes when \
             the link that we sent there is opened. If it was not you, choose a new password at once: that stops it."
        );
        notice("address-change-asked", user, "Your e-mail address is about to change", &text)
    }

    /// Tells the old address that it is no longer the account's.
    #[must_use]
    pub fn address_changed(user: &User, email: &str) -> Self {
        let text = format!(
            "Your IntelliStack account now has the address {email}. Sign in with that from now on. If you did not do \
             this, please tell whoever runs this site."
        );
        notice("address-changed", user, "Your e-mail address has changed", &text)
    }

    /// Tells who has an account already that somebody tried to register their address.
    #[must_use]
    pub fn already_registered(user: &User, sign_in: &str) -> Self {
        let parts = Parts {
            greeting: greeting(user),
            before: "Somebody, hopefully you, tried to register at IntelliStack with this address. You have an account \
                     already. Sign in here:",
            button: "Sign in",
            link: sign_in,
            after: "If you do not remember the password, choose a new one from there. If it was not you, ignore this \
                    mail: nothing has changed.",
        };
        parts.letter("already-registered", user, "You have an account already")
    }

    /// Tells the owner that sign-in is locked after wrong passwords.
    #[must_use]
    pub fn locked(user: &User, link: &str) -> Self {
        let parts = Parts {
            greeting: greeting(user),
            before: "Somebody typed a wrong password for your IntelliStack account five times in a row, so signing in is \
                     locked for 30 minutes. A new password lifts the lock at once:",
            button: "Choose a new password",
            link,
            after: "If it was not you, there is nothing to do: your password was not guessed. Where you are signed in, you \
                    stay signed in.",
        };
        parts.letter("account-locked", user, "Signing in is locked for 30 minutes")
    }

    /// Says that the account is gone.
    #[must_use]
    pub fn account_deleted(user: &User) -> Self {
        let text = "Your IntelliStack account and everything in it has been deleted, as you asked. \
                    If that was not you, please tell whoever runs this site.";
        notice("account-deleted", user, "Your account has been deleted", text)
    }

    /// Asks somebody whom an admin added to choose a password.
    #[must_use]
    pub fn invitation(user: &User, link: &str) -> Self {
        let parts = Parts {
            greeting: greeting(user),
            before: "Somebody made an IntelliStack account for you. Choose your password here:",
            button: "Choose my password",
            link,
            after: "The link works once, for 24 hours; afterwards the page \"Forgot password\" sends a new one.",
        };
        parts.letter("invitation", user, "Your IntelliStack account")
    }

    /// Asks whether an account that somebody registered with this address belongs to who signed in with `provider`.
    #[must_use]
    pub fn claim(user: &User, provider: Provider, link: &str) -> Self {
        let name = provider.name();
        let before = format!(
            "Somebody, hopefully you, signed in to IntelliStack with {name} and this address. There is an account with \
             the address already, but nobody has shown yet that it is theirs. Take it over here:"
        );
        let after = format!(
            "Its password stops working, everybody is signed out of it, and from then on you sign in with {name}. The \
             link works once, for one hour. If it was not you, ignore this mail: nothing happens."
        );
        // Not with the account's name: a stranger may have chosen it.
        let parts = Parts {
            greeting: "Hello,".to_owned(),
            before: &before,
            button: "Take over the account",
            link,
            after: &after,
        };
        parts.letter("claim-account", user, "Is this account yours?")
    }

    /// As long and as costly as a real one, for an address nobody has.
    #[must_use]
    pub fn decoy(email: &str) -> Self {
        let content =
            Content { to: email.to_owned(), subject: String::new(), text: " ".repeat(400), html: " ".repeat(1200) };
        Self { kind: "decoy", discard: true, content }
    }
}

/// A letter that only tells, with nothing to open.
fn notice(kind: &'static str, user: &User, subject: &str, words: &str) -> Letter {
    let greeting = greeting(user);
    let html = Html { subject, paragraphs: &[&greeting, words], action: None }.render();
    let text = format!("{greeting}\n\n{words}\n\nIntelliStack\n");
    Letter {
        kind,
        discard: false,
        content: Content { to: user.email.clone(), subject: subject.to_owned(), text, html },
    }
}

/// Anybody can register anybody's address: a name that reads like an address, or like a message, stays out of the mail
/// that we send there.
fn greeting(user: &User) -> String {
    let name = user.name.trim();
    if is_plain_name(name) { format!("Hello {name},") } else { "Hello,".to_owned() }
}

fn is_plain_name(name: &str) -> bool {
    let dotted = |word: &str| word.trim_matches('.').contains('.');
    !name.is_empty()
        && name.chars().count() <= 60
        && !name.contains(|c: char| c.is_control() || "/:@\\<>".contains(c))
        && !name.split_whitespace().any(dotted)
}

struct Parts<'a> {
    greeting: String,
    before: &'a str,
    button: &'a str,
    link: &'a str,
    after: &'a str,
}

impl Parts<'_> {
    fn letter(&self, kind: &'static str, user: &User, subject: &str) -> Letter {
        let content = Content {
            to: user.email.clone(),
            subject: subject.to_owned(),
            text: self.text(),
            html: self.html(subject),
        };
        Letter { kind, discard: false, content }
    }

    fn text(&self) -> String {
        let Self { greeting, before, link, after, .. } = self;
        format!("{greeting}\n\n{before}\n\n{link}\n\n{after}\n\nIntelliStack\n")
    }

    fn html(&self, subject: &str) -> String {
        let Self { greeting, before, button, link, after } = self;
        Html { subject, paragraphs: &[greeting, before, after], action: Some((button, link)) }.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_name_is_greeted() {
        for name in ["Ada", "Dr. Ada Lovelace-King", "Martin Luther King Jr.", "李小龍", "O'Neil"] {
            assert!(is_plain_name(name), "{name}");
        }
        let long = "x".repeat(61);
        for name in ["", "see evil.test now", "https://evil.test", "a@b", "two\nlines", &long] {
            assert!(!is_plain_name(name), "{name}");
        }
    }

    #[test]
    fn a_name_cannot_become_markup() {
        let parts =
            Parts { greeting: "Hello <b>x</b>,".into(), before: "", button: "", link: "https://x/?a=1&b=2", after: "" };
        let html = parts.html("s");
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>") && html.contains("a=1&amp;b=2"), "{html}");
        assert!(parts.text().contains("https://x/?a=1&b=2"));
    }
}
