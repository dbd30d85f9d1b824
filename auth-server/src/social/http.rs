//! Calls to providers: short, bounded, and never following a redirect.

use std::{pin::Pin, time::Duration};

use openidconnect::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::Fault;

/// A person is waiting: how long a provider may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// No answer of a provider is longer, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// A call came to nothing that trying later may cure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Away(String);

type Answer = Pin<Box<dyn Future<Output = Result<HttpResponse, Away>> + Send>>;

/// Our HTTP client in the form that the crates `oauth2` and `openidconnect` call.
pub fn caller(http: &reqwest::Client) -> impl Fn(HttpRequest) -> Answer + Send + Sync + use<> {
    let http = http.clone();
    move |request| {
        let http = http.clone();
        Box::pin(async move { call(&http, request).await })
    }
}

async fn call(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Away> {
    let mut request = reqwest::Request::try_from(request).map_err(|error| away(&error))?;
    *request.timeout_mut() = Some(TIMEOUT);
    let answer = http.execute(request).await.map_err(|error| away(&error))?;
    let status = answer.status();
    // Not an answer of the protocol: whatever stands in the body, the provider cannot serve us now.
    if status.is_server_error() || status == ::http::StatusCode::TOO_MANY_REQUESTS {
        return Err(Away(format!("status {status}")));
    }
    let headers = answer.headers().clone();
    let body = read(answer).await?;
    let mut response = HttpResponse::new(body);
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok(response)
}

/// Without the address: it may hold a code.
fn away(error: &reqwest::Error) -> Away {
    Away(match error {
        error if error.is_timeout() => "no answer in time".to_owned(),
        error if error.is_connect() => "no connection".to_owned(),
        _ => "the call broke off".to_owned(),
    })
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, Away> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| away(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Away("an answer without end".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// JSON from a provider's API, with the person's access token. `None` where the provider says 403 or 404.
///
/// # Errors
/// When the provider is away, refuses the token, or sends no JSON.
pub async fn get_json(http: &reqwest::Client, url: &str, token: &str) -> Result<Option<Value>, Fault> {
    let request = http.get(url).bearer_auth(token).header("accept", "application/json").timeout(TIMEOUT);
    let answer = request.send().await.map_err(|error| Fault::Away(away(&error).0))?;
    let status = answer.status();
    match status.as_u16() {
        200 => {}
        403 | 404 => return Ok(None),
        429 | 500.. => return Err(Fault::Away(format!("status {status}"))),
        _ => return Err(Fault::BadAnswer(format!("status {status}"))),
    }
    let body = read(answer).await.map_err(|error| Fault::Away(error.0))?;
    serde_json::from_slice(&body).map(Some).map_err(|_| Fault::BadAnswer("no JSON".to_owned()))
}
