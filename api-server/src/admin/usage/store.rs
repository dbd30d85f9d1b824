//! The figures in the database.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::filter::{Cursor, Filter};

/// A person's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The day (UTC).
    pub day: NaiveDate,
    /// The person.
    pub user_id: Uuid,
    /// Their name now.
    pub name: String,
    /// Their address now.
    pub email: String,
    /// Turns that were asked for.
    pub messages: i64,
    /// Those that failed.
    pub errors: i64,
    /// Those that got as far as their first text.
    pub answered: i64,
    /// From asking to the first text, on average over the answered, in milliseconds.
    pub first_text_ms: Option<i64>,
    /// From asking to the end, likewise.
    pub total_ms: Option<i64>,
    /// Tokens that the model read.
    pub prompt_tokens: i64,
    /// Tokens that the model wrote.
    pub completion_tokens: i64,
}

impl Day {
    /// Where it stands in the list.
    pub(super) const fn cursor(&self) -> Cursor {
        Cursor { day: self.day, user: self.user_id }
    }
}

/// Everybody's day together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DaySum {
    /// The day (UTC).
    pub day: NaiveDate,
    /// People with any use.
    pub people: i64,
    /// As in [`Day`].
    pub messages: i64,
    /// As in [`Day`].
    pub errors: i64,
    /// Tokens that the model read or wrote.
    pub tokens: i64,
}

/// Everything of a filter, summed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// People with any use.
    pub people: i64,
    /// As in [`Day`].
    pub messages: i64,
    /// As in [`Day`].
    pub errors: i64,
    /// As in [`Day`].
    pub answered: i64,
    /// As in [`Day`]; over all answered turns, not over days.
    pub first_text_ms: Option<i64>,
    /// As in [`Day`].
    pub total_ms: Option<i64>,
    /// As in [`Day`].
    pub prompt_tokens: i64,
    /// As in [`Day`].
    pub completion_tokens: i64,
}

/// At most `limit` rows after `cursor`: the newest day first, within a day by person.
pub(super) async fn page(
    pool: &PgPool,
    filter: Filter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Day>, sqlx::Error> {
    sqlx::query_as!(
        Day,
        r#"
        select m.day, m.user_id, u.name, u.email,
               m.messages::bigint as "messages!", m.errors::bigint as "errors!", m.answered::bigint as "answered!",
               m.first_text_ms / nullif(m.answered, 0) as first_text_ms, m.total_ms / nullif(m.answered, 0) as total_ms,
               m.prompt_tokens, m.completion_tokens
        from tutor.ai_usage_metric m
        join auth."user" u on u.id = m.user_id
        where m.day between $1 and $2
          and ($3::uuid is null or m.user_id = $3)
          and ($4::date is null or m.day < $4 or (m.day = $4 and m.user_id > $5::uuid))
        order by m.day desc, m.user_id
        limit $6
        "#,
        filter.from,
        filter.to,
        filter.user,
        cursor.map(|cursor| cursor.day),
        cursor.map(|cursor| cursor.user),
        limit
    )
    .fetch_all(pool)
    .await
}

/// The sums of everything that fits the filter, whatever page is shown.
pub(super) async fn totals(pool: &PgPool, filter: Filter) -> Result<Totals, sqlx::Error> {
    sqlx::query_as!(
        Totals,
        r#"
        select count(distinct m.user_id) as "people!",
               coalesce(sum(m.messages), 0)::bigint as "messages!",
               coalesce(sum(m.errors), 0)::bigint as "errors!",
               coalesce(sum(m.answered), 0)::bigint as "answered!",
               (sum(m.first_text_ms) / nullif(sum(m.answered), 0))::bigint as first_text_ms,
               (sum(m.total_ms) / nullif(sum(m.answered), 0))::bigint as total_ms,
               coalesce(sum(m.prompt_tokens), 0)::bigint as "prompt_tokens!",
               coalesce(sum(m.completion_tokens), 0)::bigint as "completion_tokens!"
        from tutor.ai_usage_metric m
        where m.day between $1 and $2 and ($3::uuid is null or m.user_id = $3)
        "#,
        filter.from,
        filter.to,
        filter.user
    )
    .fetch_one(pool)
    .await
}

/// The sums of each day of the filter that has any, oldest first: what a chart shows.
pub(super) async fn by_day(pool: &PgPool, filter: Filter) -> Result<Vec<DaySum>, sqlx::Error> {
    sqlx::query_as!(
        DaySum,
        r#"
        select m.day, count(*) as "people!", coalesce(sum(m.messages), 0)::bigint as "messages!",
               coalesce(sum(m.errors), 0)::bigint as "errors!",
               coalesce(sum(m.prompt_tokens + m.completion_tokens), 0)::bigint as "tokens!"
        from tutor.ai_usage_metric m
        where m.day between $1 and $2 and ($3::uuid is null or m.user_id = $3)
        group by m.day
        order by m.day
        "#,
        filter.from,
        filter.to,
        filter.user
    )
    .fetch_all(pool)
    .await
}
