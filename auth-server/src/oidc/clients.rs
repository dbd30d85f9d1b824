//! Registered clients.

use oauth::{ApplicationType, ScopeSet, redirect};
use sqlx::{PgExecutor, PgPool};
use url::Url;

use crate::{Config, token};

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The id.
    pub client_id: String,
    /// The name that people see.
    pub name: String,
    /// The digest of the secret; a public client has none.
    pub secret_hash: Option<Vec<u8>>,
    /// Web or native.
    pub application_type: ApplicationType,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after a sign-out that the client asked for.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: ScopeSet,
    /// Ours: nobody is asked for consent.
    pub skip_consent: bool,
    /// Whether its authorization requests must carry a PKCE challenge.
    pub require_pkce: bool,
}

impl Client {
    /// Whether it has no secret.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.secret_hash.is_none()
    }

    /// `requested` parsed, if it is one of the client's redirect URIs.
    #[must_use]
    pub fn redirect_uri(&self, requested: &str) -> Option<Url> {
        let known = self.redirect_uris.iter().any(|uri| redirect::matches(uri, requested, self.application_type));
        known.then(|| Url::parse(requested).ok()).flatten()
    }
}

/// The client of this id, unless it is disabled.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, client_id: &str) -> Result<Option<Client>, sqlx::Error> {
    let row = sqlx::query!(
        "select client_id, name, secret_hash, application_type, redirect_uris, post_logout_redirect_uris, scopes,
                skip_consent, require_pkce
         from auth.oauth_application where client_id = $1 and not disabled",
        client_id
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Client {
        client_id: row.client_id,
        name: row.name,
        secret_hash: row.secret_hash,
        application_type: match row.application_type.as_str() {
            "native" => ApplicationType::Native,
            _ => ApplicationType::Web,
        },
        redirect_uris: row.redirect_uris,
        post_logout_redirect_uris: row.post_logout_redirect_uris,
        scopes: ScopeSet::of(row.scopes),
        skip_consent: row.skip_consent,
        require_pkce: row.require_pkce,
    }))
}

/// Registers the site as a client, or brings its registration up to date with the configuration.
///
/// # Errors
/// When the database is away.
pub async fn ensure_web_client(pool: &PgPool, config: &Config) -> Result<(), sqlx::Error> {
    let web = service::config::origin(&config.common.web_url);
    sqlx::query!(
        "insert into auth.oauth_application
             (client_id, name, secret_hash, redirect_uris, post_logout_redirect_uris, scopes, skip_consent)
         values ($1, 'IntelliStack', $2, $3, $4, $5, true)
         on conflict (client_id) do update set
             name = excluded.name, secret_hash = excluded.secret_hash, redirect_uris = excluded.redirect_uris,
             post_logout_redirect_uris = excluded.post_logout_redirect_uris, scopes = excluded.scopes,
             skip_consent = true, disabled = false, updated_at = now()",
        config.web_client_id,
        token::hash(config.web_client_secret.expose()),
        &[format!("{web}/auth/callback")],
        &[format!("{web}/")],
        &oauth::scope::SUPPORTED.map(str::to_owned)
    )
    .execute(pool)
    .await?;
    Ok(())
}
