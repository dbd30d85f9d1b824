//! Clients in the database.

use chrono::{DateTime, Utc};
use oauth::{ApplicationType, ScopeSet};
use serde_json::json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::{AuthMethod, Client};
use crate::{
    Config,
    events::{self, Event, EventType},
    request::Caller,
    token,
};

struct Row {
    client_id: String,
    name: String,
    secret_hash: Option<Vec<u8>>,
    token_endpoint_auth_method: String,
    application_type: String,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    scopes: Vec<String>,
    skip_consent: bool,
    require_pkce: bool,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    tos_uri: Option<String>,
    policy_uri: Option<String>,
    contacts: Vec<String>,
    backchannel_logout_uri: Option<String>,
    backchannel_logout_session_required: bool,
    disabled: bool,
    owner_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl From<Row> for Client {
    fn from(row: Row) -> Self {
        Self {
            client_id: row.client_id,
            name: row.name,
            // The column's check allows the three names alone.
            auth_method: AuthMethod::parse(&row.token_endpoint_auth_method).unwrap_or(AuthMethod::Basic),
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
            client_uri: row.client_uri,
            logo_uri: row.logo_uri,
            tos_uri: row.tos_uri,
            policy_uri: row.policy_uri,
            contacts: row.contacts,
            backchannel_logout_uri: row.backchannel_logout_uri,
            backchannel_logout_session_required: row.backchannel_logout_session_required,
            disabled: row.disabled,
            owner: row.owner_id,
            created_at: row.created_at,
        }
    }
}

/// The client of this id, unless it is disabled.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, client_id: &str) -> Result<Option<Client>, sqlx::Error> {
    Ok(find_any(executor, client_id).await?.filter(|client| !client.disabled))
}

/// The client of this id, disabled or not.
///
/// # Errors
/// When the database is away.
pub async fn find_any(executor: impl PgExecutor<'_>, client_id: &str) -> Result<Option<Client>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select client_id, name, secret_hash, token_endpoint_auth_method, application_type, redirect_uris,
                post_logout_redirect_uris, scopes, skip_consent, require_pkce, client_uri, logo_uri, tos_uri,
                policy_uri, contacts, backchannel_logout_uri, backchannel_logout_session_required, disabled,
                owner_id, created_at
         from auth.oauth_application where client_id = $1",
        client_id
    );
    Ok(row.fetch_optional(executor).await?.map(Client::from))
}

/// At most this many clients are listed.
const LISTED: i64 = 1000;

/// Clients, newest first: those of `owner`, or all.
///
/// # Errors
/// When the database is away.
pub async fn list(executor: impl PgExecutor<'_>, owner: Option<Uuid>) -> Result<Vec<Client>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select client_id, name, secret_hash, token_endpoint_auth_method, application_type, redirect_uris,
                post_logout_redirect_uris, scopes, skip_consent, require_pkce, client_uri, logo_uri, tos_uri,
                policy_uri, contacts, backchannel_logout_uri, backchannel_logout_session_required, disabled,
                owner_id, created_at
         from auth.oauth_application where $1::uuid is null or owner_id = $1
         order by created_at desc, client_id limit $2",
        owner,
        LISTED
    );
    Ok(rows.fetch_all(executor).await?.into_iter().map(Client::from).collect())
}

/// Waits until no other transaction changes this client's registration. Not the row's lock: people's rows are locked
/// before that.
///
/// # Errors
/// When the database is away.
pub async fn take_turns(executor: impl PgExecutor<'_>, client_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('oauth client ' || $1, 0))", client_id)
        .execute(executor)
        .await?;
    Ok(())
}

/// Locks a client's row against changes, and against codes and grants being made for it meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn lock(executor: impl PgExecutor<'_>, client_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("select client_id from auth.oauth_application where client_id = $1 for update", client_id)
        .fetch_optional(executor)
        .await?;
    Ok(())
}

/// Writes a new client; the id must be new.
///
/// # Errors
/// When the database is away.
pub async fn insert(connection: &mut PgConnection, client: &Client) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.oauth_application (client_id, name, redirect_uris, scopes, secret_hash, owner_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        client.client_id,
        client.name,
        &client.redirect_uris,
        client.scopes.names(),
        client.secret_hash,
        client.owner,
        client.created_at
    )
    .execute(&mut *connection)
    .await?;
    update(connection, client).await
}

