//! The page of one person.

use leptos::prelude::*;
use ui::{Button, ButtonKind, Notice, Tone};

use super::Shown;
use crate::{
    api::{LoggedEvent, SessionLine, User},
    pages::{
        admin::{SubNav, events::EventTable, users::Standing},
        moment::Moment,
    },
};

/// How long a ban can be: seconds and words.
const SPANS: [(&str, &str); 5] =
    [("3600", "An hour"), ("86400", "A day"), ("604800", "A week"), ("2592000", "30 days"), ("", "For ever")];
const ROLES: [(&str, &str); 3] = [("student", "Student"), ("instructor", "Instructor"), ("admin", "Admin")];

/// A course, and whether the person is on its list of staff.
pub(super) struct Teaching {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) listed: bool,
}

/// The page.
#[component]
pub(super) fn PersonView(
    /// Everything about the person.
    shown: Shown,
) -> AnyView {
    let Shown { user, sessions, events, teaching, done } = shown;
    let here = format!("/admin/users/{}", user.id);
    let is_instructor = user.role == "instructor";
    view! {
        <SubNav here="/admin/users"/>
        {done.map(|words| view! {
            <div class="banner"><Notice tone=Tone::Success title=words><span></span></Notice></div>
        })}
        <div class="page-head">
            <p class="crumbs"><a href="/admin/users">"Users"</a></p>
            <h1>{user.name.clone()}</h1>
            <p class="row"><Standing user=user.clone()/><span class="muted">{user.email.clone()}</span></p>
            <p class="muted small">"Registered "<Moment at=user.created_at.clone()/></p>
        </div>
        <RoleSection role=user.role.clone() here=here.clone()/>
        {is_instructor.then(|| view! { <TeachingSection teaching=teaching here=here.clone()/> })}
        <BanSection user=user.clone() here=here.clone()/>
        <SessionsSection sessions=sessions here=here/>
        <EventsSection user=user.id events=events/>
    }
    .into_any()
}

#[component]
fn RoleSection(role: String, here: String) -> AnyView {
    let options: Vec<_> = ROLES
        .into_iter()
        .map(|(value, words)| view! { <option value=value selected=value == role>{words}</option> })
        .collect();
    view! {
        <section class="govern" aria-labelledby="role-title">
            <h2 id="role-title">"Role"</h2>
            <div class="govern-body">
                <form method="post" action=format!("{here}/role")>
                    <div class="field"><label for="role">"Role"</label><select class="input" id="role" name="role">{options}</select></div>
                    <Button kind=ButtonKind::Secondary>"Change the role"</Button>
                </form>
                <p class="muted small">"It holds from their next page on. Admins teach every course and govern everybody."</p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn TeachingSection(teaching: Vec<Teaching>, here: String) -> AnyView {
    let none = teaching.is_empty();
    let rows: Vec<_> = teaching
        .into_iter()
        .map(|course| {
            let (way, words) = if course.listed { ("off", "Take from the list") } else { ("on", "Put on the list") };
            let facts = if course.listed { "teaches it" } else { "does not teach it" };
            view! {
                <li class="staff-row">
                    <div class="staff-words"><p class="staff-title">{course.title.clone()}</p><p class="staff-facts">{facts}</p></div>
                    <form method="post" action=format!("{here}/teaching")>
                        <input type="hidden" name="course" value=course.slug/>
                        <input type="hidden" name="way" value=way/>
                        <Button kind=ButtonKind::Secondary small=true>
                            {words}<span class="visually-hidden">{format!(" of {}", course.title)}</span>
                        </Button>
                    </form>
                </li>
            }
        })
        .collect();
    view! {
        <section class="govern" aria-labelledby="teaching-title">
            <h2 id="teaching-title">"Teaching"</h2>
            <div class="govern-body">
                {none.then(|| view! { <p class="muted">"There is no course yet."</p> })}
                <ul role="list" class="staff-list">{rows}</ul>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn BanSection(user: User, here: String) -> AnyView {
    let body = if user.banned {
        let until = user.ban_expires.map_or_else(
            || view! { <span>"for ever"</span> }.into_any(),
            |at| view! { <span>"until "<Moment at=at/></span> }.into_any(),
        );
        view! {
            <p>"Banned "{until}". "{user.ban_reason.map(|reason| format!("Reason: {reason}"))}</p>
            <form method="post" action=format!("{here}/unban")><Button kind=ButtonKind::Secondary>"Lift the ban"</Button></form>
        }
        .into_any()
    } else {
        let spans: Vec<_> = SPANS
            .into_iter()
            .map(|(value, words)| view! { <option value=value selected=value == "604800">{words}</option> })
            .collect();
        view! {
            <form method="post" action=format!("{here}/ban")>
                <div class="field">
                    <label for="reason">"Reason"</label>
                    <input class="input" id="reason" name="reason" maxlength="500" autocomplete="off" aria-describedby="reason-hint"/>
                </div>
                <div class="field"><label for="seconds">"For how long"</label><select class="input" id="seconds" name="seconds">{spans}</select></div>
                <Button kind=ButtonKind::Danger>"Ban"</Button>
            </form>
            <p class="muted small" id="reason-hint">"It bites at once: they are signed out everywhere and cannot sign in until it ends. The event log keeps the reason."</p>
        }
        .into_any()
    };
    view! {
        <section class="govern" aria-labelledby="ban-title">
            <h2 id="ban-title">"Ban"</h2>
            <div class="govern-body">{body}</div>
        </section>
    }
    .into_any()
}

#[component]
fn SessionsSection(sessions: Vec<SessionLine>, here: String) -> AnyView {
    let none = sessions.is_empty();
    let rows: Vec<_> =
        sessions.into_iter().map(|session| view! { <SessionRow session=session here=here.clone()/> }).collect();
    view! {
        <section class="govern" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sign-ons"</h2>
            <div class="govern-body">
                {none.then(|| view! { <p class="muted">"Signed in nowhere."</p> })}
                <ul role="list" class="staff-list">{rows}</ul>
                {(!none).then(|| view! {
                    <form method="post" action=format!("{here}/sessions")>
                        <input type="hidden" name="session" value=""/>
                        <Button kind=ButtonKind::Danger>"End all of them"</Button>
                    </form>
                })}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn SessionRow(session: SessionLine, here: String) -> AnyView {
    let agent = session.user_agent.unwrap_or_default();
    let address = session.ip_address.unwrap_or_default();
    let acting = session.impersonated_by.is_some();
    view! {
        <li class="staff-row">
            <div class="staff-words">
                <p class="staff-title" title=agent.clone()>{ui::device::in_words(&agent)}</p>
                <p class="staff-facts">
                    {address}" · since "<Moment at=session.created_at.clone()/>" · until "<Moment at=session.expires_at/>
                    {acting.then_some(" · an admin acts in their name")}
                </p>
            </div>
            <form method="post" action=format!("{here}/sessions")>
                <input type="hidden" name="session" value=session.token/>
                <Button kind=ButtonKind::Secondary small=true>
                    "End it"<span class="visually-hidden">" (begun "<Moment at=session.created_at/>")"</span>
                </Button>
            </form>
        </li>
    }
    .into_any()
}

#[component]
fn EventsSection(user: String, events: Vec<LoggedEvent>) -> AnyView {
    view! {
        <section class="govern-wide" aria-labelledby="events-title">
            <div class="row-between section-head">
                <h2 id="events-title">"Lately"</h2>
                <a href=format!("/admin/events?user={user}")>"All of their events"</a>
            </div>
            <EventTable events=events/>
        </section>
    }
    .into_any()
}
