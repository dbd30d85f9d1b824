//! What a process says of its turns, and what it is told about them: they live, somebody listens, they shall stop.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    engine::Engine,
    hub::{Hub, Why},
};

/// How often running turns say that they live, and that somebody listens.
pub(super) const HEARTBEAT: Duration = Duration::from_millis(700);
/// How often it is looked whether a turn shall stop. Asked for anywhere, it ends the model's answer within a second.
const HEED: Duration = Duration::from_millis(200);

/// Says that turns live, and ends those that nobody has listened to for `unheard`.
pub(super) async fn beat(pool: PgPool, engine: Engine, unheard: Duration, stop: CancellationToken) {
    loop {
        sleep(HEARTBEAT).await;
        let hubs = engine.hubs();
        if hubs.is_empty() {
            if stop.is_cancelled() {
                return;
            }
            continue;
        }
        let running: Vec<Uuid> = hubs.iter().map(|hub| hub.turn).collect();
        let heard: Vec<Uuid> = hubs.iter().filter(|hub| hub.is_heard()).map(|hub| hub.turn).collect();
        match tell(&pool, &running, &heard).await {
            Ok(told) => hubs.iter().for_each(|hub| mind(hub, &told, unheard)),
            Err(error) => tracing::warn!(%error, "running turns could not say that they live"),
        }
    }
}

/// A turn as the database has it.
struct Told {
    id: Uuid,
    /// Seconds since somebody listened at another process.
    unheard_elsewhere: Option<f64>,
}

async fn tell(pool: &PgPool, running: &[Uuid], heard: &[Uuid]) -> Result<Vec<Told>, sqlx::Error> {
    sqlx::query_as!(
        Told,
        r#"update tutor.turn
           set heartbeat_at = now(), heard_at = case when id = any($2) then now() else heard_at end
           where id = any(array(
               -- One that is locked just ends, or is told to: waiting for it, with others locked, could lock both out.
               -- One that has just begun has said so: most end before there is more to say.
               select id from tutor.turn
               where id = any($1) and finished_at is null and started_at < now() - interval '0.4 seconds'
               for no key update skip locked
           ))
           returning id, extract(epoch from now() - heard_elsewhere_at)::float8 as unheard_elsewhere"#,
        running,
        heard
    )
    .fetch_all(pool)
    .await
}

fn mind(hub: &Hub, told: &[Told], unheard: Duration) {
    let Some(told) = told.iter().find(|told| told.id == hub.turn) else { return };
    let elsewhere = told.unheard_elsewhere.is_some_and(|seconds| seconds < unheard.as_secs_f64());
    if hub.unheard_for() >= unheard && !elsewhere {
        hub.stop(Why::Unheard);
    }
}

/// Stops turns for which that was asked at another process.
pub(super) async fn heed(pool: PgPool, engine: Engine, stop: CancellationToken) {
    loop {
        sleep(HEED).await;
        if engine.running().is_empty() {
            if stop.is_cancelled() {
                return;
            }
            continue;
        }
        match unwanted(&pool, engine.instance()).await {
            Ok(unwanted) => unwanted.into_iter().for_each(|(turn, why)| {
                engine.hub(turn).inspect(|hub| hub.stop(why));
            }),
            Err(error) => tracing::warn!(%error, "whether turns shall stop could not be read"),
        }
    }
}

async fn unwanted(pool: &PgPool, instance: Uuid) -> Result<Vec<(Uuid, Why)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, stop = 'asked' as "asked!" from tutor.turn
           where instance = $1 and stop is not null and status = 'running'"#,
        instance
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, if row.asked { Why::Asked } else { Why::Unheard })).collect())
}
