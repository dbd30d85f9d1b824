//! `GET /api/auth/admin/events`.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use serde::Serialize;

use super::{
    csv,
    filter::{Cursor, Filter},
    store::{self, Entry},
};
use crate::{
    admin::{guard::Visitor, query::Query},
    error::ApiError,
    request::text,
    state::AppState,
};

const DEFAULT_PAGE: i64 = 50;
/// The largest page, and how many rows a CSV reads at a time.
pub const LARGEST_PAGE: i64 = 500;

#[derive(Serialize)]
struct Page {
    events: Vec<Entry>,
    /// The cursor of the next page; null at the end.
    next: Option<String>,
}

/// The endpoint: a page of JSON, or everything that fits the filter as CSV (`format=csv`, or `Accept: text/csv`).
///
/// # Errors
/// 400 for parameters that mean nothing, 401, 403.
pub async fn list_events(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref())?;
    let (filter, cursor) = (Filter::read(&query)?, Cursor::read(&query)?);
    let format = query.one_of("format", &["json", "csv"])?;
    let limit = query.number("limit").unwrap_or(DEFAULT_PAGE).min(LARGEST_PAGE);
    visitor.admin("YOU_ARE_NOT_ALLOWED_TO_LIST_EVENTS")?;
    if format == "csv" || (query.get("format").is_none() && accepts_csv(&headers)) {
        return Ok(csv::download(state.pool.clone(), filter, cursor));
    }
    // One more than asked for tells whether there is another page.
    let mut events = store::page(&state.pool, &filter, cursor, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = events.len() > wanted;
    events.truncate(wanted);
    let next = events.last().filter(|_| more).map(|last| last.cursor().encode());
    Ok(Json(Page { events, next }).into_response())
}

fn accepts_csv(headers: &HeaderMap) -> bool {
    let accept = text(headers, header::ACCEPT.as_str()).unwrap_or_default();
    accept.split(',').any(|part| part.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv"))
}
