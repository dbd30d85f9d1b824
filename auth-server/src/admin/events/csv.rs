//! The event log as CSV (RFC 4180), streamed page by page.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use futures_util::{Stream, stream};
use http::header;
use service::{csv, wire_time};
use sqlx::PgPool;

use super::{
    filter::{Cursor, Filter},
    list::LARGEST_PAGE,
    store::{self, Entry},
};

const HEADER: &str =
    "at,type,reason,user_id,user_email,actor_id,actor_email,email,client_id,ip_address,user_agent,details,id\r\n";

/// The answer: everything after `cursor` that fits `filter`, newest first.
#[must_use]
pub fn download(pool: PgPool, filter: Filter, cursor: Option<Cursor>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"events.csv\""),
    ];
    (headers, Body::from_stream(pages(pool, filter, cursor))).into_response()
}

/// Where the stream is.
enum Place {
    Start(Option<Cursor>),
    After(Option<Cursor>),
    End,
}

/// No connection is held while the client takes its time over a page.
fn pages(pool: PgPool, filter: Filter, cursor: Option<Cursor>) -> impl Stream<Item = Result<String, sqlx::Error>> {
    stream::try_unfold(Place::Start(cursor), move |place| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move {
            let (mut text, cursor) = match place {
                Place::Start(cursor) => (HEADER.to_owned(), cursor),
                Place::After(cursor) => (String::new(), cursor),
                Place::End => return Ok(None),
            };
            let entries = store::page(&pool, &filter, cursor, LARGEST_PAGE).await?;
            entries.iter().for_each(|entry| line(&mut text, entry));
            let next = match entries.last() {
                Some(last) => Place::After(Some(last.cursor())),
                None => Place::End,
            };
            Ok(Some((text, next)))
        }
    })
}

fn line(out: &mut String, entry: &Entry) {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let fields = [
        wire_time::format(&entry.at),
        entry.kind.clone(),
        text(&entry.reason),
        id(entry.user_id),
        text(&entry.user_email),
        id(entry.actor_id),
        text(&entry.actor_email),
        text(&entry.email),
        text(&entry.client_id),
        entry.ip_address.clone(),
        entry.user_agent.clone(),
        entry.details.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.id.to_string(),
    ];
    out.push_str(&csv::line(&fields));
}
