//! The endpoint.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use http::{HeaderMap, header};
use serde::Serialize;

use super::{
    csv,
    filter::{Query, today},
    store::{self, Day, DaySum, Totals},
};
use crate::{admin::only::Admin, error::Problem, extract::Params, state::AppState};

#[derive(Serialize)]
struct Page {
    from: NaiveDate,
    to: NaiveDate,
    days: Vec<Day>,
    totals: Totals,
    by_day: Vec<DaySum>,
    /// The cursor of the next page; null at the end.
    next: Option<String>,
}

/// A page of JSON with the totals of everything asked for, or all of it as CSV (`format=csv`, or `Accept: text/csv`).
///
/// # Errors
/// 400 `bad_query`, 403 `admins_only`; those of the database.
pub async fn list(
    State(state): State<AppState>,
    _: Admin,
    headers: HeaderMap,
    Params(query): Params<Query>,
) -> Result<Response, Problem> {
    let asked = query.read(today())?;
    if asked.csv.unwrap_or_else(|| accepts_csv(&headers)) {
        return Ok(csv::download(state.pool, asked.filter, asked.cursor));
    }
    // One more than asked for tells whether there is another page.
    let mut days = store::page(&state.pool, asked.filter, asked.cursor, asked.limit + 1).await?;
    let wanted = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let more = days.len() > wanted;
    days.truncate(wanted);
    let next = days.last().filter(|_| more).map(|last| last.cursor().encode());
    let totals = store::totals(&state.pool, asked.filter).await?;
    let by_day = store::by_day(&state.pool, asked.filter).await?;
    Ok(Json(Page { from: asked.filter.from, to: asked.filter.to, days, totals, by_day, next }).into_response())
}

fn accepts_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|part| part.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv"))
}
