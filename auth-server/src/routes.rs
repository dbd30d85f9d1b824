//! All routes, in one place.

use axum::{
    Router,
    extract::State,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, Method, StatusCode, header};
use service::Mode;
use tower_http::{
    cors::{Any, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use crate::{
    account::{
        change_email, change_password, delete_user, export, get_session, linked, profile, reset, send_verification,
        sessions, sign_in, sign_out, sign_up, token, verify_email, verify_password,
    },
    admin::{self, users},
    limits, oidc, openapi,
    pages::{self, account::leave},
    session, social,
    state::AppState,
};

/// The router of this server, without what [`service::layers`] and [`service::health`] add.
pub fn router(state: AppState) -> Router {
    let router = Router::new()
        .nest("/api/auth", account_api())
        .merge(protocol())
        .merge(page_routes(state.config.common.mode))
        .fallback(no_such_page)
        .layer(from_fn_with_state(state.clone(), session::legacy::exchange))
        .layer(from_fn_with_state(state.clone(), limits::per_client_address))
        // Nearly everything here is about one person; what may be cached says so itself.
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    router.with_state(state)
}

/// The account API. Whatever is no route of it is an empty 404, also a known path with another method.
fn account_api() -> Router<AppState> {
    Router::new()
        .route("/ok", get(|| async { axum::Json(serde_json::json!({"ok": true})) }))
        .route("/error", get(pages::error::lead))
        .merge(own_account())
        .merge(own_sessions())
        .nest("/admin", administration())
        .merge(client_registration())
        .merge(own_consents())
        .merge(social_sign_in())
        .fallback(|| async { StatusCode::NOT_FOUND })
        .method_not_allowed_fallback(|| async { StatusCode::NOT_FOUND })
}

/// A person's account: how they get in, and what we hold about them.
fn own_account() -> Router<AppState> {
    Router::new()
        .route("/sign-up/email", post(sign_up::sign_up))
        .route("/sign-in/email", post(sign_in::sign_in))
        .route("/send-verification-email", post(send_verification::send_verification))
        .route("/verify-email", get(verify_email::verify_email))
        .route("/change-email", post(change_email::change_email))
        .route("/change-password", post(change_password::change_password))
        .route("/verify-password", post(verify_password::verify_password))
        .route("/update-user", post(profile::update_user))
        .route("/delete-user", post(delete_user::delete_user))
        .route("/export-data", get(export::export_data))
        .route("/list-accounts", get(linked::list))
        .route("/unlink-account", post(linked::unlink_account))
        .route("/request-password-reset", post(reset::request))
        .route("/forget-password", post(reset::request))
        .route("/reset-password", post(reset::reset))
        .route("/reset-password/{token}", get(reset::open_link))
}

/// Where a person is signed in.
fn own_sessions() -> Router<AppState> {
    Router::new()
        .route("/sign-out", post(sign_out::sign_out))
        .route("/get-session", get(get_session::get_session).post(get_session::post_get_session))
        .route("/update-session", post(profile::update_session))
        .route("/list-sessions", get(sessions::list))
        .route("/revoke-session", post(sessions::revoke_one))
        .route("/revoke-sessions", post(sessions::revoke_all))
        .route("/revoke-other-sessions", post(sessions::revoke_others))
        .route("/token", get(token::token))
        .route("/jwks", get(oidc::jwks::jwks))
}

/// What admins govern: people, and the event log.
fn administration() -> Router<AppState> {
    Router::new()
        .route("/list-users", get(users::list::list_users))
        .route("/get-user", get(users::get::get_user))
        .route("/create-user", post(users::create::create_user))
        .route("/update-user", post(users::update::update_user))
        .route("/set-role", post(users::role::set_role))
        .route("/ban-user", post(users::ban::ban_user))
        .route("/unban-user", post(users::ban::unban_user))
        .route("/impersonate-user", post(users::impersonate::impersonate_user))
        .route("/stop-impersonating", post(users::impersonate::stop_impersonating))
        .route("/list-user-sessions", post(users::sessions::list_user_sessions))
        .route("/revoke-user-session", post(users::sessions::revoke_user_session))
        .route("/revoke-user-sessions", post(users::sessions::revoke_user_sessions))
        .route("/set-user-password", post(users::password::set_user_password))
        .route("/remove-user", post(users::remove::remove_user))
        .route("/has-permission", post(users::permission::has_permission))
        .route("/events", get(admin::events::list::list_events))
        .route("/oauth-clients", get(admin::oauth_clients::list).post(admin::oauth_clients::create))
        .route(
            "/oauth-clients/{client_id}",
            get(admin::oauth_clients::one).post(admin::oauth_clients::update).delete(admin::oauth_clients::delete),
        )
        .route("/oauth-clients/{client_id}/rotate-secret", post(admin::oauth_clients::rotate_secret))
        .route("/events/summary", get(admin::events::summary::summary))
        .route("/keys", get(admin::keys::list_keys))
        .route("/keys/rotate", post(admin::keys::rotate_keys))
        .route("/keys/retire", post(admin::keys::retire_key))
}

/// OAuth clients, for who registers them.
fn client_registration() -> Router<AppState> {
    use oidc::registration::{read, write};
    Router::new()
        .route("/oauth2/register", post(write::register))
        .route("/oauth2/create-client", post(write::create))
        .route("/oauth2/get-clients", get(read::list))
        .route("/oauth2/get-client", get(read::one))
        .route("/oauth2/public-client", get(read::public))
        .route("/oauth2/update-client", post(write::update))
        .route("/oauth2/client/rotate-secret", post(write::rotate_secret))
        .route("/oauth2/delete-client", post(write::delete))
}

/// What a person allowed clients.
fn own_consents() -> Router<AppState> {
    use oidc::consents::{answer, api};
    Router::new()
        .route("/oauth2/get-consents", get(api::list))
        .route("/oauth2/get-consent", get(api::one))
        .route("/oauth2/update-consent", post(api::update))
        .route("/oauth2/delete-consent", post(api::delete))
        .route("/oauth2/consent", post(answer::consent))
        .route("/oauth2/continue", post(answer::proceed))
}

/// Google and GitHub.
fn social_sign_in() -> Router<AppState> {
    Router::new()
        .route("/sign-in/social", post(social::start::sign_in))
        .route("/link-social", post(social::start::link))
        .route("/callback/{provider}", get(social::callback::callback).post(social::callback::callback_by_form))
        .route("/get-access-token", post(social::tokens::get_access_token))
        .route("/refresh-token", post(social::tokens::refresh_token))
        .route("/account-info", get(social::tokens::account_info))
}

fn protocol() -> Router<AppState> {
    // Browser-based public clients call these from any origin; no cookie is looked at.
    let open = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE]);
    let open = Router::new()
        .route("/.well-known/openid-configuration", get(oidc::discovery::discovery))
        .route("/.well-known/oauth-authorization-server", get(oidc::discovery::discovery))
        .route("/.well-known/jwks.json", get(oidc::jwks::jwks))
        .route("/oauth2/token", post(oidc::token::token))
        .route("/oauth2/revoke", post(oidc::revoke::revoke))
        .route("/oauth2/userinfo", get(oidc::userinfo::userinfo).post(oidc::userinfo::userinfo_by_form))
        .layer(open);
    Router::new()
        .route("/oauth2/authorize", get(oidc::authorize::authorize).post(oidc::authorize::authorize_by_form))
        .route("/oauth2/introspect", post(oidc::introspect::introspect))
        .route("/oauth2/logout", get(oidc::logout::logout).post(oidc::logout::logout_by_form))
        .merge(open)
}

