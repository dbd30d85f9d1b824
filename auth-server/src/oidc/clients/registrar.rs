//! Registering, changing and removing clients. Each change, its event and what it ends are one transaction.

use chrono::Utc;
use oauth::{ApplicationType, ScopeSet};
use serde_json::{Value, json};
use service::Mode;
use sqlx::{PgConnection, PgPool};
use url::Url;
use uuid::Uuid;

use super::{
    AuthMethod, Client,
    metadata::{self, ClientMetadata, DEFAULT_SCOPES, Rejection},
    store,
};
use crate::{
    admin::author::OPERATOR,
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    state::AppState,
    token,
};

/// Why a client was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The registration may not be like that.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No such client, or somebody else's.
    #[error("client not found")]
    NotFound,
    /// The site's own client: what stands in the database would not outlive the next start.
    #[error("this client is made from the server's configuration and is changed there")]
    Configured,
    /// A public client has no secret.
    #[error("a public client has no secret to rotate")]
    NoSecret,
    /// Something failed on our side.
    #[error(transparent)]
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for ClientError {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// Whose clients are in reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of one person, without what only the admin API gives.
    Own(Uuid),
    /// All of them.
    All,
}

/// Somebody who may register clients.
#[derive(Clone, Copy, Debug)]
pub struct Registrar<'a> {
    /// The database.
    pub pool: &'a PgPool,
    /// From where.
    pub caller: &'a Caller,
    /// The admin; none at the command line.
    pub actor: Option<Uuid>,
    /// Whose clients.
    pub reach: Reach,
    /// Whether clients may live on loopback.
    pub development: bool,
    /// The site's client id.
    pub configured: &'a str,
}

impl<'a> Registrar<'a> {
    /// An admin who calls this server.
    #[must_use]
    pub fn by(state: &'a AppState, caller: &'a Caller, admin: Uuid, reach: Reach) -> Self {
        let config = &state.config;
        Self {
            pool: &state.pool,
            caller,
            actor: Some(admin),
            reach,
            development: config.common.mode == Mode::Development,
            configured: &config.web_client_id,
        }
    }
}

