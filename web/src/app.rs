//! The site's router: every route in one list.

use std::time::Duration;

use axum::{
    Router,
    middleware::{from_fn_with_state, map_response},
    response::{Redirect, Response},
    routing::{any, get, post},
};
use service::{database, health, layers, serve as server};
use tokio_util::sync::CancellationToken;
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::{
    assets, config::Config, csp, error, error::PageError, oidc, origin, pages, panel, proxy, pwa, session,
    state::AppState,
};

/// Connects, checks the schema, starts the cleaner (it ends when `stop` is cancelled) and makes the router.
///
/// # Errors
/// When the database is out of reach or of another schema.
pub async fn app(config: Config, stop: CancellationToken) -> anyhow::Result<Router> {
    database::check_schema(&config.common.database_url).await?;
    let pool = database::connect(&config.common.database_url, "intellistack_web", 8).await?;
    let state = AppState::new(config, pool)?;
    tokio::spawn(clean(state.clone(), stop.clone()));
    tokio::spawn(watch(state.clone(), stop));
    let health = health::router(health::Readiness::new("web", state.pool.clone()));
    let public_url = state.config.common.web_url.clone();
    Ok(layers::wrap(router(state).merge(health), "web", &public_url))
}

/// Serves until `stop` is cancelled.
///
/// # Errors
/// When an address is taken, and those of [`app`].
pub async fn serve(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = server::listen("web", "WEB_ADDR", config.addr).await?;
    if let Some(ops_addr) = config.ops_addr {
        server::spawn_ops("web", "WEB_OPS_ADDR", ops_addr, stop.clone()).await?;
    }
    let url = config.origin();
    let router = app(config, stop.clone()).await?;
    tracing::info!(url, "web is ready");
    server::run(listener, router, stop).await?;
    Ok(())
}

fn router(state: AppState) -> Router {
    let (site_dir, media_dir) = (state.config.site_dir.clone(), state.config.media_dir.clone());
    let auth_page = |path: &str| {
        let target = state.config.auth_page(path);
        // With its query: links in mails carry a token there.
        get(move |uri: http::Uri| async move {
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            Redirect::to(&format!("{target}{query}"))
        })
    };
    Router::new()
        .route("/", get(pages::landing::landing))
        .route("/dashboard", get(pages::dashboard::dashboard))
        .route("/threads", get(pages::threads::threads))
        .route("/threads/{thread}", get(pages::conversation::conversation))
        .route("/courses", get(pages::courses::courses))
        .route("/courses/{course}", get(pages::courses::course))
        .route("/courses/{course}/enrollment", post(pages::courses::enroll))
        .route("/courses/{course}/leaving", post(pages::leaving::leave))
        .route("/offline", get(pages::offline::offline))
        .route("/stages/{stage}", get(pages::stage::stage))
        .route("/lessons/{lesson}", get(pages::lesson::lesson))
        .route("/lessons/{lesson}/completion", post(pages::lesson::complete))
        .route("/exercises/{exercise}/attempts", post(pages::exercise::attempt))
        .merge(instructor())
        .merge(admin())
        .route("/auth/login", get(oidc::login))
        .route("/auth/callback", get(oidc::callback))
        .route("/auth/logout", post(oidc::logout))
        .route("/auth/logout/browser", post(oidc::logout_browser))
        .route("/auth/logout/everywhere", post(oidc::logout_everywhere))
        .route("/login", get(|| async { Redirect::to("/auth/login") }))
        .route("/register", get(oidc::register))
        .route("/forgot-password", auth_page("/forgot-password"))
        .route("/reset-password", auth_page("/reset-password"))
        .route("/account", get(pages::account::account))
        .fallback(|| async { PageError::NotFound })
        .layer(from_fn_with_state(state.clone(), error::show))
        .route("/api/v1/{*path}", any(proxy::forward))
        .route("/panel/chatkit", post(panel::chatkit).fallback(panel::not_allowed))
        .route("/panel/threads/{thread}/events", get(panel::events).fallback(panel::not_allowed))
        .route("/panel/{*path}", any(panel::nothing))
        .layer(from_fn_with_state(state.clone(), origin::same_site_only))
        // From the auth server itself, hence without the headers of a browser's own page; its token proves it.
        .route("/auth/backchannel-logout", post(oidc::backchannel_logout))
        .merge(assets::router(&site_dir))
        .merge(assets::media(media_dir.as_deref()))
        .merge(pwa::router())
        .layer(from_fn_with_state(state.clone(), csp::protect))
        .layer(map_response(vary))
        // Fast rather than small: pages are rendered per person. Event streams are left alone by its default.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(state)
}

