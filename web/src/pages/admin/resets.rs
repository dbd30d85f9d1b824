//! The reset funnel: how many of those who asked for a link set a new password; and `GET /admin/resets.csv`.

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use chrono::{Days, NaiveDate, TimeDelta, Utc};
use http::header;
use leptos::prelude::*;
use service::csv;

use super::refused;
use crate::{
    api::{Api, ApiError, Forwarded, Summary},
    error::PageError,
    pages::{
        chart::{Row, RowChart, Series, grouped},
        moment::days,
        period::{Period, query},
    },
    session::SignedIn,
    state::AppState,
};

/// The steps, as the event log names them, and in words.
const STEPS: [(&str, &str); 3] = [
    ("password_reset_requested", "Asked for a link"),
    ("password_reset_opened", "Opened it"),
    ("password_reset", "Set a new password"),
];
/// A link that did not count: too old, used, or mistyped.
const FAILED: &str = "password_reset_failed";
/// What is counted for this page.
const TYPES: &str = "password_reset_requested,password_reset_opened,password_reset,password_reset_failed,sign_in,sign_in_failed,sign_up";

/// The counts of the days from `from` to `to`, both included.
pub(super) async fn summary(accounts: &mut Api<'_>, from: &str, to: &str) -> Result<Summary, ApiError> {
    let after = day_after(to);
    let query = query([("types", TYPES), ("from", from), ("to", after.as_str())]);
    accounts.get(&format!("/api/auth/admin/events/summary{query}")).await
}

/// The log's `to` is not included.
pub(super) fn day_after(day: &str) -> String {
    let next = day.parse::<NaiveDate>().ok().and_then(|day| day.checked_add_days(Days::new(1)));
    next.map_or_else(|| day.to_owned(), |day| day.to_string())
}

/// The funnel as a chart.
#[component]
pub(super) fn Funnel(
    /// What was counted.
    events: Summary,
) -> AnyView {
    let counts: Vec<i64> = STEPS.iter().map(|(kind, _)| events.total(kind)).collect();
    let (asked, done) = (counts.first().copied().unwrap_or(0), counts.last().copied().unwrap_or(0));
    let says = match asked {
        0 => "Nobody asked for a link.".to_owned(),
        _ => format!(
            "{} of {} links led to a new password, {} %.{}",
            grouped(done),
            grouped(asked),
            done * 100 / asked,
            not_counted(events.total(FAILED))
        ),
    };
    let rows = STEPS.iter().map(|(_, words)| Row { label: (*words).to_owned(), href: None }).collect();
    view! {
        <RowChart title="From a forgotten password to a new one" says=says what="Step" rows=rows
            series=vec![Series::new("times", counts)]/>
    }
    .into_any()
}

/// A sentence on links that did not count; none when all did.
fn not_counted(links: i64) -> String {
    match links {
        0 => String::new(),
        1 => " Once a link did not count.".to_owned(),
        _ => format!(" {} times a link did not count.", grouped(links)),
    }
}

/// The steps by day, as a file.
///
/// # Errors
/// 403 for everybody but admins; days that are no period; when auth-server is away.
pub async fn csv(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    forwarded: Forwarded,
    Query(period): Query<Period>,
) -> Result<Response, PageError> {
    let today = Utc::now().date_naive();
    let (from, to) = period.days();
    let to = if to.is_empty() { today.to_string() } else { to.to_owned() };
    let from = if from.is_empty() { (today - TimeDelta::days(29)).to_string() } else { from.to_owned() };
    let mut accounts = Api::new(&app, session).accounts(forwarded);
    let events = summary(&mut accounts, &from, &to).await.map_err(|error| refused(&accounts, error))?;
    let mut text = String::from("day,requested,opened,reset,failed\r\n");
    for day in days(&from, &to) {
        let counts = STEPS.iter().map(|(kind, _)| *kind).chain([FAILED]).map(|kind| events.on(&day, kind).to_string());
        text.push_str(&csv::line(&[day.clone()].into_iter().chain(counts).collect::<Vec<_>>()));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"password-resets.csv\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::day_after;

    #[test]
    fn the_day_after_knows_its_calendar() {
        let days = ["2026-12-31", "2028-02-28", "never"].map(day_after);
        assert_eq!(days, ["2027-01-01", "2028-02-29", "never"]);
    }
}
