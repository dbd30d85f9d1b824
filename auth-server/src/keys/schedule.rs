//! What happens to signing keys by itself: rotation when they grow old, erasing what signs no more.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{
    rotate::{self, By},
    seal::Sealer,
    store::KeyStoreError,
};
use crate::request::Caller;

/// How often every replica looks; under the keys' lock one of them acts.
const PERIOD: Duration = Duration::from_secs(600);

/// Keeps the keys young until `stop`; `age` is how old the one that signs may grow, `None` for ever.
pub async fn run(pool: PgPool, sealer: Arc<Sealer>, age: Option<TimeDelta>, stop: CancellationToken) {
    loop {
        if let Err(error) = tend(&pool, &sealer, age).await {
            tracing::warn!(%error, "cannot look after the signing keys");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Once.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn tend(pool: &PgPool, sealer: &Sealer, age: Option<TimeDelta>) -> Result<(), KeyStoreError> {
    let caller = Caller::inside("schedule");
    let by = By { caller: &caller, actor: None };
    if let Some(age) = age {
        rotate::rotate_if_due(pool, sealer, age, by).await?;
    }
    rotate::erase(pool, by).await?;
    Ok(())
}
