//! Work that one process at a time does.

use sqlx::{PgPool, PgTransaction};

/// Held while the work is done. Whoever has it is the only one; when its process dies, Postgres frees it.
///
/// A lock of a transaction and not of a session, so that it also holds behind a transaction pooler.
#[derive(Debug)]
pub struct Alone(PgTransaction<'static>);

impl Alone {
    /// Takes it, or `None` when another has it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take(pool: &PgPool, name: &str) -> Result<Option<Self>, sqlx::Error> {
        let mut tx = pool.begin().await?;
        let taken =
            sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "taken!""#, name)
                .fetch_one(&mut *tx)
                .await?;
        Ok(taken.then_some(Self(tx)))
    }

    /// Lets the next one. Dropping does as well, a moment later.
    pub async fn release(self) {
        if let Err(error) = self.0.rollback().await {
            tracing::debug!(%error, "a lock went with its connection");
        }
    }
}
