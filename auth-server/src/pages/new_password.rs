//! The field for a new password: the rules as text, and a meter that a small script fills.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use ui::FieldText;

use super::send;
use crate::{account::policy::PasswordPolicy, state::AppState};

const SCRIPT: &str = include_str!("password_strength.js");

/// Where the script is served; the name changes with its content.
#[must_use]
pub fn script_path() -> &'static str {
    static PATH: LazyLock<String> =
        LazyLock::new(|| format!("/assets/{}", ui::hashed_name("password", "js", SCRIPT.as_bytes())));
    &PATH
}

/// The script.
pub async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, SCRIPT)
}

/// Sends a page with this field, as [`send`] does: its policy allows that one script and no other.
pub fn send_page(state: &AppState, status: StatusCode, html: String, form_targets: &[&str]) -> Response {
    let mut response = send(status, html, form_targets);
    let headers = response.headers_mut();
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let policy = policy.map(|policy| format!("{policy}; script-src {}{}", state.issuer, script_path()));
    if let Some(Ok(policy)) = policy.map(|policy| HeaderValue::from_str(&policy)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The field, named `password`.
#[component]
pub fn NewPassword(
    /// What to type here.
    #[prop(default = "Password")]
    label: &'static str,
    /// The rules.
    policy: PasswordPolicy,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// What was wrong.
    error: Option<String>,
) -> impl IntoView {
    let invalid = error.is_some().then_some("true");
    let described = if error.is_some() { "password-error password-rules" } else { "password-rules" };
    let kinds: Vec<_> = policy.kinds().map(|(rule, words)| view! { <li data-rule=rule>{words}</li> }).collect();
    view! {
        <div class="field" data-new-password="">
            <label for="password">{label}</label>
            <input class="input" id="password" name="password" type="password" autocomplete="new-password"
                required=true autofocus=autofocus aria-invalid=invalid aria-describedby=described/>
            <FieldText name="password" hint=None error=error/>
            <div class="strength" data-strength="" hidden=true>
                <meter min="0" max="4" low="2" high="3" optimum="4" value="0" aria-label="Strength of the password"></meter>
                <span class="small" role="status"></span>
            </div>
            <ul class="rules" id="password-rules">
                <li data-rule="length" data-min=policy.min_length.to_string()>
                    {format!("at least {} characters", policy.min_length)}
                </li>
                {kinds}
                <li>"none of the passwords that everybody tries first"</li>
            </ul>
            <script src=script_path() defer=true></script>
        </div>
    }
}
