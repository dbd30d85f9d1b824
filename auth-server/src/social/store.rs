//! Linked accounts in the database. The providers' tokens are sealed, each for its row and column.

use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::{Identity, Provider, Tokens};
use crate::{
    error::Failure,
    keys::seal::{Purpose, SealError, Sealer},
    user,
};

/// A linked account's row.
#[derive(Clone, Debug)]
pub struct Account {
    /// The row's id, by which clients name it.
    pub id: Uuid,
    /// `credential`, `google`, `github`.
    pub provider_id: String,
    /// The provider's id for the person.
    pub account_id: String,
}

/// Who an identity is linked to.
#[derive(Clone, Copy, Debug)]
pub struct Linked {
    /// The account's row.
    pub id: Uuid,
    /// The person.
    pub user_id: Uuid,
}

/// The link of an identity, if it has one.
///
/// # Errors
/// When the database is away.
pub async fn find(
    executor: impl PgExecutor<'_>,
    provider: Provider,
    account_id: &str,
) -> Result<Option<Linked>, sqlx::Error> {
    sqlx::query_as!(
        Linked,
        "select id, user_id from auth.account where provider_id = $1 and account_id = $2",
        provider.id(),
        account_id
    )
    .fetch_optional(executor)
    .await
}

/// Links an identity to a person. False when it is linked already, to whomever.
///
/// # Errors
/// When the database is away.
pub async fn insert(
    connection: &mut PgConnection,
    sealer: &Sealer,
    user: Uuid,
    identity: &Identity,
) -> Result<bool, Failure> {
    let id = Uuid::now_v7();
    let sealed = Sealed::new(sealer, id, &identity.tokens)?;
    let inserted = sqlx::query!(
        "insert into auth.account (id, user_id, provider_id, account_id, access_token, refresh_token, id_token,
                                   access_token_expires_at, scope)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (provider_id, account_id) do nothing",
        id,
        user,
        identity.provider.id(),
        identity.account_id,
        sealed.access,
        sealed.refresh,
        sealed.id,
        identity.tokens.access_expires_at,
        identity.tokens.scopes.join(",")
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Keeps the newest tokens of a linked account; what did not come anew stays. False when it is no longer linked.
///
/// # Errors
/// When the database is away.
pub async fn keep_tokens(
    executor: impl PgExecutor<'_>,
    sealer: &Sealer,
    linked: Linked,
    tokens: &Tokens,
) -> Result<bool, Failure> {
    let sealed = Sealed::new(sealer, linked.id, tokens)?;
    let updated = sqlx::query!(
        "update auth.account set access_token = coalesce($3, access_token),
             refresh_token = coalesce($4, refresh_token), id_token = coalesce($5, id_token),
             access_token_expires_at = case when $3::bytea is null then access_token_expires_at else $6 end,
             scope = $7, updated_at = now()
         where id = $1 and user_id = $2",
        linked.id,
        linked.user_id,
        sealed.access,
        sealed.refresh,
        sealed.id,
        tokens.access_expires_at,
        tokens.scopes.join(",")
    )
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// A linked account with its tokens, opened. `None` when the person has no such row, or it is their password.
///
/// # Errors
/// When the database is away.
pub async fn tokens(
    executor: impl PgExecutor<'_>,
    sealer: &Sealer,
    user: Uuid,
    id: Uuid,
) -> Result<Option<(Account, Tokens)>, Failure> {
    let row = sqlx::query!(
        "select provider_id, account_id, access_token, refresh_token, id_token, access_token_expires_at,
                scope
         from auth.account where id = $1 and user_id = $2",
        id,
        user
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let scopes = row.scope.unwrap_or_default();
    let tokens = Tokens {
        access: open(sealer, id, ACCESS, row.access_token)?,
        refresh: open(sealer, id, REFRESH, row.refresh_token)?,
        id: open(sealer, id, ID, row.id_token)?,
        access_expires_at: row.access_token_expires_at,
        scopes: scopes.split(',').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
    };
    let account = Account { id, provider_id: row.provider_id, account_id: row.account_id };
    Ok(Some((account, tokens)))
}

/// Takes all of a person's ways in away: whoever set them up did not own the address.
///
/// # Errors
/// When the database is away.
pub async fn remove_all(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!("delete from auth.account where user_id = $1 returning provider_id", user)
        .fetch_all(executor)
        .await
}

/// Unlinks the providers of a person whose address nobody has proved yet, for whoever now proves it by another way:
/// the one who linked them need not be the one who owns the address. Locks the person's row; gives
/// what was unlinked.
///
/// # Errors
/// When the database is away.
pub async fn forget_unproved(connection: &mut PgConnection, user: Uuid) -> Result<Vec<String>, sqlx::Error> {
    user::lock(&mut *connection, user).await?;
    sqlx::query_scalar!(
        r#"delete from auth.account where user_id = $1 and provider_id <> 'credential'
           and exists (select from auth."user" where id = $1 and not email_verified) returning provider_id"#,
        user
    )
    .fetch_all(connection)
    .await
}

const ACCESS: &str = "access_token";
const REFRESH: &str = "refresh_token";
const ID: &str = "id_token";

/// Tokens as the columns hold them.
pub struct Sealed {
    /// The access token.
    pub access: Option<Vec<u8>>,
    /// The refresh token.
    pub refresh: Option<Vec<u8>>,
    /// The ID token.
    pub id: Option<Vec<u8>>,
}

impl Sealed {
    /// Seals what there is, for the account's row.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(sealer: &Sealer, row: Uuid, tokens: &Tokens) -> Result<Self, SealError> {
        let seal = |column: &str, token: &Option<String>| {
            let token = token.as_deref();
            token.map(|token| sealer.seal(Purpose::ProviderToken, &context(row, column), token.as_bytes())).transpose()
        };
        Ok(Self {
            access: seal(ACCESS, &tokens.access)?,
            refresh: seal(REFRESH, &tokens.refresh)?,
            id: seal(ID, &tokens.id)?,
        })
    }
}

/// Seals the providers' tokens under the present secret; gives how many, and how many do not open.
///
/// # Errors
/// When the database is away.
pub async fn reseal(pool: &PgPool, sealer: &Sealer) -> Result<(u64, u64), sqlx::Error> {
    let rows = sqlx::query!(
        "select id, access_token, refresh_token, id_token from auth.account
         where access_token is not null or refresh_token is not null or id_token is not null"
    );
    let (mut renewed, mut unreadable) = (0, 0);
    for row in rows.fetch_all(pool).await? {
        let columns = [(ACCESS, &row.access_token), (REFRESH, &row.refresh_token), (ID, &row.id_token)];
        let anew = columns.map(|(column, sealed)| {
            let sealed = sealed.as_deref()?;
            Some(sealer.renew(Purpose::ProviderToken, &context(row.id, column), sealed))
        });
        unreadable += anew.iter().flatten().filter(|outcome| outcome.is_err()).count() as u64;
        let [access, refresh, id] = anew.map(|outcome| outcome?.ok().flatten());
        if access.is_none() && refresh.is_none() && id.is_none() {
            continue;
        }
        // Only what nobody changed meanwhile: a change is sealed under the present secret anyway.
        let done = sqlx::query!(
            "update auth.account set access_token = coalesce($2, access_token),
                 refresh_token = coalesce($3, refresh_token), id_token = coalesce($4, id_token)
             where id = $1 and access_token is not distinct from $5 and refresh_token is not distinct from $6
               and id_token is not distinct from $7",
            row.id,
            access,
            refresh,
            id,
            row.access_token,
            row.refresh_token,
            row.id_token
        );
        renewed += done.execute(pool).await?.rows_affected();
    }
    Ok((renewed, unreadable))
}

fn open(sealer: &Sealer, row: Uuid, column: &str, sealed: Option<Vec<u8>>) -> Result<Option<String>, SealError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let token = sealer.open(Purpose::ProviderToken, &context(row, column), &sealed)?;
    String::from_utf8(token).map(Some).map_err(|_| SealError)
}

fn context(row: Uuid, column: &str) -> Vec<u8> {
    [row.as_bytes(), column.as_bytes()].concat()
}
