//! The ways out: Resend, SMTP, files.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{Content, MailConfig, MailWay, resend::Resend, smtp::Smtp};

/// The most characters of a refusal that are kept.
const MAX_WORDS: usize = 300;

/// Delivers mails one way.
pub struct Transport {
    way: Way,
    from: Mailbox,
}

enum Way {
    Resend(Resend),
    Smtp(Smtp),
    Files(PathBuf),
}

/// Why a mail did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct SendError {
    /// Whether trying again is in vain.
    pub permanent: bool,
    /// How long the other side wants to be left alone.
    pub wait: Option<Duration>,
    words: String,
}

impl SendError {
    /// This mail will never be taken.
    #[must_use]
    pub fn permanent(words: &str) -> Self {
        Self { permanent: true, wait: None, words: without_secrets(words) }
    }

    /// Another attempt may succeed.
    #[must_use]
    pub fn temporary(words: &str) -> Self {
        Self { permanent: false, wait: None, words: without_secrets(words) }
    }

    /// Not before this long.
    #[must_use]
    pub fn after(self, wait: Option<Duration>) -> Self {
        Self { wait, ..self }
    }
}

/// Servers quote in refusals what they do not like: addresses, links with their tokens, credentials. What may be one
/// of those is left out.
fn without_secrets(words: &str) -> String {
    let telling = |word: &str| word.len() > 30 || word.contains("//") || word.contains(['@', '=', '?', '%']);
    let kept: Vec<&str> = words.split_whitespace().map(|word| if telling(word) { "…" } else { word }).collect();
    kept.join(" ").chars().filter(|c| !c.is_control()).take(MAX_WORDS).collect()
}

impl Transport {
    /// Opens the configured way.
    ///
    /// # Errors
    /// When certificates cannot be read or the directory cannot be made.
    pub fn new(config: &MailConfig) -> Result<Self> {
        let way = match &config.way {
            MailWay::Resend(base, key) => Way::Resend(Resend::new(base, key.clone())?),
            MailWay::Smtp(server) => Way::Smtp(Smtp::new(server)?),
            MailWay::Files(directory) => {
                std::fs::create_dir_all(directory)
                    .with_context(|| format!("MAIL_DIR: cannot make {}", directory.display()))?;
                Way::Files(directory.clone())
            }
        };
        Ok(Self { way, from: config.from.clone() })
    }

    /// Delivers one mail. `id` names it, so that a repeated attempt is recognisable.
    ///
    /// # Errors
    /// [`SendError`] when the other side refuses or is away.
    pub async fn send(&self, id: Uuid, content: &Content) -> Result<(), SendError> {
        let message = message(&self.from, id, content)?;
        match &self.way {
            Way::Resend(resend) => resend.send(&id.to_string(), &self.from.to_string(), content).await,
            Way::Smtp(smtp) => smtp.send(message).await,
            Way::Files(directory) => write_file(directory, id, &message.formatted())
                .await
                .map_err(|error| SendError::temporary(&format!("MAIL_DIR: {error}"))),
        }
    }
}

/// The mail as it travels. Its Message-ID is the row's, so that a mail that went twice is shown once.
fn message(from: &Mailbox, id: Uuid, content: &Content) -> Result<Message, SendError> {
    let to: Address = content.to.parse().map_err(|_| SendError::permanent("the recipient's address is malformed"))?;
    // RFC 3834 section 5: no out-of-office replies, please.
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(content.subject.clone())
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .raw_header(automatic)
        .multipart(MultiPart::alternative_plain_html(content.text.clone(), content.html.clone()))
        .map_err(|error| SendError::permanent(&format!("the mail cannot be written: {error}")))
}

/// Written aside and renamed, so that nobody reads half a mail. The name sorts by time.
async fn write_file(directory: &Path, id: Uuid, message: &[u8]) -> std::io::Result<()> {
    let unfinished = directory.join(format!(".{id}.tmp"));
    let mut file = tokio::fs::File::create(&unfinished).await?;
    file.write_all(message).await?;
    file.sync_all().await?;
    tokio::fs::rename(&unfinished, directory.join(format!("{id}.eml"))).await
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn written(from: &str, to: &str, subject: &str) -> Result<String, SendError> {
        let content = Content { to: to.into(), subject: subject.into(), text: "t".into(), html: "<p>h</p>".into() };
        let message = message(&from.parse().unwrap(), Uuid::nil(), &content)?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_mail_says_what_it_is_and_is_the_same_mail_every_time() {
        let mail = written("Schule Köln <no-reply@example.org>", "ada@example.test", "Grüße").unwrap();
        assert!(mail.is_ascii(), "{mail}");
        for line in [
            "Message-ID: <00000000-0000-0000-0000-000000000000@example.org>",
            "Auto-Submitted: auto-generated",
            "To: ada@example.test",
            "Content-Type: multipart/alternative",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(mail.contains(line), "{line}: {mail}");
        }
    }

    #[test]
    fn nothing_adds_headers_or_recipients() {
        for to in ["a@x.test\r\nBcc: b@x.test", "a@x.test, b@x.test", "A <a@x.test>", "a@x.test\n", ""] {
            assert!(written("n@x.test", to, "s").unwrap_err().permanent, "{to:?}");
        }
        let mail = written("n@x.test", "a@x.test", "s\r\nBcc: b@x.test\r\n\r\nbody").unwrap();
        assert!(!mail.lines().any(|line| line.starts_with("Bcc")), "{mail}");
    }

    #[test]
    fn a_refusal_is_kept_without_links_addresses_and_keys() {
        let words = "SMTP: permanent error (552): 5.7.0 blocked https://id.example.org/reset?token=abc for ada@x.test \
                     AUTH AGFkYUB4LnRlc3QAaHVudGVyMmh1bnRlcjI=";
        let kept = SendError::permanent(words).to_string();
        assert_eq!(kept, "SMTP: permanent error (552): 5.7.0 blocked … for … AUTH …");
    }
}
