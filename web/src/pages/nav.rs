//! The navigation in the header: where one may go, by role.

use leptos::prelude::*;
use oauth::Role;
use ui::{Badge, Button, ButtonKind, ButtonLink, Glyph, Icon, Tone};

use crate::{oidc::login_path, session::Person};

/// Label and address, for a role.
type Place = (&'static str, &'static str);

/// What everybody who is signed in has.
const LEARNING: [Place; 3] = [("Dashboard", "/dashboard"), ("Courses", "/courses"), ("Conversations", "/threads")];

/// Where a person of `role` may go.
fn places(role: Role) -> Vec<Place> {
    let mut places = LEARNING.to_vec();
    if matches!(role, Role::Instructor | Role::Admin) {
        places.push(("Teach", "/instructor"));
    }
    if role == Role::Admin {
        places.push(("Admin", "/admin"));
    }
    places
}

/// Whether `path` is `place`, or a page below it.
fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The navigation.
#[component]
pub fn Nav(
    /// Whom the page is shown to.
    person: Option<Person>,
    /// The page's own path.
    path: String,
    /// Whether the auth server is known to be away.
    sign_in_away: bool,
) -> impl IntoView {
    match person {
        Some(person) => view! { <SignedInNav person=person path=path/> }.into_any(),
        None => view! { <VisitorNav sign_in_away=sign_in_away/> }.into_any(),
    }
}

#[component]
fn VisitorNav(sign_in_away: bool) -> impl IntoView {
    // Both ways in lead to the auth server; the page behind the badge says more.
    let ways_in = if sign_in_away {
        view! { <a href=login_path("/dashboard")><Badge tone=Tone::Warning>"Sign-in is unavailable"</Badge></a> }
            .into_any()
    } else {
        view! {
            <a href=login_path("/dashboard")>"Sign in"</a>
            <ButtonLink href="/register" small=true>"Create account"</ButtonLink>
        }
        .into_any()
    };
    view! { <nav class="site-nav" aria-label="Site">{ways_in}</nav> }
}

/// The places stand in the header where there is room, and in the menu where there is none.
#[component]
fn SignedInNav(person: Person, path: String) -> impl IntoView {
    let places = places(person.role);
    let link = |(label, href): Place, class: &'static str| {
        let current = is_within(&path, href).then_some("page");
        view! { <a class=class href=href aria-current=current>{label}</a> }
    };
    let wide: Vec<_> = places.iter().map(|place| link(*place, "wide-only")).collect();
    let narrow: Vec<_> = places.iter().map(|place| link(*place, "narrow-only")).collect();
    let account = is_within(&path, "/account").then_some("page");
    view! {
        <nav class="site-nav" aria-label="Site">
            {wide}
            <details class="menu">
                <summary>
                    <Icon glyph=Glyph::Person/><span class="visually-hidden">"Menu and account: "</span><span class="wide-only">{person.name.clone()}</span>
                    <span class="narrow-only">"Menu"</span>
                </summary>
                <div class="menu-items">
                    <p>{person.name}<br/>{person.email}</p>
                    {narrow}
                    <a href="/account" aria-current=account><Icon glyph=Glyph::Person/>"Your account"</a>
                    <form method="post" action="/auth/logout">
                        <button type="submit"><Icon glyph=Glyph::SignOut/>"Sign out"</button>
                    </form>
                </div>
            </details>
        </nav>
    }
}

/// A form of one button: for what changes something by a press.
#[component]
pub fn PressForm(
    /// Where it posts to.
    #[prop(into)]
    action: String,
    /// How the button looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! { <form method="post" action=action><Button kind=kind>{children()}</Button></form> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_sees_where_it_may_go() {
        let has = |role, place| places(role).iter().any(|(_, href)| *href == place);
        assert!(!has(Role::Student, "/instructor") && !has(Role::Student, "/admin"));
        assert!(has(Role::Instructor, "/instructor") && !has(Role::Instructor, "/admin"));
        assert!(has(Role::Admin, "/instructor") && has(Role::Admin, "/admin"));
    }

    #[test]
    fn a_place_is_current_on_the_pages_below_it() {
        assert!(is_within("/instructor/lessons/a", "/instructor") && is_within("/threads", "/threads"));
        assert!(!is_within("/instructors", "/instructor"));
    }
}
