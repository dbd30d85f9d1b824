//! Mail: written into a durable outbox by the transaction that causes it, delivered by a task.

pub mod html;
pub mod letter;
pub mod mailbox;
pub mod outbox;
pub mod resend;
pub mod sender;
pub mod smtp;
pub mod transport;

use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};
use service::{Common, Env, Mode, Secret};
use sqlx::PgConnection;
use url::Url;
use uuid::Uuid;

pub use letter::Letter;
pub use smtp::SmtpConfig;

use crate::{Config, error::Failure, keys::seal::Purpose, state::AppState};

/// How mail leaves (RESEND_API_KEY, else SMTP_URL with SMTP_CA_FILE, else MAIL_DIR; MAIL_FROM).
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The way out.
    pub way: MailWay,
    /// MAIL_FROM.
    pub from: Mailbox,
}

/// A way for mail to leave.
#[derive(Clone, Debug)]
pub enum MailWay {
    /// Resend's HTTP API: its base URL and key.
    Resend(Url, Secret),
    /// An SMTP server (SMTP_URL, SMTP_CA_FILE).
    Smtp(SmtpConfig),
    /// One `.eml` file a mail.
    Files(PathBuf),
}

impl MailConfig {
    /// Reads the variables.
    pub fn read(env: &mut Env, common: &Common) -> Self {
        let host = common.web_url.host_str().unwrap_or("localhost");
        let default = Mailbox::new(Some("IntelliStack".to_owned()), local_address(host));
        let from = env.parsed("MAIL_FROM", default);
        Self { way: MailWay::read(env, common), from }
    }
}

#[expect(clippy::unwrap_used, reason = "the second address is a constant that parses")]
fn local_address(host: &str) -> lettre::Address {
    format!("no-reply@{host}").parse().unwrap_or_else(|_| "no-reply@localhost".parse().unwrap())
}

impl MailWay {
    fn read(env: &mut Env, common: &Common) -> Self {
        if let Some(key) = env.get("RESEND_API_KEY").map(Secret::new) {
            return Self::Resend(env.public_url("RESEND_BASE_URL", "https://api.resend.com"), key);
        }
        if let Some(server) = env.get("SMTP_URL").map(SmtpConfig::parse) {
            match server {
                Ok(mut server) => {
                    server.authorities = env.get("SMTP_CA_FILE").map(PathBuf::from);
                    return Self::Smtp(server);
                }
                Err(fault) => env.fault(format!("SMTP_URL {fault}")),
            }
        }
        if let Some(directory) = env.get("MAIL_DIR") {
            return Self::Files(directory.into());
        }
        if common.mode == Mode::Production {
            env.fault("no way for mail to leave: set RESEND_API_KEY, SMTP_URL or MAIL_DIR");
        }
        Self::Files(Config::development_mail_dir(env))
    }
}

/// What the outbox holds, sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Writes a letter into the outbox. Wake the sender once the transaction is committed.
///
/// # Errors
/// When the database is away.
pub async fn enqueue(state: &AppState, connection: &mut PgConnection, letter: &Letter) -> Result<(), Failure> {
    let id = Uuid::now_v7();
    let content = serde_json::to_vec(&letter.content)?;
    let sealed = state.sealer.seal(Purpose::Mail, id.as_bytes(), &content)?;
    sqlx::query!(
        "insert into auth.mail_outbox (id, kind, content, discard) values ($1, $2, $3, $4)",
        id,
        letter.kind,
        sealed,
        letter.discard
    )
    .execute(connection)
    .await?;
    Ok(())
}
