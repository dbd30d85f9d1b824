//! The ways out: Resend, SMTP, files.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use serde_json::json;
use service::Secret;
use url::Url;
use uuid::Uuid;

use super::{Content, MailConfig, MailWay};

/// How long the other side may take. Five of these must fit into the sender's lease.
const PATIENCE: Duration = Duration::from_secs(20);

/// Delivers mails one way.
pub struct Transport {
    way: Way,
    from: Mailbox,
}

enum Way {
    Resend { endpoint: Url, key: Secret, http: reqwest::Client },
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Transport {
    /// Opens the configured way.
    ///
    /// # Errors
    /// When SMTP_URL cannot be read or the directory cannot be made.
    pub fn new(config: &MailConfig) -> Result<Self> {
        let way = match &config.way {
            MailWay::Resend(base, key) => {
                let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
                Way::Resend { endpoint: base.join("/emails")?, key: key.clone(), http }
            }
            MailWay::Smtp(url) => {
                // The error may quote the URL with its password, hence its loss.
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose());
                Way::Smtp(
                    builder
                        .ok()
                        .context("SMTP_URL cannot be read: smtp://USER:PASSWORD@HOST:PORT")?
                        .timeout(Some(PATIENCE))
                        .build(),
                )
            }
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
    /// When the other side refuses or is away.
    pub async fn send(&self, id: Uuid, content: &Content) -> Result<()> {
        match &self.way {
            Way::Resend { endpoint, key, http } => self.send_by_resend(endpoint, key, http, id, content).await,
            Way::Smtp(smtp) => {
                smtp.send(self.message(id, content)?).await?;
                Ok(())
            }
            Way::Files(directory) => write_file(directory, id, &self.message(id, content)?.formatted()).await,
        }
    }

    fn message(&self, id: Uuid, content: &Content) -> Result<Message> {
        Ok(Message::builder()
            .from(self.from.clone())
            .to(content.to.parse()?)
            .subject(content.subject.clone())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .multipart(MultiPart::alternative_plain_html(content.text.clone(), content.html.clone()))?)
    }

    async fn send_by_resend(
        &self,
        endpoint: &Url,
        key: &Secret,
        http: &reqwest::Client,
        id: Uuid,
        content: &Content,
    ) -> Result<()> {
        let body = json!({"from": self.from.to_string(), "to": [content.to], "subject": content.subject,
            "text": content.text, "html": content.html});
        let request = http.post(endpoint.clone()).bearer_auth(key.expose()).header("Idempotency-Key", id.to_string());
        request.json(&body).send().await?.error_for_status()?;
        Ok(())
    }
}

/// Written aside and renamed, so that nobody reads half a mail. The name sorts by time.
async fn write_file(directory: &Path, id: Uuid, message: &[u8]) -> Result<()> {
    let unfinished = directory.join(format!(".{id}.tmp"));
    tokio::fs::write(&unfinished, message).await?;
    tokio::fs::rename(&unfinished, directory.join(format!("{id}.eml"))).await?;
    Ok(())
}