/// What instructors do. Whether somebody may is api-server's to say.
fn instructor() -> Router<AppState> {
    use pages::instructor::{course, courses, editor, exercises, insights, preview, versions};
    Router::new()
        .route("/instructor", get(courses::courses))
        .route("/instructor/courses/{course}", get(course::course))
        .route("/instructor/courses/{course}/insights", get(insights::insights))
        .route("/instructor/courses/{course}/lessons", post(editor::create))
        .route("/instructor/courses/{course}/lessons/new", get(editor::new))
        .route("/instructor/lessons/{lesson}", get(editor::edit).post(editor::save))
        .route("/instructor/lessons/{lesson}/publication", post(editor::publish))
        .route("/instructor/lessons/{lesson}/retirement", post(editor::retire))
        .route("/instructor/lessons/{lesson}/versions", get(versions::list))
        .route("/instructor/lessons/{lesson}/versions/{version}", get(versions::show))
        .route("/instructor/lessons/{lesson}/versions/{version}/restore", post(versions::restore))
        .route("/instructor/lessons/{lesson}/exercises", get(exercises::list).post(exercises::create))
        .route("/instructor/lessons/{lesson}/exercises/new", get(exercises::new))
        .route("/instructor/exercises/{exercise}", get(exercises::edit).post(exercises::save))
        .route("/instructor/exercises/{exercise}/retirement", post(exercises::retire))
        .route("/instructor/preview", post(preview::preview))
}

/// What admins do. Whether somebody may is said by auth-server and api-server.
fn admin() -> Router<AppState> {
    use pages::admin::{events, metrics, resets, user, users};
    Router::new()
        .route("/admin", get(metrics::metrics))
        .route("/admin/usage.csv", get(metrics::csv))
        .route("/admin/resets.csv", get(resets::csv))
        .route("/admin/events", get(events::events))
        .route("/admin/events.csv", get(events::csv))
        .route("/admin/users", get(users::users))
        .route("/admin/users/{user}", get(user::user))
        .route("/admin/users/{user}/role", post(user::set_role))
        .route("/admin/users/{user}/ban", post(user::ban))
        .route("/admin/users/{user}/unban", post(user::unban))
        .route("/admin/users/{user}/sessions", post(user::end_sessions))
        .route("/admin/users/{user}/teaching", post(user::set_teaching))
}

/// A page depends on who asks.
async fn vary(mut response: Response) -> Response {
    use http::{HeaderValue, header};
    if response.headers().get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes().starts_with(b"private")) {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("cookie"));
    }
    response
}

/// Looks now and then whether the auth server answers, so that pages can say so before somebody tries to sign in.
async fn watch(state: AppState, stop: CancellationToken) {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => state.provider.look().await,
        }
    }
}

/// Removes expired sessions now and then; any number of replicas may do so.
async fn clean(state: AppState, stop: CancellationToken) {
    let mut every = tokio::time::interval(Duration::from_secs(15 * 60));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => match session::delete_expired(&state.pool).await {
                Ok(0) => {}
                Ok(count) => tracing::debug!(count, "expired sessions removed"),
                Err(error) => tracing::warn!(%error, "expired sessions could not be removed"),
            },
        }
    }
}
