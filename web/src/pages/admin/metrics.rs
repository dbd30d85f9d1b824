//! `GET /admin?from=&to=`: the tutor's use, sign-ins and how many resets become a new password; and
//! `GET /admin/usage.csv`.

use axum::{
    extract::{Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;

use super::{
    SubNav, admin_page, refused,
    resets::{Funnel, summary},
};
use crate::{
    api::{Api, Forwarded, Summary, Usage},
    error::PageError,
    pages::{
        Shell,
        chart::{DayChart, Series, Tiles, grouped},
        moment::{day, days},
        period::{Period, PeriodForm, query},
    },
    proxy,
    session::SignedIn,
    state::AppState,
};

/// The page.
///
/// # Errors
/// 403 for everybody but admins; days that are no period; when a server is away.
pub async fn metrics(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    forwarded: Forwarded,
    shell: Shell,
    Query(period): Query<Period>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let usage: Usage = api.get(&format!("/api/v1/admin/usage{}", period.query())).await?;
    let mut accounts = api.accounts(forwarded);
    let events = summary(&mut accounts, &usage.from, &usage.to).await.map_err(|error| refused(&accounts, error))?;
    let shell = shell.known(accounts.person());
    Ok(shell.page(StatusCode::OK, admin_page("Metrics"), move || view! { <Page usage=usage events=events/> }))
}

/// The tutor's use by person and day, as a file.
///
/// # Errors
/// As [`metrics`].
pub async fn csv(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Query(period): Query<Period>,
) -> Result<Response, PageError> {
    let (from, to) = period.days();
    let query = query([("format", "csv"), ("from", from), ("to", to)]);
    let file = Api::new(&app, session).file(&format!("/api/v1/admin/usage{query}")).await?;
    Ok(proxy::back(file))
}

#[component]
fn Page(usage: Usage, events: Summary) -> AnyView {
    let totals = usage.totals.clone();
    let first = totals.first_text_ms.map_or_else(|| "—".to_owned(), |ms| format!("{} ms", grouped(ms)));
    let tiles = vec![
        ("Messages to the tutor", grouped(totals.messages)),
        ("People who asked", grouped(totals.people)),
        ("Turns that failed", grouped(totals.errors)),
        ("To the first words, on average", first),
        ("Tokens of the model", grouped(totals.prompt_tokens + totals.completion_tokens)),
    ];
    let period = [("from", usage.from.as_str()), ("to", usage.to.as_str())];
    let (usage_csv, resets_csv) =
        (format!("/admin/usage.csv{}", query(period)), format!("/admin/resets.csv{}", query(period)));
    view! {
        <SubNav here="/admin"/>
        <div class="page-head">
            <h1>"Metrics"</h1>
            <p class="lede">{format!("{} to {}. Days are UTC.", day(&usage.from), day(&usage.to))}</p>
        </div>
        <PeriodForm from=usage.from.clone() to=usage.to.clone()/>
        <section aria-labelledby="tutor">
            <div class="row-between section-head">
                <h2 id="tutor">"The tutor"</h2>
                <a href=usage_csv download="">"Use by person and day, CSV"</a>
            </div>
            <Tiles tiles=tiles/>
            <Tutor usage=usage.clone()/>
        </section>
        <section class="section" aria-labelledby="resets">
            <div class="row-between section-head">
                <h2 id="resets">"Forgotten passwords"</h2>
                <a href=resets_csv download="">"Resets by day, CSV"</a>
            </div>
            <Funnel events=events.clone()/>
        </section>
        <section class="section" aria-labelledby="sign-ins">
            <div class="row-between section-head"><h2 id="sign-ins">"Sign-ins"</h2></div>
            <SignIns from=usage.from to=usage.to events=events/>
        </section>
    }
    .into_any()
}

#[component]
fn Tutor(usage: Usage) -> AnyView {
    let days = days(&usage.from, &usage.to);
    let of = |number: fn(&crate::api::UsageDay) -> i64| -> Vec<i64> {
        days.iter().map(|day| usage.by_day.iter().find(|row| row.day == *day).map_or(0, number)).collect()
    };
    let messages =
        vec![Series::new("answered", of(|row| row.messages - row.errors)), Series::new("failed", of(|row| row.errors))];
    let people = vec![Series::new("people", of(|row| row.people))];
    let tokens = vec![Series::new("tokens", of(|row| row.tokens))];
    let busiest = usage.by_day.iter().max_by_key(|row| row.messages);
    let says = busiest.map_or_else(
        || "Nobody asked the tutor anything.".to_owned(),
        |row| {
            format!(
                "Busiest on {}: {} messages of {} people.",
                day(&row.day),
                grouped(row.messages),
                grouped(row.people)
            )
        },
    );
    let says_people = format!("{} people asked in all.", grouped(usage.totals.people));
    let says_tokens = format!(
        "{} read and {} written in all; the built-in guide uses none.",
        grouped(usage.totals.prompt_tokens),
        grouped(usage.totals.completion_tokens)
    );
    view! {
        <div class="charts">
            <DayChart id="messages" title="Messages a day" says=says days=days.clone() series=messages/>
            <DayChart id="people" title="People who asked, a day" says=says_people days=days.clone() series=people/>
            <DayChart id="tokens" title="Tokens a day" says=says_tokens days=days.clone() series=tokens/>
        </div>
    }
    .into_any()
}

#[component]
fn SignIns(from: String, to: String, events: Summary) -> AnyView {
    let days = days(&from, &to);
    let of = |kind: &str| -> Vec<i64> { days.iter().map(|day| events.on(day, kind)).collect() };
    let (good, bad) = (of("sign_in"), of("sign_in_failed"));
    let says = format!(
        "{} succeeded, {} failed, {} people registered.",
        grouped(good.iter().sum()),
        grouped(bad.iter().sum()),
        grouped(events.total("sign_up"))
    );
    let series = vec![Series::new("succeeded", good), Series::new("failed", bad)];
    view! { <DayChart id="sign-ins-a-day" title="Sign-ins a day" says=says days=days.clone() series=series/> }
        .into_any()
}
