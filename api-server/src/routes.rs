//! Every route of the API, in one list.

use axum::{
    Router,
    routing::{get, post, put},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{admin, chat, courses, error::Problem, lessons, me, my_data, openapi, progress, search, state::AppState};

/// Sent by ChatKit's front end with every request.
static FRAME_INSTANCE: HeaderName = HeaderName::from_static("chatkit-frame-instance-id");

/// The router of this server, without what [`service::layers`] and [`service::health`] add.
pub fn router(state: AppState) -> Router {
    let cors = cors(&state.config.common.trusted_origins);
    Router::new()
        .nest("/api/v1", v1().merge(instructor()))
        .route("/openapi.json", get(openapi::openapi))
        .route("/docs", get(openapi::docs))
        .route(ui::style_path(), get(openapi::style))
        .fallback(async || Problem::not_found("resource"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address takes another method.")
        })
        // Outermost, so that a preflight (OPTIONS, which no route takes) meets it before the 405.
        .layer(cors)
        .with_state(state)
}

/// What is for who has an access token. Every route here stands in [`openapi`] too, and in the table of who may.
fn v1() -> Router<AppState> {
    Router::new()
        .route("/admin/usage", get(admin::usage::list))
        .route("/admin/retention", get(admin::retention::show).post(admin::retention::run))
        .route("/admin/reindex", post(admin::reindex::reindex))
        .route("/me", get(me::me))
        .route("/me/data", get(my_data::my_data))
        .route("/courses", get(courses::list::list))
        .route("/courses/{course}", get(courses::show::show))
        .route("/courses/{course}/enrollment", put(courses::enrollment::enroll).delete(courses::enrollment::leave))
        .route("/lessons/{lesson}", get(lessons::show::show))
        .route("/lessons/{lesson}/completion", put(progress::completion::complete))
        .route("/exercises/{exercise}/attempts", get(progress::attempts::attempts).post(progress::attempt::attempt))
        .route("/search", get(search::endpoint::search))
        .route("/chatkit", post(chat::endpoint::chatkit))
        .route("/threads", get(chat::threads::list))
        .route("/threads/{thread}/events", get(chat::events::events))
        .route("/threads/{thread}/ratings", get(chat::ratings::ratings))
        .route("/threads/{thread}/stop", post(chat::stop::stop))
}

/// What the staff of a course do, below `/api/v1` too.
fn instructor() -> Router<AppState> {
    use crate::instructor::{courses, exercises, insights, lessons, preview};
    Router::new()
        .route("/instructor/preview", post(preview::preview))
        .route("/instructor/courses", get(courses::list::list).post(courses::create::create))
        .route("/instructor/courses/{course}", get(courses::show::show).put(courses::edit::edit))
        .route("/instructor/courses/{course}/staff", get(courses::staff::list))
        .route("/instructor/courses/{course}/staff/{user}", put(courses::staff::add).delete(courses::staff::remove))
        .route("/instructor/courses/{course}/stages", post(courses::stages::create))
        .route(
            "/instructor/courses/{course}/stages/{stage}",
            put(courses::stages::edit).delete(courses::stages::remove),
        )
        .route("/instructor/courses/{course}/insights", get(insights::endpoint::insights))
        .route("/instructor/courses/{course}/lessons", post(lessons::create::create))
        .route("/instructor/lessons/{lesson}", get(lessons::show::show).put(lessons::save::save))
        .route(
            "/instructor/lessons/{lesson}/publication",
            put(lessons::publication::publish).delete(lessons::publication::retire),
        )
        .route("/instructor/lessons/{lesson}/versions", get(lessons::versions::list))
        .route("/instructor/lessons/{lesson}/versions/{version}", get(lessons::versions::show))
        .route("/instructor/lessons/{lesson}/versions/{version}/restore", post(lessons::restore::restore))
        .route("/instructor/lessons/{lesson}/exercises", get(exercises::list::list).post(exercises::create::create))
        .route(
            "/instructor/exercises/{exercise}",
            get(exercises::list::show).put(exercises::edit::edit).delete(exercises::edit::retire),
        )
}

/// Bearer tokens and no cookies: an exact list of origins, without credentials.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let rate = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map(HeaderName::from_static);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT_LANGUAGE,
            header::ACCEPT,
            FRAME_INSTANCE.clone(),
            chat::repeat::HEADER.clone(),
        ])
        .expose_headers(rate.into_iter().chain([header::RETRY_AFTER]).collect::<Vec<_>>())
        .max_age(std::time::Duration::from_secs(600))
}