fn page_routes(mode: Mode) -> Router<AppState> {
    let router = Router::new()
        .route("/", get(|| async { pages::see_other("/account") }))
        .route("/sign-in", get(pages::sign_in::show).post(pages::sign_in::submit))
        .route("/select-account", get(pages::select_account::show).post(pages::select_account::submit))
        .route("/sign-in/social", post(pages::social::submit))
        .route("/claim-account", get(pages::claim_account::show).post(pages::claim_account::submit))
        .route("/claim-account/sent", get(pages::social::claim_sent))
        .route("/account/link", post(pages::linked_accounts::link))
        .route("/account/unlink", post(pages::linked_accounts::unlink))
        .route("/sign-up", get(pages::sign_up::show).post(pages::sign_up::submit))
        .route("/check-email", get(pages::check_email::show).post(pages::check_email::submit))
        .route("/verify-email", get(pages::verify_email::show))
        .route("/forgot-password", get(pages::forgot_password::show).post(pages::forgot_password::submit))
        .route("/reset-password", get(pages::reset_password::show).post(pages::reset_password::submit))
        .route("/error", get(pages::error::show))
        .route("/consent", get(pages::consent::show).post(pages::consent::submit))
        .route("/account", get(pages::account::show))
        .route("/account/take-back-consent", post(pages::consents::take_back))
        .route("/account/profile", post(pages::account::change_profile))
        .route("/account/email", post(pages::account::change_email))
        .route("/account/password", post(pages::account::change_password))
        .route("/account/password-link", post(pages::account::ask_for_link))
        .route("/account/end-session", post(pages::account::end_session))
        .route("/account/end-sessions", post(pages::account::end_many))
        .route("/account/data", get(leave::show_data).post(leave::download))
        .route("/account/delete", get(leave::show_delete).post(leave::submit_delete))
        .route("/account/deleted", get(leave::show_deleted))
        .route("/sign-out", post(pages::account::sign_out))
        .route("/openapi.json", get(openapi::openapi))
        .route("/docs", get(openapi::docs))
        .route(pages::new_password::script_path(), get(pages::new_password::script))
        .route(ui::style_path(), get(style));
    match mode {
        Mode::Development => router.route("/dev/mail", get(pages::dev_mail::show)),
        Mode::Production => router,
    }
}

async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, ui::STYLE)
}

async fn no_such_page(State(state): State<AppState>) -> Response {
    pages::error_page(&state, StatusCode::NOT_FOUND, "There is no such page here.")
}
