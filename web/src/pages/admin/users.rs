//! `GET /admin/users`: everybody, searched and filtered.

use axum::{
    extract::{Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use ui::{Badge, Button, ButtonKind, ButtonLink, Tone};

use super::{SubNav, admin_page, refused};
use crate::{
    api::{Api, Forwarded, User, Users},
    error::PageError,
    pages::{Shell, moment::Moment, period::query},
    session::SignedIn,
    state::AppState,
};

/// How many a page has.
const PAGE: usize = 50;
/// What can be shown: value and words.
const SHOWN: [(&str, &str); 5] = [
    ("", "Everybody"),
    ("student", "Students"),
    ("instructor", "Instructors"),
    ("admin", "Admins"),
    ("banned", "Banned"),
];

/// Who is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    /// `email` or `name`.
    field: String,
    /// A role, or `banned`.
    show: String,
    page: String,
}

impl Search {
    /// From 0.
    fn page(&self) -> usize {
        self.page.parse::<usize>().unwrap_or(1).clamp(1, 10_000) - 1
    }

    fn api_query(&self) -> String {
        let field = if self.field == "name" { "name" } else { "email" };
        let (filter, value) = match self.show.as_str() {
            "" => ("", ""),
            "banned" => ("banned", "true"),
            role => ("role", role),
        };
        let (limit, offset) = (PAGE.to_string(), (self.page() * PAGE).to_string());
        query([
            ("searchField", field),
            ("searchValue", self.q.trim()),
            ("filterField", filter),
            ("filterValue", value),
            ("sortBy", "createdAt"),
            ("sortDirection", "desc"),
            ("limit", &limit),
            ("offset", &offset),
        ])
    }

    /// The address of page `page`, from 0, of the same search.
    fn at(&self, page: usize) -> String {
        let page = (page + 1).to_string();
        let pairs = [("q", self.q.as_str()), ("field", &self.field), ("show", &self.show), ("page", &page)];
        format!("/admin/users{}", query(pairs))
    }
}

/// The list.
///
/// # Errors
/// 403 for everybody but admins; when auth-server is away.
pub async fn users(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    forwarded: Forwarded,
    shell: Shell,
    Query(search): Query<Search>,
) -> Result<Response, PageError> {
    let mut accounts = Api::new(&app, session).accounts(forwarded);
    let found: Result<Users, _> = accounts.get(&format!("/api/auth/admin/list-users{}", search.api_query())).await;
    let found = found.map_err(|error| refused(&accounts, error))?;
    let shell = shell.known(accounts.person());
    Ok(shell.page(StatusCode::OK, admin_page("Users"), move || view! { <List search=search found=found/> }))
}

#[component]
fn List(search: Search, found: Users) -> AnyView {
    let rows: Vec<_> = found.users.into_iter().map(|user| view! { <Line user=user/> }).collect();
    let words = match found.total {
        0 => "Nobody fits that search.".to_owned(),
        1 => "One person.".to_owned(),
        many => format!("{many} people."),
    };
    view! {
        <SubNav here="/admin/users"/>
        <div class="page-head"><h1>"Users"</h1></div>
        <SearchForm search=search.clone()/>
        <p class="muted found" role="status">{words}</p>
        <ul role="list" class="staff-list">{rows}</ul>
        <Pages search=search total=found.total/>
    }
    .into_any()
}

#[component]
fn SearchForm(search: Search) -> AnyView {
    let option = |value: &'static str, words: &'static str, chosen: &str| {
        view! { <option value=value selected=value == chosen>{words}</option> }
    };
    let shown: Vec<_> = SHOWN.into_iter().map(|(value, words)| option(value, words, &search.show)).collect();
    let fields: Vec<_> = [("email", "E-mail"), ("name", "Name")]
        .into_iter()
        .map(|(value, words)| option(value, words, &search.field))
        .collect();
    view! {
        <form method="get" class="filters" role="search" aria-label="Users">
            <div class="field field-wide">
                <label for="q">"Search"</label>
                <input class="input" type="search" id="q" name="q" value=search.q autocomplete="off"/>
            </div>
            <div class="field"><label for="field">"in"</label><select class="input" id="field" name="field">{fields}</select></div>
            <div class="field"><label for="show">"Show"</label><select class="input" id="show" name="show">{shown}</select></div>
            <Button kind=ButtonKind::Secondary>"Search"</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Line(user: User) -> AnyView {
    view! {
        <li class="staff-row">
            <div class="staff-words">
                <a class="staff-title" href=format!("/admin/users/{}", user.id)>{user.name.clone()}</a>
                <p class="staff-facts">{user.email.clone()}" · since "<Moment at=user.created_at.clone()/></p>
            </div>
            <div class="row staff-state"><Standing user=user/></div>
        </li>
    }
    .into_any()
}

/// Role, ban and proof of address as badges.
#[component]
pub(super) fn Standing(
    /// The person.
    user: User,
) -> AnyView {
    let tone = if user.role == "student" { Tone::Info } else { Tone::Success };
    view! {
        {user.banned.then(|| view! { <Badge tone=Tone::Danger>"Banned"</Badge> })}
        {(!user.email_verified).then(|| view! { <Badge tone=Tone::Warning>"Unverified"</Badge> })}
        <Badge tone=tone>{user.role}</Badge>
    }
    .into_any()
}

#[component]
fn Pages(search: Search, total: usize) -> AnyView {
    let (page, last) = (search.page(), total.div_ceil(PAGE).max(1) - 1);
    if last == 0 {
        return ().into_any();
    }
    let link = |there: Option<usize>, words: &'static str| {
        there.map(|there| view! { <ButtonLink kind=ButtonKind::Secondary href=search.at(there)>{words}</ButtonLink> })
    };
    view! {
        <nav class="pages" aria-label="Pages">
            <span>{format!("Page {} of {}", page + 1, last + 1)}</span>
            <span class="row">
                {link(page.checked_sub(1), "Previous")}
                {link((page < last).then_some(page + 1), "Next")}
            </span>
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_becomes_the_words_of_the_account_api() {
        let search =
            Search { q: " a&b ".to_owned(), show: "banned".to_owned(), page: "3".to_owned(), ..Search::default() };
        let query = search.api_query();
        for part in ["searchValue=a%26b", "searchField=email", "filterField=banned&filterValue=true", "offset=100"] {
            assert!(query.contains(part), "{part} is missing in {query}");
        }
        assert_eq!(search.at(3), "/admin/users?q=+a%26b+&show=banned&page=4");
        assert_eq!(Search { page: "0".to_owned(), ..Search::default() }.page(), 0);
    }
}
