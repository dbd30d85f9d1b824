//! `GET /`: what this is.

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use ui::{ButtonKind, ButtonLink, Glyph, Icon};

use super::{Meta, Shell};
use crate::{error::PageError, oidc::login_path, session::Visitor};

/// The stages as a visitor sees them before signing in: number, name, what one does there.
const STAGES: [(&str, &str, &str); 5] = [
    ("Foundations", "/stages/foundations", "Frames, sensors and feedback: the ideas that every robot is built on."),
    ("ROS 2 and simulation", "/stages/ros2-simulation", "Nodes, topics and a robot that you can crash for free."),
    ("Perception and planning", "/stages/perception-planning", "From pixels and point clouds to a path worth taking."),
    ("AI integration", "/stages/ai-integration", "Language and vision models that act in the physical world, safely."),
    ("Capstone", "/stages/capstone", "One humanoid task, end to end, and yours."),
];

/// The landing page.
///
/// # Errors
/// When the database is away and a session cookie must be looked up.
pub async fn landing(shell: Shell, Visitor(session): Visitor) -> Result<Response, PageError> {
    let shell = shell.known(session.map(|session| session.person()));
    let known = shell.person().is_some();
    let meta = Meta {
        description: Some("A course in physical AI and humanoid robotics with a tutor that asks back.".to_owned()),
        main_class: Some("landing".to_owned()),
        ..Meta::titled("Physical AI and humanoid robotics")
    };
    Ok(shell.page(StatusCode::OK, meta, move || view! { <Hero known=known/><Outline/><Method/> }))
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
