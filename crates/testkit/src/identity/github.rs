//! GitHub: authorization, access token, `/user`, `/user/emails`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use anyhow::Result;
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::{Fields, Granted, Health, Profile, authorize, exchange, lock, refusal};

/// A running provider. It answers until the test's runtime ends.
pub struct FakeGitHub {
    /// Where it is, for GITHUB_URL; `{url}/api` is for GITHUB_API_URL.
    pub url: String,
    shared: Arc<Mutex<Now>>,
}

struct Now {
    profile: Profile,
    health: Health,
    hides_addresses: bool,
    codes: HashMap<String, Granted>,
    tokens: HashMap<String, Profile>,
}

impl FakeGitHub {
    /// Starts one where [`Profile::ada`] signs in.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let now = Now {
            profile: Profile::ada(),
            health: Health::Good,
            hides_addresses: false,
            codes: HashMap::new(),
            tokens: HashMap::new(),
        };
        let shared = Arc::new(Mutex::new(now));
        let router = Router::new()
            .route("/login/oauth/authorize", get(authorization))
            .route("/login/oauth/access_token", post(access_token))
            .route("/api/user", get(user))
            .route("/api/user/emails", get(emails))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, shared })
    }

    /// Who signs in from now on.
    pub fn set_profile(&self, profile: Profile) {
        lock(&self.shared).profile = profile;
    }

    /// How the servers are from now on; the authorization page always answers.
    pub fn set_health(&self, health: Health) {
        lock(&self.shared).health = health;
    }

    /// Whether `/user/emails` answers 404, as for a token without the scope.
    pub fn hide_addresses(&self, hides: bool) {
        lock(&self.shared).hides_addresses = hides;
    }
}

type Shared = State<Arc<Mutex<Now>>>;

async fn health(shared: &Mutex<Now>) -> Result<(), StatusCode> {
    let health = lock(shared).health;
    health.take_effect().await
}

async fn authorization(State(shared): Shared, Query(fields): Query<Fields>) -> Result<Response, StatusCode> {
    let mut now = lock(&shared);
    let profile = now.profile.clone();
    let target = authorize(&fields, profile, &mut now.codes)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, target)]).into_response())
}

/// Refuses with status 200, as GitHub does, and speaks JSON only to who asks for it.
async fn access_token(
    State(shared): Shared,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, StatusCode> {
    health(&shared).await?;
    if headers.get(header::ACCEPT).is_none_or(|accept| accept != "application/json") {
        return Ok("error=not_json".into_response());
    }
    let mut now = lock(&shared);
    let granted = match exchange(&fields, &mut now.codes) {
        Ok(granted) => granted,
        Err(_) => return Ok(refusal(StatusCode::OK, "bad_verification_code").into_response()),
    };
    let token = format!("gho_{}", Uuid::new_v4().simple());
    now.tokens.insert(token.clone(), granted.profile);
    let scope = granted.scope.replace(' ', ",");
    Ok(Json(json!({"access_token": token, "token_type": "bearer", "scope": scope})).into_response())
}

fn bearer(now: &Now, headers: &HeaderMap) -> Result<Profile, StatusCode> {
    // GitHub turns away whoever does not name their program.
    if !headers.contains_key(header::USER_AGENT) {
        return Err(StatusCode::FORBIDDEN);
    }
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = value.strip_prefix("Bearer ").unwrap_or_default();
    now.tokens.get(token).cloned().ok_or(StatusCode::UNAUTHORIZED)
}

async fn user(State(shared): Shared, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    health(&shared).await?;
    let profile = bearer(&lock(&shared), &headers)?;
    let id: u64 = profile.id.parse().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    // The address in the profile is one that people choose to show: mostly none.
    Ok(Json(json!({"id": id, "login": "ada-l", "name": profile.name, "email": null, "avatar_url": profile.picture})))
}

async fn emails(State(shared): Shared, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    health(&shared).await?;
    let now = lock(&shared);
    let profile = bearer(&now, &headers)?;
    if now.hides_addresses {
        return Err(StatusCode::NOT_FOUND);
    }
    let other = json!({"email": "other@example.test", "primary": false, "verified": true, "visibility": null});
    let primary = profile.email.map(
        |email| json!({"email": email, "primary": true, "verified": profile.email_verified, "visibility": "private"}),
    );
    Ok(Json([other].into_iter().chain(primary).collect()))
}