impl Registrar<'_> {
    /// Registers a client; gives it with its secret, which nobody can tell again.
    ///
    /// # Errors
    /// [`ClientError::Rejected`]; our own failure.
    pub async fn create(&self, metadata: &ClientMetadata) -> Result<(Client, Option<String>), ClientError> {
        self.check_reach(metadata)?;
        let mut client = self.blank()?;
        if metadata.application_type.as_deref() == Some("native") {
            // RFC 8252 section 8.4: what is on everybody's device is no secret.
            client.auth_method = AuthMethod::None;
        }
        metadata.apply(&mut client)?;
        if client.name.is_empty() {
            client.name = host_of(&client);
        }
        metadata::check(&client, self.development)?;
        let secret = match client.auth_method {
            AuthMethod::None => None,
            AuthMethod::Basic | AuthMethod::Post => Some(token::random()?),
        };
        client.secret_hash = secret.as_deref().map(token::hash);
        let mut transaction = self.pool.begin().await?;
        store::insert(&mut transaction, &client).await?;
        let details =
            json!({"name": client.name, "scopes": client.scopes.names(), "redirect_uris": client.redirect_uris});
        self.record(&mut transaction, EventType::ClientCreated, &client, &details).await?;
        transaction.commit().await?;
        Ok((client, secret))
    }

    /// Changes a registration. Switching it off, or taking scopes away, ends the grants that hold more than is left.
    ///
    /// # Errors
    /// Those of [`ClientError`].
    pub async fn update(&self, client_id: &str, metadata: &ClientMetadata) -> Result<Client, ClientError> {
        self.check_reach(metadata)?;
        let mut transaction = self.pool.begin().await?;
        let before = self.reachable(&mut transaction, client_id).await?;
        let mut after = before.clone();
        metadata.apply(&mut after)?;
        if (after.auth_method == AuthMethod::None) != before.is_public() {
            return Err(Rejection {
                code: oauth::ErrorCode::InvalidClientMetadata,
                description: "a public client cannot become confidential, nor the reverse: register another".to_owned(),
            }
            .into());
        }
        let changed = changes(&before, &after);
        if changed.is_empty() {
            return Ok(before);
        }
        // Switching off must work, whatever the rules say by now about the rest.
        if changed != ["disabled"] {
            metadata::check(&after, self.development)?;
        }
        let (off, narrower) = (after.disabled && !before.disabled, !before.scopes.is_within(&after.scopes));
        if off || narrower {
            store::make_stale(&mut *transaction, client_id).await?;
        }
        store::lock(&mut *transaction, client_id).await?;
        store::update(&mut transaction, &after).await?;
        if off || narrower {
            let left = (!off).then(|| after.scopes.names());
            let why = if off { "client-disabled" } else { "client-scopes" };
            store::end_grants(&mut transaction, client_id, left, why).await?;
        }
        self.record(&mut transaction, EventType::ClientUpdated, &after, &json!({"changed": changed})).await?;
        transaction.commit().await?;
        Ok(after)
    }

    /// Gives a confidential client another secret. The old one ends at once: there is no grace.
    ///
    /// # Errors
    /// Those of [`ClientError`].
    pub async fn rotate_secret(&self, client_id: &str) -> Result<(Client, String), ClientError> {
        let mut transaction = self.pool.begin().await?;
        let mut client = self.reachable(&mut transaction, client_id).await?;
        if client.is_public() {
            return Err(ClientError::NoSecret);
        }
        let secret = token::random()?;
        let hash = token::hash(&secret);
        store::set_secret(&mut *transaction, client_id, &hash).await?;
        client.secret_hash = Some(hash);
        self.record(&mut transaction, EventType::ClientSecretRotated, &client, &Value::Null).await?;
        transaction.commit().await?;
        Ok((client, secret))
    }

    /// Removes a client and everything it was given.
    ///
    /// # Errors
    /// Those of [`ClientError`].
    pub async fn delete(&self, client_id: &str) -> Result<(), ClientError> {
        let mut transaction = self.pool.begin().await?;
        let client = self.reachable(&mut transaction, client_id).await?;
        store::make_stale(&mut *transaction, client_id).await?;
        store::delete(&mut *transaction, client_id).await?;
        self.record(&mut transaction, EventType::ClientDeleted, &client, &json!({"name": client.name})).await?;
        transaction.commit().await?;
        Ok(())
    }

    fn check_reach(&self, metadata: &ClientMetadata) -> Result<(), Rejection> {
        if self.reach == Reach::All || !metadata.needs_admin_api() {
            return Ok(());
        }
        Err(Rejection {
            code: oauth::ErrorCode::InvalidClientMetadata,
            description: "skip_consent, require_pkce and the scope admin are set through the admin API alone"
                .to_owned(),
        })
    }

    /// The client, with nobody else changing it until the transaction ends.
    async fn reachable(&self, connection: &mut PgConnection, client_id: &str) -> Result<Client, ClientError> {
        store::take_turns(&mut *connection, client_id).await?;
        let client = store::find_any(connection, client_id).await?.ok_or(ClientError::NotFound)?;
        match self.reach {
            Reach::Own(owner) if client.owner != Some(owner) => Err(ClientError::NotFound),
            _ if client.client_id == self.configured => Err(ClientError::Configured),
            _ => Ok(client),
        }
    }

    fn blank(&self) -> Result<Client, Failure> {
        Ok(Client {
            client_id: token::random_alphanumeric()?,
            name: String::new(),
            secret_hash: None,
            auth_method: AuthMethod::Basic,
            application_type: ApplicationType::Web,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            scopes: ScopeSet::of(DEFAULT_SCOPES),
            skip_consent: false,
            require_pkce: true,
            client_uri: None,
            logo_uri: None,
            tos_uri: None,
            policy_uri: None,
            contacts: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            disabled: false,
            owner: self.actor,
            created_at: Utc::now(),
        })
    }

    async fn record(
        &self,
        connection: &mut PgConnection,
        kind: EventType,
        client: &Client,
        details: &Value,
    ) -> Result<(), sqlx::Error> {
        let event = Event::new(kind).client(&client.client_id);
        let event = match self.actor {
            Some(admin) => event.by(admin),
            None => event.because(OPERATOR),
        };
        let event = if details.is_null() { event } else { event.details(details) };
        events::record(connection, self.caller, event).await
    }
}

/// The name of a client that gave none: people shall see at least where it lives.
fn host_of(client: &Client) -> String {
    let first = client.redirect_uris.first().and_then(|uri| Url::parse(uri).ok());
    first.map_or_else(String::new, |uri| uri.host_str().unwrap_or(uri.scheme()).to_owned())
}

fn changes(before: &Client, after: &Client) -> Vec<&'static str> {
    [
        ("client_name", before.name != after.name),
        ("token_endpoint_auth_method", before.auth_method != after.auth_method),
        ("application_type", before.application_type != after.application_type),
        ("redirect_uris", before.redirect_uris != after.redirect_uris),
        ("post_logout_redirect_uris", before.post_logout_redirect_uris != after.post_logout_redirect_uris),
        ("scope", before.scopes != after.scopes),
        ("skip_consent", before.skip_consent != after.skip_consent),
        ("require_pkce", before.require_pkce != after.require_pkce),
        ("client_uri", before.client_uri != after.client_uri),
        ("logo_uri", before.logo_uri != after.logo_uri),
        ("tos_uri", before.tos_uri != after.tos_uri),
        ("policy_uri", before.policy_uri != after.policy_uri),
        ("contacts", before.contacts != after.contacts),
        ("backchannel_logout_uri", before.backchannel_logout_uri != after.backchannel_logout_uri),
        (
            "backchannel_logout_session_required",
            before.backchannel_logout_session_required != after.backchannel_logout_session_required,
        ),
        ("disabled", before.disabled != after.disabled),
    ]
    .into_iter()
    .filter_map(|(name, changed)| changed.then_some(name))
    .collect()
}
