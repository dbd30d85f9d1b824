//! `GET /`: what this is.

use axum::{
    extract::{Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use serde::{Deserialize, de::IgnoredAny};
use ui::{ButtonKind, ButtonLink, Glyph, Icon, Notice, Tone};

use super::{Meta, PressForm, Shell};
use crate::{
    api::Api,
    error::PageError,
    oidc::login_path,
    session::{Person, Session, Visitor},
    state::AppState,
};

/// The stages as a visitor sees them before signing in: number, name, what one does there.
const STAGES: [(&str, &str, &str); 5] = [
    ("Foundations", "/stages/foundations", "Frames, sensors and feedback: the ideas that every robot is built on."),
    ("ROS 2 and simulation", "/stages/ros2-simulation", "Nodes, topics and a robot that you can crash for free."),
    ("Perception and planning", "/stages/perception-planning", "From pixels and point clouds to a path worth taking."),
    ("AI integration", "/stages/ai-integration", "Language and vision models that act in the physical world, safely."),
    ("Capstone", "/stages/capstone", "One humanoid task, end to end, and yours."),
];

/// The query of the landing page.
#[derive(Debug, Default, Deserialize)]
pub struct Arrival {
    /// How far somebody just signed out: `site`, `browser` or `everywhere`.
    #[serde(rename = "signed-out")]
    signed_out: Option<String>,
}

/// The landing page.
///
/// # Errors
/// When the database is away and a session cookie must be looked up.
pub async fn landing(
    State(app): State<AppState>,
    shell: Shell,
    Visitor(session): Visitor,
    Query(arrival): Query<Arrival>,
) -> Result<Response, PageError> {
    let person = match session {
        Some(session) => Some(as_of_now(&app, session).await),
        None => None,
    };
    let known = person.is_some();
    let shell = shell.known(person);
    let meta = Meta {
        description: Some("A course in physical AI and humanoid robotics with a tutor that asks back.".to_owned()),
        main_class: Some("landing".to_owned()),
        ..Meta::titled("Physical AI and humanoid robotics")
    };
    let how = arrival.signed_out.filter(|_| !known);
    Ok(shell.page(StatusCode::OK, meta, move || {
        view! { {how.map(|how| goodbye(&how))}<Hero known=known/><Outline/><Method/> }
    }))
}

/// Who it is: any call to the API tells whether the token is stale, say after a change of role. Without the API, or
/// the auth server, the page goes on with what the session knows.
async fn as_of_now(app: &AppState, session: Session) -> Person {
    let mut api = Api::new(app, session);
    let _: Option<IgnoredAny> = api.get("/api/v1/me").await.ok();
    api.person()
}

/// What signing out did, and what it did not.
fn goodbye(how: &str) -> AnyView {
    match how {
        "site" => view! {
            <Notice tone=Tone::Success title="You are signed out of this site">
                <p>
                    "Other apps in this browser stay signed in, and so does the sign-in service: whoever uses it next could "
                    "sign in here as you. On a shared computer, sign out of all of them."
                </p>
                <div class="notice-actions">
                    <PressForm action="/auth/logout/browser" kind=ButtonKind::Secondary>"Sign out of all apps here"</PressForm>
                </div>
            </Notice>
        }
        .into_any(),
        "browser" => view! {
            <Notice tone=Tone::Success title="You are signed out of all apps in this browser">
                <p>"You can leave this computer to others. Your other devices stay signed in."</p>
            </Notice>
        }
        .into_any(),
        "everywhere" => view! {
            <Notice tone=Tone::Success title="You are signed out on all devices">
                <p>"Every session has ended, here and elsewhere. To go on, sign in again."</p>
            </Notice>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

#[component]
fn Hero(known: bool) -> impl IntoView {
    let actions = if known {
        view! { <ButtonLink href="/dashboard">"Go to your course"<Icon glyph=Glyph::ArrowRight/></ButtonLink> }
            .into_any()
    } else {
        view! {
            <ButtonLink href="/register">"Create account"<Icon glyph=Glyph::ArrowRight/></ButtonLink>
            <ButtonLink href=login_path("/dashboard") kind=ButtonKind::Secondary>"Sign in"</ButtonLink>
        }
        .into_any()
    };
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1>"Learn to build robots that think."</h1>
                <p class="lede">
                    "A course in physical AI and humanoid robotics, in five stages. Beside every lesson sits a tutor "
                    "who knows what you have read so far, and answers with the next good question."
                </p>
                <div class="row">{actions}</div>
            </div>
            <Exchange/>
        </section>
    }
}

/// A glimpse of the tutor: what asking it is like.
#[component]
fn Exchange() -> impl IntoView {
    view! {
        <figure class="exchange" aria-label="An example of a conversation with the tutor">
            <p class="exchange-you">"Why does my arm shake when I raise the gain?"</p>
            <div class="exchange-tutor">
                <p>
                    "A proportional controller reacts to where the joint "<em>"is"</em>
                    ", not to how fast it is moving."<span class="cite">"1"</span>
                </p>
                <p>"By the time the error is zero, what is the joint still doing?"</p>
            </div>
            <figcaption><span class="cite">"1"</span>"Foundations · Feedback and control"</figcaption>
        </figure>
    }
}

#[component]
fn Outline() -> impl IntoView {
    let rows = STAGES.iter().enumerate().map(|(index, (title, path, what))| {
        view! {
            <li>
                <a class="outline-row" href=*path>
                    <span class="stage-number" aria-hidden="true">{format!("{:02}", index + 1)}</span>
                    <span class="outline-title">{*title}</span>
                    <span class="outline-what">{*what}</span>
                </a>
            </li>
        }
    });
    view! {
        <section class="outline" aria-labelledby="outline">
            <h2 id="outline">"Five stages, in order"</h2>
            <p class="muted">"Each stage opens when the lessons before it are complete."</p>
            <ol role="list">{rows.collect::<Vec<_>>()}</ol>
        </section>
    }
}

#[component]
fn Method() -> impl IntoView {
    let points = [
        ("Asks, then tells", "You get a pointer before a step and a step before an example, so the insight is yours."),
        ("Cites its source", "Every claim carries a number that jumps to the passage in the lesson it came from."),
        ("Knows where you are", "It speaks only of stages that you have opened, on the page that you are reading."),
    ];
    let points = points.map(|(title, text)| view! { <div><h3>{title}</h3><p class="muted">{text}</p></div> });
    view! {
        <section class="method" aria-labelledby="method">
            <h2 id="method">"A tutor, not an answer machine"</h2>
            <div class="method-points">{points.into_iter().collect::<Vec<_>>()}</div>
        </section>
    }
}
