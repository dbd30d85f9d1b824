//! `/dev/mail`: what was sent, for development. The route exists in development only.

use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::*;
use ui::Card;

use super::{PageError, send, shell::Page, web};
use crate::{
    mail::{
        MailWay,
        mailbox::{self, Received},
    },
    state::AppState,
};

/// The page: newest first.
///
/// # Errors
/// When the database is away.
pub async fn show(State(state): State<AppState>) -> Result<Response, PageError> {
    let mails = mailbox::latest(&state).await?;
    let place = match &state.config.mail.way {
        MailWay::Files(directory) => format!("Every mail is also a file in {}.", directory.display()),
        MailWay::Smtp(_) | MailWay::Resend(..) => "Mails also leave by the configured mail service.".to_owned(),
    };
    Ok(send(StatusCode::OK, ui::render(|| page(mails, place, web(&state, "/"))), &[]))
}

fn page(mails: Vec<Received>, place: String, home: String) -> impl IntoView {
    let empty = mails.is_empty();
    let mails: Vec<_> = mails.into_iter().map(mail).collect();
    view! {
        <Page title="Mailbox" home=home>
            <h1>"Mailbox"</h1>
            <p class="muted">"For development: no mail reaches the outside. "{place}</p>
            {empty.then(|| view! { <p>"No mail yet."</p> })}
            {mails}
        </Page>
    }
}

fn mail(received: Received) -> impl IntoView {
    let content = received.content;
    let link = content.text.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned);
    let paragraphs: Vec<_> = content
        .text
        .split("\n\n")
        .filter(|text| !text.trim().starts_with("http"))
        .map(|text| view! { <p>{text.trim().to_owned()}</p> })
        .collect();
    let at = received.at.format("%H:%M:%S UTC").to_string();
    let state = if received.sent { "sent" } else { "waiting" };
    view! {
        <Card>
            <h2>{content.subject}</h2>
            <p>"To "<strong>{content.to}</strong>", "{at}", "{state}</p>
            <div class="mail-text stack-s">{paragraphs}</div>
            {link.map(|link| {
                let shown = link.clone();
                view! { <p><a href=link class="mail-link">"Open the link"</a><br/><small>{shown}</small></p> }
            })}
        </Card>
    }
}
