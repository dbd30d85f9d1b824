//! `/error`: where a flow ends that failed and has nowhere else to go.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{ButtonKind, ButtonLink, Notice, Tone};

use super::{send, shell::Page, web};
use crate::{social, state::AppState};

/// A code that may be shown: whatever else stands in the query is not ours and stays out of the page.
fn code(query: Option<&str>) -> String {
    let parameters = Parameters::parse(query.unwrap_or_default()).unwrap_or_default();
    let code = parameters.get("error").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-'".contains(c);
    if !code.is_empty() && code.len() <= 64 && code.chars().all(plain) { code.to_owned() } else { "UNKNOWN".to_owned() }
}

/// `GET /api/auth/error`: where clients of the account API end up; leads to the page.
pub async fn lead(RawQuery(query): RawQuery) -> Response {
    match HeaderValue::from_str(&format!("/error?error={}", code(query.as_deref()))) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The page. 200, since asking for it did not fail.
pub async fn show(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let (code, home) = (code(query.as_deref()), web(&state, "/"));
    let words = social::words::words(&code).unwrap_or_else(|| words(&code));
    let html = ui::render(|| {
        view! {
            <Page title="That did not work" home=home.clone()>
                <h1>"That did not work"</h1>
                <Notice tone=Tone::Danger>{words}</Notice>
                <p class="muted small">"Code: "<code>{code}</code></p>
                <p><ButtonLink href="/sign-in" block=true>"Go to sign-in"</ButtonLink></p>
                <p><ButtonLink href=home kind=ButtonKind::Secondary block=true>"Go to IntelliStack"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::OK, html, &[])
}

fn words(code: &str) -> &'static str {
    match code.to_ascii_uppercase().as_str() {
        "INVALID_TOKEN" | "TOKEN_EXPIRED" => {
            "The link does not count any more: it has been used, is too old, or was cut off. Ask for a new one."
        }
        "INVALID_USER" => "The link is meant for another account than the one you are signed in with.",
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" => "Another account has this address by now.",
        "PLEASE_RESTART_THE_PROCESS" => {
            "The sign-in took too long, or was begun in another browser. Please begin again."
        }
        _ => "Something in between did not work. Please try again.",
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn only_a_plain_code_is_shown() {
        assert_eq!(code(Some("error=INVALID_TOKEN&error_description=x")), "INVALID_TOKEN");
        for other in [None, Some(""), Some("error="), Some("error=%3Cb%3E"), Some("error=call+0900+123")] {
            assert_eq!(code(other), "UNKNOWN", "{other:?}");
        }
    }
}
