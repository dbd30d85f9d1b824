//! A mail server that takes, refuses, delays or loses mail, as the recipient's name says:
//!
//! | recipient | what happens |
//! | --- | --- |
//! | `refused@…` | 550, quoting what it got |
//! | `grey@…` | 451 the first time |
//! | `drop@…` | the first time the connection ends amid the mail |
//! | `lost@…` | the first time the mail is taken and the connection ends before the answer |
//! | `stall@…` | no answer, ever |
//! | others | taken |

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// How the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// In the clear.
    Plain,
    /// In the clear until STARTTLS.
    StartTls,
    /// TLS from the start.
    Tls,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The recipient of the envelope.
    pub to: String,
    /// Headers and body.
    pub text: String,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// Who had signed in, as `user:password`.
    pub login: Option<String>,
}

/// A running server; stops with this value.
pub struct SmtpServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its certificate, PEM: nobody else's signature is on it.
    pub certificate: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    security: Security,
    /// `user:password`, when one must sign in.
    login: Option<String>,
    tls: TlsAcceptor,
    taken: Mutex<Vec<Taken>>,
    seen: Mutex<HashSet<String>>,
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpServer {
    /// On a port of its own.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(security: Security) -> Result<Self> {
        Self::start_on("127.0.0.1:0", security, None).await
    }

    /// At `address`; with `login`, only for who knows it.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start_on(address: &str, security: Security, login: Option<&str>) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (tls, certificate) = tls()?;
        let login = login.map(str::to_owned);
        let shared = Arc::new(Shared { security, login, tls, taken: Mutex::default(), seen: Mutex::default() });
        let task = tokio::spawn(accept(listener, shared.clone())).abort_handle();
        Ok(Self { address, certificate, shared, task })
    }

    /// What was taken so far.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn tls() -> Result<(TlsAcceptor, String)> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), cert.pem()))
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Connections end with the server.
    let mut open = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        open.spawn(async move { talk(stream, &shared).await.ok() });
    }
}

async fn talk(stream: TcpStream, shared: &Shared) -> Result<()> {
    if shared.security == Security::Tls {
        let stream = shared.tls.accept(stream).await?;
        let mut session = Session::new(stream, shared, true);
        session.say("220 fake").await?;
        return session.run().await.map(|_| ());
    }
    let mut session = Session::new(stream, shared, false);
    session.say("220 fake").await?;
    if session.run().await? == End::StartTls {
        let stream = shared.tls.accept(session.stream.into_inner()).await?;
        Session::new(stream, shared, true).run().await?;
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum End {
    Quit,
    StartTls,
}

struct Session<'a, S> {
    stream: BufReader<S>,
    shared: &'a Shared,
    encrypted: bool,
    login: Option<String>,
    to: String,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    fn new(stream: S, shared: &'a Shared, encrypted: bool) -> Self {
        Self { stream: BufReader::new(stream), shared, encrypted, login: None, to: String::new() }
    }

    async fn say(&mut self, line: &str) -> Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        Ok(self.stream.flush().await?)
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        anyhow::ensure!(self.stream.read_line(&mut line).await? > 0, "the client is gone");
        Ok(line)
    }

    async fn run(&mut self) -> Result<End> {
        loop {
            let line = self.line().await?;
            let line = line.trim_end();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.greet().await?,
                "STARTTLS" => {
                    self.say("220 go ahead").await?;
                    return Ok(End::StartTls);
                }
                "AUTH" => self.sign_in(line).await?,
                "MAIL" if self.shared.login.is_some() && self.login != self.shared.login => {
                    self.say("530 5.7.0 sign in first").await?;
                }
                "RCPT" => self.recipient(line).await?,
                "DATA" => self.data().await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(End::Quit);
                }
                _ => self.say("250 ok").await?,
            }
        }
    }

    async fn greet(&mut self) -> Result<()> {
        if self.shared.security == Security::StartTls && !self.encrypted {
            self.say("250-STARTTLS").await?;
        }
        self.say("250-8BITMIME").await?;
        self.say("250 AUTH PLAIN").await
    }

    async fn sign_in(&mut self, line: &str) -> Result<()> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let encoded = line.rsplit(' ').next().unwrap_or_default();
        let decoded = String::from_utf8(STANDARD.decode(encoded)?)?;
        let login = decoded.trim_start_matches('\0').replacen('\0', ":", 1);
        if self.shared.login.as_ref() == Some(&login) {
            self.login = Some(login);
            self.say("235 welcome").await
        } else {
            self.say(&format!("535 5.7.8 no such login: {encoded}")).await
        }
    }

    async fn recipient(&mut self, line: &str) -> Result<()> {
        self.to = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).context("no address")?.0.to_owned();
        match self.name() {
            "refused" => self.say(&format!("550 5.1.1 no such person: {line}")).await,
            "grey" if self.is_first() => self.say("451 4.7.1 come again").await,
            "stall" => std::future::pending().await,
            _ => self.say("250 ok").await,
        }
    }

    async fn data(&mut self) -> Result<()> {
        self.say("354 go on").await?;
        let mut text = String::new();
        loop {
            let line = self.line().await?;
            if line == ".\r\n" {
                break;
            }
            text.push_str(&line);
            anyhow::ensure!(self.name() != "drop" || !self.is_first(), "dropped amid the mail");
        }
        let taken = Taken { to: self.to.clone(), text, encrypted: self.encrypted, login: self.login.clone() };
        self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner).push(taken);
        anyhow::ensure!(self.name() != "lost" || !self.is_first(), "dropped before the answer");
        self.say("250 taken").await
    }

    fn name(&self) -> &str {
        self.to.split('@').next().unwrap_or_default()
    }

    fn is_first(&self) -> bool {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(self.to.clone())
    }
}
