//! SMTP: what SMTP_URL says, and handing mails over (RFC 5321, RFC 3207, RFC 8314).

use std::{net::IpAddr, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use percent_encoding::percent_decode_str;
use service::Secret;
use url::Url;

use super::transport::SendError;

/// How long one step of the conversation may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An SMTP server: SMTP_URL, SMTP_CA_FILE.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<(String, Secret)>,
    /// SMTP_CA_FILE: certificates (PEM) of a private authority, believed besides the system's.
    pub authorities: Option<PathBuf>,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// From the first byte (RFC 8314 section 3).
    Tls,
    /// By STARTTLS, or not at all.
    StartTls,
    /// By STARTTLS where the server offers it: no protection from somebody in between.
    Opportunistic,
    /// Not.
    None,
}

impl SmtpConfig {
    /// Reads `smtp://` or `smtps://` `USER:PASSWORD@HOST:PORT`, user and password percent-encoded. `smtp://` demands
    /// STARTTLS except on loopback, unless `?tls=` says `required`, `opportunistic` or `none`.
    ///
    /// # Errors
    /// What is wrong, without quoting the URL, which holds a password.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let url = Url::parse(url).map_err(|_| "is no smtp://USER:PASSWORD@HOST:PORT")?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no host")?;
        let host = host.trim_matches(['[', ']']).to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("has something behind the host; a `/` or `#` in the password must be written %2F, %23");
        }
        let security = security(&url, &host)?;
        let port = url.port().unwrap_or(match security {
            Security::Tls => 465,
            Security::StartTls | Security::Opportunistic => 587,
            Security::None => 25,
        });
        Ok(Self { host, port, security, credentials: credentials(&url)?, authorities: None })
    }

    fn tls(&self) -> Result<Tls> {
        let mut parameters = TlsParameters::builder(self.host.clone());
        if let Some(path) = &self.authorities {
            let pem =
                std::fs::read(path).with_context(|| format!("SMTP_CA_FILE: {} cannot be read", path.display()))?;
            let authorities = Certificate::from_pem(&pem);
            parameters = parameters.add_root_certificate(authorities.context("SMTP_CA_FILE holds no certificates")?);
        }
        let parameters = || parameters.build().context("TLS cannot be prepared");
        Ok(match self.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::Opportunistic => Tls::Opportunistic(parameters()?),
            Security::None => Tls::None,
        })
    }
}

fn security(url: &Url, host: &str) -> Result<Security, &'static str> {
    let mut tls = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" || tls.is_some() {
            return Err("knows one parameter, ?tls=");
        }
        tls = Some(value);
    }
    match (url.scheme(), tls.as_deref()) {
        ("smtps", None) => Ok(Security::Tls),
        ("smtps", Some(_)) => Err("is smtps://, which is TLS from the start: leave ?tls= out"),
        ("smtp", None) if is_loopback(host) => Ok(Security::None),
        ("smtp", None | Some("required")) => Ok(Security::StartTls),
        ("smtp", Some("opportunistic")) => Ok(Security::Opportunistic),
        ("smtp", Some("none")) => Ok(Security::None),
        ("smtp", Some(_)) => Err("?tls= is one of required, opportunistic, none"),
        _ => Err("begins with neither smtp:// nor smtps://"),
    }
}

fn credentials(url: &Url) -> Result<Option<(String, Secret)>, &'static str> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_| "has credentials that are no UTF-8")?;
        Ok::<_, &'static str>(text.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err("needs user and password, or neither"),
        (user, Some(password)) => Ok(Some((decoded(user)?, Secret::new(decoded(password)?)))),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A pool of connections to the server.
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// Prepares the pool; connects when the first mail goes.
    ///
    /// # Errors
    /// When the certificates of SMTP_CA_FILE cannot be read.
    pub fn new(config: &SmtpConfig) -> Result<Self> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone());
        let mut builder = builder.port(config.port).tls(config.tls()?).timeout(Some(PATIENCE));
        if let Some((user, password)) = &config.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self(builder.build()))
    }

    /// Hands one mail over.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, message: Message) -> Result<(), SendError> {
        let Err(error) = self.0.send(message).await else { return Ok(()) };
        let words = described(&error);
        // Only where the server takes us at all is a refusal about this mail: a wrong password, a missing STARTTLS or a
        // blocked address of ours must not cost every mail its life (RFC 5321 section 4.2.1).
        let refused = error.is_client() || error.is_permanent();
        if refused && self.0.test_connection().await.unwrap_or(false) {
            Err(SendError::permanent(&words))
        } else {
            Err(SendError::temporary(&words))
        }
    }
}

fn described(error: &Error) -> String {
    // RFC 4954 section 6. Some servers quote what they were shown.
    let sign_in = ["530", "534", "535", "538"];
    if let Some(code) = error.status().map(|code| code.to_string()).filter(|code| sign_in.contains(&code.as_str())) {
        return format!("SMTP: {code}: the server does not take user and password of SMTP_URL");
    }
    let mut words = format!("SMTP: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    words
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn security_and_port(url: &str) -> (Security, u16) {
        let config = SmtpConfig::parse(url).unwrap();
        (config.security, config.port)
    }

    #[test]
    fn beyond_loopback_a_connection_is_protected_unless_said_otherwise() {
        assert_eq!(security_and_port("smtp://mail.example.org"), (Security::StartTls, 587));
        assert_eq!(security_and_port("smtps://mail.example.org"), (Security::Tls, 465));
        assert_eq!(security_and_port("smtp://localhost"), (Security::None, 25));
        assert_eq!(security_and_port("smtp://[::1]:1025/"), (Security::None, 1025));
        assert_eq!(security_and_port("smtp://127.0.0.1:2525?tls=required"), (Security::StartTls, 2525));
        assert_eq!(security_and_port("smtp://mail.example.org?tls=none"), (Security::None, 25));
        assert_eq!(security_and_port("smtp://localhost.example.org"), (Security::StartTls, 587));
    }

    #[test]
    fn credentials_are_percent_decoded() {
        let config = SmtpConfig::parse("smtps://me%40example.org:p%2Fa%3As%23@mail.example.org").unwrap();
        let (user, password) = config.credentials.unwrap();
        assert_eq!((user.as_str(), password.expose()), ("me@example.org", "p/a:s#"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_without_quoting_it() {
        for url in [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://user@mail.example.org",
            "smtp://mail.example.org?tls=maybe",
            "smtps://mail.example.org?tls=none",
            "smtp://user:hunter/2@mail.example.org",
            "smtp://mail.example.org/hunter2",
        ] {
            let words = SmtpConfig::parse(url).unwrap_err();
            assert!(!words.contains("hunter"), "{url}: {words}");
        }
    }
}
