//! Headers that keep a page to itself: a Content-Security-Policy with a nonce per response, and HSTS on https.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

use crate::{seal::random_token, state::AppState};

/// The nonce of this response's policy; scripts of the page carry it.
#[derive(Clone, Debug, Default)]
pub struct Nonce(pub String);

/// Makes the nonce before the page and writes the policy after it.
pub async fn protect(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = random_token().unwrap_or_default();
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = policy(&nonce, &state.config.common.issuer());
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(value);
    }
    let permissions = HeaderName::from_static("permissions-policy");
    headers.entry(permissions).or_insert(HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    headers
        .entry(HeaderName::from_static("cross-origin-opener-policy"))
        .or_insert(HeaderValue::from_static("same-origin"));
    response
}

/// `form-action` names the auth server because browsers apply it to the whole redirect chain of a post, and a post
/// by somebody whose session ended leads there.
fn policy(nonce: &str, auth_origin: &str) -> String {
    // Without randomness there is no nonce, and then no script may run.
    let script = if nonce.is_empty() {
        "'none'".to_owned()
    } else {
        format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'")
    };
    format!(
        "default-src 'none'; script-src {script}; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self' {auth_origin}; frame-ancestors 'none'; base-uri 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::policy;

    #[test]
    fn nothing_inline_and_nothing_from_elsewhere() {
        let policy = policy("abc", "https://id.example.org");
        assert!(policy.starts_with("default-src 'none'; script-src 'nonce-abc'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(policy.contains("form-action 'self' https://id.example.org;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }

    #[test]
    fn without_a_nonce_no_script_runs() {
        assert!(policy("", "https://id.example.org").contains("script-src 'none'"));
    }
}
