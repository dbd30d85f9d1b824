//! What admins see: metrics, people, the event log.
//!
//! Whether somebody may is decided with every call: by auth-server for people and events (role admin, and an access
//! token with the scope `admin`), by api-server for the tutor's use.

pub mod events;
pub mod metrics;
pub mod resets;
pub mod user;
pub mod users;

use leptos::prelude::*;

use super::{Meta, Part};
use crate::{
    api::{Api, ApiError},
    error::PageError,
};

/// A page for admins with that title.
fn admin_page(title: impl Into<String>) -> Meta {
    Meta { parts: &[Part::StaffStyle], ..Meta::titled(title) }
}

/// What a refusal of auth-server means. An admin whose token was granted before they were one signs in again.
fn refused(accounts: &Api<'_>, error: ApiError) -> PageError {
    match error {
        ApiError::Refused(refusal) if refusal.status == 403 => {
            let is_admin = accounts.person().role == oauth::Role::Admin;
            if is_admin && !accounts.has_scope("admin") { PageError::AdminSinceSignIn } else { PageError::BeyondRole }
        }
        other => other.into(),
    }
}

/// The pages for admins.
#[component]
fn SubNav(
    /// The address of the current one.
    here: &'static str,
) -> AnyView {
    let pages = [("Metrics", "/admin"), ("Users", "/admin/users"), ("Event log", "/admin/events")];
    let links: Vec<_> = pages
        .into_iter()
        .map(|(label, href)| view! { <a href=href aria-current=(href == here).then_some("page")>{label}</a> })
        .collect();
    view! { <nav class="subnav" aria-label="Administration">{links}</nav> }.into_any()
}
