//! The task that tells clients of ended sessions. Any number of replicas may run it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    logout_token,
    places::{PER_CLIENT, Place, Places},
};
use crate::{error::Failure, state::AppState};

/// How often it looks for ended sessions. It is not woken: sessions end in many places, also in other replicas and in
/// the operator's binary, and a second is soon enough.
const POLL: Duration = Duration::from_secs(1);
/// How long a client may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A client that could not be told in this many attempts (17 minutes) is given up: its own session will run out.
const MAX_ATTEMPTS: i32 = 10;

/// Something to be told.
struct Due {
    id: Uuid,
    client_id: String,
    user_id: Uuid,
    session_id: Uuid,
    attempts: i32,
    uri: Option<String>,
}

/// Why a client was not told.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    /// It could not be reached, or not in time.
    #[error("the client cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// It did not accept the token (section 2.8).
    #[error("the client answered {0}")]
    Refused(u16),
    /// We failed.
    #[error(transparent)]
    Ours(#[from] Failure),
}

/// Delivers until `stop`. What is under way then is told again by whoever looks next: a client may hear twice.
pub async fn run(state: AppState, stop: CancellationToken) {
    let places = Places::default();
    loop {
        match deliver_due(&state, &places).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(%error, "cannot read which clients to tell of ended sessions"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            // More may have been waiting for it than there were places.
            () = places.freed() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Starts as many deliveries as there are free places; gives their number.
async fn deliver_due(state: &AppState, places: &Places) -> Result<usize, sqlx::Error> {
    let due = claim(state, places).await?;
    let count = due.len();
    for logout in due {
        let place = places.take(&logout.client_id);
        tokio::spawn(deliver(state.clone(), logout, place));
    }
    Ok(count)
}

/// Takes some that are due for half a minute: a lease, since no transaction should stay open while a client answers.
/// First attempts go first, and each client has a few places alone, so that one that is away keeps nobody waiting.
async fn claim(state: &AppState, places: &Places) -> Result<Vec<Due>, sqlx::Error> {
    let (clients, free): (Vec<String>, Vec<i64>) = places.taken_by().into_iter().unzip();
    sqlx::query_as!(
        Due,
        "update auth.backchannel_logout as logout
         set attempts = attempts + 1, next_attempt = now() + interval '30 seconds'
         from auth.oauth_application as client
         where client.client_id = logout.client_id
           and logout.id in (
               select due.id
               from auth.oauth_application as each
               left join unnest($2::text[], $3::bigint[]) as busy (client_id, free) using (client_id)
               cross join lateral (
                   select id, attempts, next_attempt from auth.backchannel_logout
                   where client_id = each.client_id and next_attempt <= now()
                   order by attempts, next_attempt limit coalesce(busy.free, $4) for update skip locked) as due
               order by due.attempts, due.next_attempt limit $1)
         returning logout.id, logout.client_id, user_id, session_id, attempts, client.backchannel_logout_uri as uri",
        places.free(),
        &clients,
        &free,
        PER_CLIENT
    )
    .fetch_all(&state.pool)
    .await
}

async fn deliver(state: AppState, logout: Due, _place: Place) {
    let settled = match tell(&state, &logout).await {
        Ok(()) => {
            count("delivered");
            forget(&state, logout.id).await
        }
        Err(error) => later(&state, &logout, &error).await,
    };
    if let Err(error) = settled {
        tracing::warn!(%error, client = logout.client_id, "cannot note whether a client was told of an ended session");
    }
}

/// Section 2.5: a POST of the token. The answer's body says nothing that we need.
async fn tell(state: &AppState, logout: &Due) -> Result<(), Undelivered> {
    // A client that no longer wants to know.
    let Some(uri) = &logout.uri else { return Ok(()) };
    let token = logout_token(state, &logout.client_id, logout.user_id, logout.session_id)?;
    let request = state.http.post(uri).timeout(TIMEOUT).form(&[("logout_token", token)]);
    // Without its URL an error holds nothing but words.
    let response = request.send().await.map_err(reqwest::Error::without_url)?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(Undelivered::Refused(status.as_u16())),
    }
}

async fn forget(state: &AppState, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from auth.backchannel_logout where id = $1", id).execute(&state.pool).await?;
    Ok(())
}

async fn later(state: &AppState, logout: &Due, error: &Undelivered) -> Result<(), sqlx::Error> {
    let Due { id, client_id, attempts, .. } = logout;
    if *attempts >= MAX_ATTEMPTS {
        count("given_up");
        tracing::warn!(%error, client = client_id, "gave up telling a client of an ended session");
        return forget(state, *id).await;
    }
    count("failed");
    tracing::info!(%error, client = client_id, attempts, "a client could not be told of an ended session");
    sqlx::query!(
        "update auth.backchannel_logout set last_error = left($2, 500), next_attempt = now() + make_interval(secs => $3)
         where id = $1",
        id,
        error.to_string(),
        backoff(*attempts).as_secs_f64()
    )
    .execute(&state.pool)
    .await?;
    Ok(())
}

fn count(outcome: &'static str) {
    metrics::counter!("backchannel_logouts_total", "outcome" => outcome).increment(1);
}

/// 1 s, 2 s, 4 s … about 8 minutes.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(9);
    Duration::from_secs(1 << doublings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_is_away_is_asked_less_and_less_often() {
        assert_eq!(backoff(1), Duration::from_secs(1));
        assert_eq!(backoff(4), Duration::from_secs(8));
        let all: Duration = (1..MAX_ATTEMPTS).map(backoff).sum();
        assert!(all < Duration::from_secs(17 * 60), "{all:?}");
    }
}
