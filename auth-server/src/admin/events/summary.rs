//! `GET /api/auth/admin/events/summary`: how many of each kind a day, for charts: sign-ins, or how many resets that
//! were asked for became a new password.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use sqlx::PgExecutor;

use crate::{
    account::body::validation,
    admin::{guard::Visitor, query::Query},
    error::ApiError,
    state::AppState,
};

/// A count of a day (UTC).
#[derive(Debug, Serialize)]
pub struct Count {
    day: NaiveDate,
    #[serde(rename = "type")]
    kind: String,
    reason: Option<String>,
    /// How many events.
    count: i64,
    /// How many people they were about; those about nobody known do not count here.
    people: i64,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub struct Summary {
    from: NaiveDate,
    to: NaiveDate,
    counts: Vec<Count>,
}

/// When nothing is asked for.
const DEFAULT_DAYS: TimeDelta = TimeDelta::days(30);
/// More would be no chart.
const MOST_DAYS: TimeDelta = TimeDelta::days(366);

async fn counts(
    executor: impl PgExecutor<'_>,
    types: &[String],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Count>, sqlx::Error> {
    sqlx::query_as!(
        Count,
        r#"select (at at time zone 'utc')::date as "day!", type as kind, reason, count(*) as "count!",
                  count(distinct user_id) as "people!"
           from auth.auth_event_log
           where at >= $2 and at < $3 and (cardinality($1::text[]) = 0 or type = any($1))
           group by 1, type, reason order by 1, type, reason nulls first"#,
        types,
        from,
        to
    )
    .fetch_all(executor)
    .await
}

/// The endpoint: `by=day`, `types` (or `type`), `from`, `to` (exclusive; 30 days up to now if absent).
///
/// # Errors
/// 400 for parameters that mean nothing or more than a year, 401, 403.
pub async fn summary(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Json<Summary>, ApiError> {
    let query = Query::parse(query.as_deref())?;
    query.one_of("by", &["day"])?;
    let types = [query.list("types"), query.list("type")].concat();
    let to = query.time("to")?.unwrap_or_else(Utc::now);
    let from = query.time("from")?.unwrap_or(to - DEFAULT_DAYS);
    if from > to || to - from > MOST_DAYS {
        return Err(validation("[query.from] Invalid input: at most 366 days before `to`"));
    }
    visitor.admin("YOU_ARE_NOT_ALLOWED_TO_LIST_EVENTS")?;
    let counts = counts(&state.pool, &types, from, to).await?;
    Ok(Json(Summary { from: from.date_naive(), to: to.date_naive(), counts }))
}
