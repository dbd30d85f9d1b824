//! Moving everything that is sealed from a previous AUTH_SECRET to the present one.
//!
//! Row by row, each in one statement that changes it only if nobody else did: it may run while the servers do, stop
//! anywhere, and run again.

use sqlx::PgPool;

use super::{
    seal::{Purpose, SealError, Sealer},
    store::CHANNEL,
};
use crate::social;

/// Why resealing stopped.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A value that must not be lost does not open.
    #[error("signing key {0}: {1}")]
    SigningKey(uuid::Uuid, SealError),
}

/// How many values were sealed anew, and how many do not open under any secret that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed under the present secret now.
    pub renewed: u64,
    /// Left as they are: nobody can read them.
    pub unreadable: u64,
}

impl Resealed {
    fn count(&mut self, outcome: Result<u64, SealError>) {
        match outcome {
            Ok(rows) => self.renewed += rows,
            Err(_) => self.unreadable += 1,
        }
    }
}

/// Seals signing keys, waiting mails, the successors of refresh tokens and identity providers' tokens under the present
/// secret. Social sign-ins under way and links to claim an account are too short-lived to need it.
///
/// # Errors
/// When the database is away, or a signing key opens under none of the secrets.
pub async fn reseal(pool: &PgPool, sealer: &Sealer) -> Result<Resealed, ResealError> {
    let mut result = Resealed::default();
    signing_keys(pool, sealer, &mut result).await?;
    mails(pool, sealer, &mut result).await?;
    successors(pool, sealer, &mut result).await?;
    let (renewed, unreadable) = social::store::reseal(pool, sealer).await?;
    result = Resealed { renewed: result.renewed + renewed, unreadable: result.unreadable + unreadable };
    sqlx::query!("select pg_notify($1, '')", CHANNEL).execute(pool).await?;
    Ok(result)
}

async fn signing_keys(pool: &PgPool, sealer: &Sealer, result: &mut Resealed) -> Result<(), ResealError> {
    let rows =
        sqlx::query!(r#"select id, private_sealed as "sealed!" from auth.jwks where private_sealed is not null"#)
            .fetch_all(pool)
            .await?;
    for row in rows {
        let renewed = sealer
            .renew(Purpose::SigningKey, row.id.as_bytes(), &row.sealed)
            .map_err(|error| ResealError::SigningKey(row.id, error))?;
        let Some(renewed) = renewed else { continue };
        let done = sqlx::query!(
            "update auth.jwks set private_sealed = $2 where id = $1 and private_sealed = $3",
            row.id,
            renewed,
            row.sealed
        );
        result.renewed += done.execute(pool).await?.rows_affected();
    }
    Ok(())
}

async fn mails(pool: &PgPool, sealer: &Sealer, result: &mut Resealed) -> Result<(), ResealError> {
    let rows = sqlx::query!(r#"select id, content as "sealed!" from auth.mail_outbox where content is not null"#)
        .fetch_all(pool)
        .await?;
    for row in rows {
        match sealer.renew(Purpose::Mail, row.id.as_bytes(), &row.sealed) {
            Ok(None) => {}
            Ok(Some(renewed)) => {
                let done = sqlx::query!(
                    "update auth.mail_outbox set content = $2 where id = $1 and content = $3",
                    row.id,
                    renewed,
                    row.sealed
                );
                result.count(Ok(done.execute(pool).await?.rows_affected()));
            }
            Err(error) => result.count(Err(error)),
        }
    }
    Ok(())
}

/// Only those that a retry may still ask for; the others are never opened again.
async fn successors(pool: &PgPool, sealer: &Sealer, result: &mut Resealed) -> Result<(), ResealError> {
    let rows = sqlx::query!(
        r#"select token_hash, successor_sealed as "sealed!" from auth.oauth_refresh_token
           where successor_sealed is not null and rotated_at > now() - interval '5 minutes'"#
    )
    .fetch_all(pool)
    .await?;
    for row in rows {
        match sealer.renew(Purpose::RefreshSuccessor, &row.token_hash, &row.sealed) {
            Ok(None) => {}
            Ok(Some(renewed)) => {
                let done = sqlx::query!(
                    "update auth.oauth_refresh_token set successor_sealed = $2
                     where token_hash = $1 and successor_sealed = $3",
                    row.token_hash,
                    renewed,
                    row.sealed
                );
                result.count(Ok(done.execute(pool).await?.rows_affected()));
            }
            Err(error) => result.count(Err(error)),
        }
    }
    Ok(())
}
