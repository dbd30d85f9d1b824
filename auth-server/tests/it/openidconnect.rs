//! The crate openidconnect, unchanged, as a client: what it checks (issuer, signature, nonce, at_hash, PKCE, the form of
//! every answer), it checks here.

use openidconnect::{
    AccessTokenHash, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse,
    core::{
        CoreClient, CoreErrorResponseType, CoreIdTokenClaims, CoreResponseType, CoreTokenResponse, CoreUserInfoClaims,
    },
};
use reqwest::Response;
use url::Url;

use crate::server::{CALLBACK, PASSWORD, Server, WEB, WEB_SECRET, location, query, session_cookie};

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The library under a reqwest that it does not know yet.
async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let response = http.execute(request.try_into()?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
    (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
    Ok(answer)
}

/// A relying party.
struct Party {
    client: Client,
    metadata: ProviderMetadataWithLogout,
    redirect_uri: String,
}

/// A request that a person has been sent away with.
struct Begun {
    url: Url,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Party {
    async fn discover(server: &Server, id: &str, secret: Option<&str>, redirect_uri: &str) -> Self {
        let issuer = IssuerUrl::new(server.url.clone()).unwrap();
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &send).await.unwrap();
        let secret = secret.map(|secret| ClientSecret::new(secret.to_owned()));
        let client = CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(id.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).unwrap());
        Self { client, metadata, redirect_uri: redirect_uri.to_owned() }
    }

    fn begin(&self, scopes: &[&str]) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = self.client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())));
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        Begun { url, state, nonce, verifier }
    }

    /// What the library makes of the address that the person came back with.
    async fn finish(&self, begun: Begun, back: &str) -> (CoreTokenResponse, CoreIdTokenClaims) {
        assert!(back.starts_with(&self.redirect_uri), "{back}");
        assert_eq!(query(back, "state").as_ref(), Some(begun.state.secret()));
        assert_eq!(query(back, "iss").as_deref(), Some(self.metadata.issuer().as_str()));
        let code = AuthorizationCode::new(query(back, "code").unwrap());
        let exchange = self.client.exchange_code(code).unwrap().set_pkce_verifier(begun.verifier);
        let tokens = exchange.request_async(&send).await.unwrap();
        let claims = self.verified(&tokens, &begun.nonce);
        (tokens, claims)
    }

    /// Issuer, audience, signature, expiry and nonce by the library; at_hash as its documentation says.
    fn verified(&self, tokens: &CoreTokenResponse, nonce: &Nonce) -> CoreIdTokenClaims {
        let id_token = tokens.id_token().unwrap();
        let verifier = self.client.id_token_verifier();
        let claims = id_token.claims(&verifier, nonce).unwrap().clone();
        let (algorithm, key) = (id_token.signing_alg().unwrap(), id_token.signing_key(&verifier).unwrap());
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
        assert_eq!(claims.access_token_hash(), Some(&actual));
        claims
    }

    async fn userinfo(&self, tokens: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> CoreUserInfoClaims {
        let subject = Some(claims.subject().clone());
        let request = self.client.user_info(tokens.access_token().clone(), subject).unwrap();
        request.request_async(&send).await.unwrap()
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<CoreTokenResponse, CoreErrorResponseType> {
        match self.client.exchange_refresh_token(token).unwrap().request_async(&send).await {
            Ok(tokens) => Ok(tokens),
            Err(RequestTokenError::ServerResponse(error)) => Err(error.error().clone()),
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// A browser at the sign-in form: gives the address back at the client, and the session.
async fn sign_in(server: &Server, url: &Url, email: &str) -> (String, String) {
    let waiting = server.http.get(url.clone()).send().await.unwrap();
    let pending = query(&location(&waiting), "continue").unwrap();
    let fields = [("email", email), ("password", PASSWORD), ("continue", &pending)];
    let signed_in = server.form("/sign-in", None, &fields).await;
    let cookie = session_cookie(&signed_in).unwrap();
    let back = follow(server, &location(&signed_in), &cookie).await;
    (location(&back), cookie)
}

async fn follow(server: &Server, path: &str, cookie: &str) -> Response {
    server.get(path).header("cookie", cookie).send().await.unwrap()
}

#[tokio::test]
async fn the_openidconnect_crate_signs_in_refreshes_reads_and_signs_out() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let site = Party::discover(&server, "web", Some(WEB_SECRET), CALLBACK).await;
    let begun = site.begin(&["email", "profile", "offline_access", "api"]);
    let (back, cookie) = sign_in(&server, &begun.url, "ada@example.test").await;
    let (tokens, claims) = site.finish(begun, &back).await;
    let told = site.userinfo(&tokens, &claims).await;
    assert_eq!(told.email().unwrap().as_str(), "ada@example.test");

    let renewed = site.refresh(tokens.refresh_token().unwrap()).await.unwrap();
    assert_ne!(renewed.refresh_token().unwrap().secret(), tokens.refresh_token().unwrap().secret());
    assert_eq!(site.userinfo(&renewed, &claims).await.subject(), claims.subject());

    let endpoint = site.metadata.additional_metadata().end_session_endpoint.clone().unwrap();
    let home = PostLogoutRedirectUrl::new(format!("{WEB}/")).unwrap();
    let away = LogoutRequest::from(endpoint)
        .set_id_token_hint(tokens.id_token().unwrap())
        .set_post_logout_redirect_uri(home)
        .set_state(CsrfToken::new("bye".into()))
        .http_get_url();
    let path = format!("{}?{}", away.path(), away.query().unwrap());
    assert_eq!(location(&follow(&server, &path, &cookie).await), format!("{WEB}/?state=bye"));
    let session = server.api_get("/get-session", Some(&cookie)).await;
    assert_eq!(session.text().await.unwrap(), "null");
}

#[tokio::test]
async fn the_openidconnect_crate_is_a_public_native_client_on_any_loopback_port() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.oauth_application
                 (client_id, name, application_type, redirect_uris, scopes, skip_consent, token_endpoint_auth_method)
             values ('reader', 'Reader', 'native', '{http://127.0.0.1/callback}', '{openid,offline_access}', true, 'none')",
        )
        .await;
    let app = Party::discover(&server, "reader", None, "http://127.0.0.1:49152/callback").await;
    let begun = app.begin(&["offline_access"]);
    let (back, _) = sign_in(&server, &begun.url, "ada@example.test").await;
    let (tokens, claims) = app.finish(begun, &back).await;
    app.userinfo(&tokens, &claims).await;

    let renewed = app.refresh(tokens.refresh_token().unwrap()).await.unwrap();
    app.userinfo(&renewed, &claims).await;
    // Revocation by hand: the library takes no revocation endpoint without https.
    let token = renewed.refresh_token().unwrap();
    let fields = [("token", token.secret().as_str()), ("client_id", "reader")];
    assert_eq!(server.post("/oauth2/revoke").form(&fields).send().await.unwrap().status(), 200);
    assert_eq!(app.refresh(token).await.unwrap_err(), CoreErrorResponseType::InvalidGrant);
}

#[tokio::test]
async fn the_openidconnect_crate_notices_the_wrong_nonce_and_is_told_of_the_wrong_secret() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let site = Party::discover(&server, "web", Some(WEB_SECRET), CALLBACK).await;
    let begun = site.begin(&[]);
    let (back, _) = sign_in(&server, &begun.url, "ada@example.test").await;
    let (tokens, _) = site.finish(begun, &back).await;
    let verifier = site.client.id_token_verifier();
    assert!(tokens.id_token().unwrap().claims(&verifier, &Nonce::new("another".into())).is_err());

    let impostor = Party::discover(&server, "web", Some("guessed"), CALLBACK).await;
    let refused = impostor.refresh(&RefreshToken::new("made-up".into())).await;
    assert_eq!(refused.unwrap_err(), CoreErrorResponseType::InvalidClient);
}
