//! Google, or any OpenID provider: discovery, JWKS, authorization, token with a signed ID token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{StatusCode, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{CLIENT_ID, Fields, Granted, Health, Profile, authorize, check_client, exchange, lock, refusal};
use crate::rsa_key::RsaKey;

/// What is wrong with the ID tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    #[default]
    None,
    /// Signed by a key that is not published, under the name of one that is.
    Signature,
    /// For another client.
    Audience,
    /// By another issuer.
    Issuer,
    /// With another nonce.
    Nonce,
    /// Without a nonce.
    NoNonce,
    /// Over an hour ago.
    Expired,
    /// Not there at all.
    Missing,
}

/// A running provider. It answers until the test's runtime ends.
pub struct FakeGoogle {
    /// Its issuer, for GOOGLE_ISSUER_URL.
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    stranger: RsaKey,
    now: Mutex<Now>,
}

struct Now {
    profile: Profile,
    flaw: Flaw,
    health: Health,
    key: RsaKey,
    kid: String,
    codes: HashMap<String, Granted>,
    key_fetches: usize,
    token_requests: usize,
}

impl FakeGoogle {
    /// Starts one where [`Profile::ada`] signs in.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let now = Now {
            profile: Profile::ada(),
            flaw: Flaw::None,
            health: Health::Good,
            key: RsaKey::generate("key-1")?,
            kid: "key-1".to_owned(),
            codes: HashMap::new(),
            key_fetches: 0,
            token_requests: 0,
        };
        let shared = Shared { url: url.clone(), stranger: RsaKey::generate("key-1")?, now: Mutex::new(now) };
        let shared = Arc::new(shared);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/authorize", get(authorization))
            .route("/token", post(token))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, shared })
    }

    /// Who signs in from now on.
    pub fn set_profile(&self, profile: Profile) {
        lock(&self.shared.now).profile = profile;
    }

    /// What is wrong with ID tokens from now on.
    pub fn set_flaw(&self, flaw: Flaw) {
        lock(&self.shared.now).flaw = flaw;
    }

    /// How the servers are from now on; the authorization page always answers.
    pub fn set_health(&self, health: Health) {
        lock(&self.shared.now).health = health;
    }

    /// Publishes and signs with another key from now on.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn rotate(&self, kid: &str) -> Result<()> {
        let key = RsaKey::generate(kid)?;
        let mut now = lock(&self.shared.now);
        (now.key, now.kid) = (key, kid.to_owned());
        Ok(())
    }

    /// How often the keys were fetched.
    #[must_use]
    pub fn key_fetches(&self) -> usize {
        lock(&self.shared.now).key_fetches
    }

    /// How often a token was asked for.
    #[must_use]
    pub fn token_requests(&self) -> usize {
        lock(&self.shared.now).token_requests
    }

    /// An ID token as a native app would bring it.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn id_token(&self, nonce: Option<&str>) -> Result<String> {
        let now = lock(&self.shared.now);
        Ok(now.sign(&self.shared, &now.profile, nonce)?)
    }
}

impl Now {
    fn sign(
        &self,
        shared: &Shared,
        profile: &Profile,
        nonce: Option<&str>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default();
        let age = if self.flaw == Flaw::Expired { 3700 } else { 0 };
        let pick = |flaw: Flaw, bad: &str, good: &str| if self.flaw == flaw { bad.to_owned() } else { good.to_owned() };
        let mut claims = json!({
            "iss": pick(Flaw::Issuer, "https://evil.example.test", &shared.url),
            "aud": pick(Flaw::Audience, "another-client", CLIENT_ID),
            "sub": profile.id, "iat": seconds - age, "exp": seconds - age + 3600,
            "picture": profile.picture,
        });
        let optional = [("name", profile.name.as_deref()), ("email", profile.email.as_deref()), ("nonce", nonce)];
        for (name, value) in optional {
            if let Some(value) = value {
                claims[name] = value.into();
            }
        }
        claims["email_verified"] = profile.email_verified.into();
        match (self.flaw, nonce) {
            (Flaw::Nonce, _) => claims["nonce"] = "another".into(),
            (Flaw::NoNonce, Some(_)) => drop(claims.as_object_mut().and_then(|claims| claims.remove("nonce"))),
            _ => {}
        }
        let key: &EncodingKey = if self.flaw == Flaw::Signature { &shared.stranger.private } else { &self.key.private };
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, &claims, key)
    }
}

async fn health(shared: &Shared) -> Result<(), StatusCode> {
    let health = lock(&shared.now).health;
    health.take_effect().await
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, StatusCode> {
    health(&shared).await?;
    let url = &shared.url;
    Ok(Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"], "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    })))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, StatusCode> {
    health(&shared).await?;
    let mut now = lock(&shared.now);
    now.key_fetches += 1;
    Ok(Json(json!({"keys": [now.key.jwk]})))
}

async fn authorization(
    State(shared): State<Arc<Shared>>,
    Query(fields): Query<Fields>,
) -> Result<Response, StatusCode> {
    let mut now = lock(&shared.now);
    let asks_for_openid = fields.get("scope").is_some_and(|scope| scope.split(' ').any(|scope| scope == "openid"));
    if !asks_for_openid {
        return Err(StatusCode::BAD_REQUEST);
    }
    let profile = now.profile.clone();
    let target = authorize(&fields, profile, &mut now.codes)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, target)]).into_response())
}

async fn token(State(shared): State<Arc<Shared>>, Form(fields): Form<Fields>) -> Result<Response, StatusCode> {
    health(&shared).await?;
    let mut now = lock(&shared.now);
    now.token_requests += 1;
    if fields.get("grant_type").is_some_and(|grant| grant == "refresh_token") {
        return Ok(match check_client(&fields) {
            Ok(()) if fields.get("refresh_token").is_some_and(|token| token == "google-refresh") => {
                Json(json!({"access_token": "google-access-2", "token_type": "Bearer", "expires_in": 3600}))
                    .into_response()
            }
            _ => refusal(StatusCode::BAD_REQUEST, "invalid_grant").into_response(),
        });
    }
    let granted = match exchange(&fields, &mut now.codes) {
        Ok(granted) => granted,
        Err(error) => return Ok(refusal(StatusCode::BAD_REQUEST, error).into_response()),
    };
    let mut answer = json!({"access_token": "google-access", "token_type": "Bearer", "expires_in": 3599,
                            "refresh_token": "google-refresh", "scope": granted.scope});
    if now.flaw != Flaw::Missing {
        let id_token = now.sign(&shared, &granted.profile, granted.nonce.as_deref());
        answer["id_token"] = id_token.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.into();
    }
    Ok(Json(answer).into_response())
}
