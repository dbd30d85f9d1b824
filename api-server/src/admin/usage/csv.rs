//! The figures as CSV, streamed page by page.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use futures_util::{Stream, stream};
use http::header;
use service::csv;
use sqlx::PgPool;

use super::{
    filter::{Cursor, Filter, LARGEST_PAGE},
    store::{self, Day},
};

const HEADER: &str =
    "day,user_id,name,email,messages,errors,answered,first_text_ms,total_ms,prompt_tokens,completion_tokens\r\n";

/// Everything after `cursor` that fits `filter`.
pub(super) fn download(pool: PgPool, filter: Filter, cursor: Option<Cursor>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"tutor-usage.csv\""),
    ];
    (headers, Body::from_stream(pages(pool, filter, cursor))).into_response()
}

/// Where the stream is.
enum Place {
    Start(Option<Cursor>),
    After(Cursor),
    End,
}

/// No connection is held while the client takes its time over a page.
fn pages(pool: PgPool, filter: Filter, cursor: Option<Cursor>) -> impl Stream<Item = Result<String, sqlx::Error>> {
    stream::try_unfold(Place::Start(cursor), move |place| {
        let pool = pool.clone();
        async move {
            let (mut text, cursor) = match place {
                Place::Start(cursor) => (HEADER.to_owned(), cursor),
                Place::After(cursor) => (String::new(), Some(cursor)),
                Place::End => return Ok(None),
            };
            let days = store::page(&pool, filter, cursor, LARGEST_PAGE).await?;
            days.iter().for_each(|day| text.push_str(&line(day)));
            let next = days.last().map_or(Place::End, |last| Place::After(last.cursor()));
            Ok(Some((text, next)))
        }
    })
}

fn line(day: &Day) -> String {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    csv::line(&[
        day.day.to_string(),
        day.user_id.to_string(),
        day.name.clone(),
        day.email.clone(),
        day.messages.to_string(),
        day.errors.to_string(),
        day.answered.to_string(),
        number(day.first_text_ms),
        number(day.total_ms),
        day.prompt_tokens.to_string(),
        day.completion_tokens.to_string(),
    ])
}
