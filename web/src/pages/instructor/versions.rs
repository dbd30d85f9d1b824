//! `GET /instructor/lessons/{lesson}/versions` and `…/versions/{version}`: what was written when; and
//! `POST …/versions/{version}/restore`.

use axum::{
    Form,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use leptos::prelude::*;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;
use ui::{Badge, Button, ButtonKind, ButtonLink, Tone};

use super::{Crumbs, preview::rendered, staff_page, way_to};
use crate::{
    api::{Api, LessonDraft, Preview, ShownVersion, VersionLine, Versions},
    error::PageError,
    pages::{Shell, chart::grouped, moment::Moment},
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// Which page.
#[derive(Debug, Default, Deserialize)]
pub struct PageOf {
    before: Option<Slug>,
}

/// The versions, newest first.
///
/// # Errors
/// 403 for students; 404; when the API is away.
pub async fn list(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
    Query(page): Query<PageOf>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let path = format!("/api/v1/instructor/lessons/{slug}");
    let lesson: LessonDraft = api.get(&path).await?;
    let before = page.before.map(|before| format!("?before={before}")).unwrap_or_default();
    let versions: Versions = api.get(&format!("{path}/versions{before}")).await?;
    let shell = shell.known(api.person());
    let meta = staff_page(format!("Versions of {}", lesson.version.title));
    Ok(shell.page(StatusCode::OK, meta, move || view! { <List lesson=lesson versions=versions/> }))
}

/// One version, as text and as readers would see it.
///
/// # Errors
/// As [`list`].
pub async fn show(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path((slug, version)): Path<(Slug, Slug)>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let path = format!("/api/v1/instructor/lessons/{slug}");
    let lesson: LessonDraft = api.get(&path).await?;
    let version: ShownVersion = api.get(&format!("{path}/versions/{version}")).await?;
    let preview = rendered(&mut api, &version.version.markdown).await.ok();
    let shell = shell.known(api.person());
    let meta = staff_page(format!("A version of {}", lesson.version.title));
    Ok(shell.page(StatusCode::OK, meta, move || view! { <Shown lesson=lesson version=version preview=preview/> }))
}

/// What the author has seen.
#[derive(Debug, Deserialize)]
pub struct Restore {
    base_version: String,
}

/// Makes an old version the newest again.
///
/// # Errors
/// As [`list`]; 409 when somebody saved in the meantime.
pub async fn restore(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path((slug, version)): Path<(Slug, Slug)>,
    Form(restore): Form<Restore>,
) -> Result<Response, PageError> {
    let path = format!("/api/v1/instructor/lessons/{slug}/versions/{version}/restore");
    Api::new(&app, session).post::<IgnoredAny>(&path, &json!({ "base_version": restore.base_version })).await?;
    Ok(Redirect::to(&format!("/instructor/lessons/{slug}?done=restored")).into_response())
}

#[component]
fn List(lesson: LessonDraft, versions: Versions) -> AnyView {
    let here = format!("/instructor/lessons/{}", lesson.slug);
    let newest = lesson.version.id.clone();
    let rows: Vec<_> = versions
        .versions
        .into_iter()
        .map(|version| {
            let is_newest = version.id == newest;
            view! { <VersionRow version=version is_newest=is_newest here=here.clone()/> }
        })
        .collect();
    let older = versions.next.map(|next| {
        view! { <p class="section"><ButtonLink kind=ButtonKind::Secondary href=format!("?before={next}")>"Older versions"</ButtonLink></p> }
    });
    view! {
        <div class="page-head">
            <Crumbs path=way_to(&lesson)/>
            <h1>"Versions"</h1>
            <p class="lede">"Every save is kept. Restoring an old one makes it the newest; readers see it when it is published."</p>
        </div>
        <ul role="list" class="staff-list">{rows}</ul>
        {older}
    }
    .into_any()
}

#[component]
fn VersionRow(version: VersionLine, is_newest: bool, here: String) -> AnyView {
    let author = version.author.unwrap_or_else(|| "the course’s files".to_owned());
    view! {
        <li class="staff-row">
            <div class="staff-words">
                <a class="staff-title" href=format!("{here}/versions/{}", version.id)><Moment at=version.created_at/></a>
                <p class="staff-facts">
                    {format!("“{}” · by {author} · {} characters", version.title, grouped(i64::from(version.length)))}
                </p>
            </div>
            <div class="row staff-state">
                {is_newest.then(|| view! { <Badge>"Newest"</Badge> })}
                {version.published.then(|| view! { <Badge tone=Tone::Success>"Published"</Badge> })}
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Shown(lesson: LessonDraft, version: ShownVersion, preview: Option<Preview>) -> AnyView {
    let here = format!("/instructor/lessons/{}", lesson.slug);
    let ShownVersion { version, source } = version;
    let is_newest = version.id == lesson.version.id;
    let author = version.author.unwrap_or_else(|| "the course’s files".to_owned());
    let html = preview.map(|preview| preview.html).unwrap_or_default();
    let mut crumbs = way_to(&lesson);
    crumbs.push(("Versions".to_owned(), format!("{here}/versions")));
    view! {
        <div class="page-head">
            <Crumbs path=crumbs/>
            <div class="row-between">
                <h1>{version.title}</h1>
                {(!is_newest).then(|| view! {
                    <form method="post" action=format!("{here}/versions/{}/restore", version.id)>
                        <input type="hidden" name="base_version" value=lesson.version.id.clone()/>
                        <Button kind=ButtonKind::Secondary>"Restore this version"</Button>
                    </form>
                })}
            </div>
            <p class="muted">"Saved "<Moment at=version.created_at/>{format!(" by {author}")}</p>
        </div>
        <div class="version-columns">
            <section aria-labelledby="as-text">
                <h2 id="as-text">"As text"</h2>
                <pre class="plain" tabindex="0" role="region" aria-labelledby="as-text"><code>{source}</code></pre>
            </section>
            <section aria-labelledby="as-page">
                <h2 id="as-page">"As readers would see it"</h2>
                // Safe: rendered by the same function as every published lesson.
                <div class="prose" data-lesson-content inner_html=html></div>
            </section>
        </div>
    }
    .into_any()
}