/// Writes what may change of a client, apart from its secret.
///
/// # Errors
/// When the database is away.
pub async fn update(connection: &mut PgConnection, client: &Client) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.oauth_application set
             name = $2, token_endpoint_auth_method = $3, application_type = $4, redirect_uris = $5,
             post_logout_redirect_uris = $6, scopes = $7, skip_consent = $8, require_pkce = $9, client_uri = $10,
             logo_uri = $11, tos_uri = $12, policy_uri = $13, contacts = $14, backchannel_logout_uri = $15,
             backchannel_logout_session_required = $16, disabled = $17, updated_at = now()
         where client_id = $1",
        client.client_id,
        client.name,
        client.auth_method.as_str(),
        client.application_type.as_str(),
        &client.redirect_uris,
        &client.post_logout_redirect_uris,
        client.scopes.names(),
        client.skip_consent,
        client.require_pkce,
        client.client_uri,
        client.logo_uri,
        client.tos_uri,
        client.policy_uri,
        &client.contacts,
        client.backchannel_logout_uri,
        client.backchannel_logout_session_required,
        client.disabled
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces a client's secret.
///
/// # Errors
/// When the database is away.
pub async fn set_secret(executor: impl PgExecutor<'_>, client_id: &str, hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.oauth_application set secret_hash = $2, updated_at = now() where client_id = $1",
        client_id,
        hash
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Deletes a client with its codes, grants, refresh tokens and consents.
///
/// # Errors
/// When the database is away.
pub async fn delete(executor: impl PgExecutor<'_>, client_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from auth.oauth_application where client_id = $1", client_id).execute(executor).await?;
    Ok(())
}

/// Makes stale the access tokens of everybody who has a live grant for the client. The tokens of one client cannot be
/// told from a person's others, so all of that person's are renewed. To be called before any row of the client is
/// locked: people come first.
///
/// # Errors
/// When the database is away.
pub async fn make_stale(executor: impl PgExecutor<'_>, client_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"with people as (
               select id from auth."user" where id in (
                   select user_id from auth.oauth_grant
                   where client_id = $1 and revoked_at is null and expires_at > now())
               order by id for no key update)
           update auth."user" as person set token_epoch = token_epoch + 1, updated_at = now()
           from people where person.id = people.id"#,
        client_id
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Ends the codes and grants of a client that hold more than `scopes`; all of them without `scopes`.
///
/// # Errors
/// When the database is away.
pub async fn end_grants(
    connection: &mut PgConnection,
    client_id: &str,
    scopes: Option<&[String]>,
    why: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.oauth_code set used_at = now()
         where client_id = $1 and used_at is null and ($2::text[] is null or not scopes <@ $2)",
        client_id,
        scopes
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update auth.oauth_grant set revoked_at = now(), revoked_for = $3
         where client_id = $1 and revoked_at is null and ($2::text[] is null or not scopes <@ $2)",
        client_id,
        scopes,
        why
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Registers the site as a client, or brings its registration up to date with the configuration.
///
/// # Errors
/// When the database is away.
pub async fn ensure_web_client(pool: &PgPool, config: &Config) -> Result<(), sqlx::Error> {
    let web = service::config::origin(&config.common.web_url);
    let mut transaction = pool.begin().await?;
    let new = sqlx::query_scalar!(
        "insert into auth.oauth_application as a
             (client_id, name, secret_hash, redirect_uris, post_logout_redirect_uris, scopes, skip_consent,
              backchannel_logout_uri, backchannel_logout_session_required)
         values ($1, 'IntelliStack', $2, $3, $4, $5, true, $6, true)
         on conflict (client_id) do update set
             name = excluded.name, secret_hash = excluded.secret_hash, redirect_uris = excluded.redirect_uris,
             post_logout_redirect_uris = excluded.post_logout_redirect_uris, scopes = excluded.scopes,
             skip_consent = true, disabled = false, backchannel_logout_uri = excluded.backchannel_logout_uri,
             backchannel_logout_session_required = true, updated_at = now()
         where (a.name, a.secret_hash, a.redirect_uris, a.post_logout_redirect_uris, a.scopes, a.skip_consent, a.disabled,
                a.backchannel_logout_uri, a.backchannel_logout_session_required)
               is distinct from (excluded.name, excluded.secret_hash, excluded.redirect_uris,
                                 excluded.post_logout_redirect_uris, excluded.scopes, true, false,
                                 excluded.backchannel_logout_uri, true)
         returning xmax = 0 as \"new!\"",
        config.web_client_id,
        token::hash(config.web_client_secret.expose()),
        &[format!("{web}/auth/callback")],
        &[format!("{web}/"), format!("{web}/?signed-out=browser")],
        &oauth::scope::SUPPORTED.map(str::to_owned),
        format!("{web}/auth/backchannel-logout")
    )
    .fetch_optional(&mut *transaction)
    .await?;
    // Every start writes the same; only what is new is news.
    if let Some(new) = new {
        let kind = if new { EventType::ClientCreated } else { EventType::ClientUpdated };
        let details = json!({"how": "configuration"});
        let event = Event::new(kind).client(&config.web_client_id).details(&details);
        events::record(&mut *transaction, &Caller::inside("start"), event).await?;
    }
    transaction.commit().await
}
