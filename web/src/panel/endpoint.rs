//! `POST /panel/chatkit` and `GET /panel/threads/{thread}/events`.

use axum::{
    body::Body,
    extract::{Path, RawQuery, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;
use service::Problem;

use super::{items, translate::Translator};
use crate::{
    api::Api,
    proxy::{answer_headers, back, kept, read},
    session::Caller,
    slug::Slug,
    sse::{EventReader, frame},
    state::AppState,
};

const REQUEST_HEADERS: [&str; 3] = ["accept-language", "content-type", "idempotency-key"];

/// A ChatKit request of the panel.
///
/// # Errors
/// 401 when signed out; 503; what api-server refuses goes through as it is.
pub async fn chatkit(
    State(app): State<AppState>,
    Caller(session): Caller,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let body = read(body).await?;
    let headers = kept(&parts.headers, &REQUEST_HEADERS);
    let answer = Api::new(&app, session)
        .send(|http, base| http.post(format!("{base}/api/v1/chatkit")).headers(headers.clone()).body(body.clone()))
        .await?;
    translate(answer).await
}

/// The frames of a turn that is still running, for a panel that was reloaded or lost its connection.
///
/// # Errors
/// As [`chatkit`].
pub async fn events(
    State(app): State<AppState>,
    Caller(session): Caller,
    thread: Result<Path<Slug>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Path(thread) = thread.map_err(|_| Problem::not_found("thread"))?;
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let answer = Api::new(&app, session)
        .send(|http, base| http.get(format!("{base}/api/v1/threads/{thread}/events{query}")))
        .await?;
    translate(answer).await
}

/// Nothing else is here.
pub async fn nothing() -> Problem {
    Problem::not_found("resource")
}

/// Another method is wanted.
pub async fn not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address takes another method.")
}

async fn translate(answer: reqwest::Response) -> Result<Response, Problem> {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !answer.status().is_success() {
        return Ok(back(answer));
    }
    if kind.starts_with("text/event-stream") { Ok(stream(answer)) } else { json(answer).await }
}

async fn json(answer: reqwest::Response) -> Result<Response, Problem> {
    let headers = answer_headers(answer.headers());
    let unreadable = |error: reqwest::Error| Problem::internal(&error.without_url());
    let mut body: Value = answer.json().await.map_err(unreadable)?;
    items::add_html_to_answer(&mut body);
    Ok((headers, body.to_string()).into_response())
}

fn stream(answer: reqwest::Response) -> Response {
    let mut headers: HeaderMap = answer_headers(answer.headers());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let mut chunks = answer.bytes_stream();
    let translated = async_stream::stream! {
        let (mut reader, mut translator) = (EventReader::default(), Translator::default());
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(bytes) => {
                    let events = translator.translate(reader.push(&bytes));
                    if !events.is_empty() {
                        yield Ok(events.iter().map(frame).collect::<String>());
                    }
                }
                // Broken off: end the same way, so that the panel knows and asks for the rest.
                Err(error) => yield Err(std::io::Error::other(error.without_url())),
            }
        }
    };
    (headers, Body::from_stream(translated)).into_response()
}
