//! What the editors of lessons and of exercises share: how a save goes, and that no answer loses what was typed.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    editor_page,
    note::{Failed, Note, Outcome},
};
use crate::{api::Api, pages::Shell, session::Session, state::AppState};

/// A form that somebody writes in, as a page.
pub(super) trait Editor: Sized + Send + 'static {
    /// What the page is called.
    fn title(&self) -> String;

    /// How it went so far.
    fn outcome(&mut self) -> &mut Outcome;

    /// Whether the button was pressed that only shows what readers will see.
    fn is_preview(&self) -> bool {
        false
    }

    /// Saves what was typed, and gives the address that says so.
    async fn store(&mut self, api: &mut Api<'_>) -> Result<String, Failed>;

    /// Fetches what only makes the page nicer; all of it may fail.
    async fn furnish(&mut self, api: &mut Api<'_>);

    /// The page's inside.
    fn view(self) -> AnyView;
}

/// The page of an editor.
pub(super) async fn page(mut editor: impl Editor, api: &mut Api<'_>, shell: Shell) -> Response {
    match editor.outcome().note {
        Some(Note::SignedOut) => return shown(editor, shell),
        Some(Note::Unavailable) => {}
        _ => editor.furnish(api).await,
    }
    shown(editor, shell.known(api.person()))
}

/// A save, from the form to the answer: back to what was saved, or a page that says what went wrong and holds the text.
pub(super) async fn save(mut editor: impl Editor, app: &AppState, session: Option<Session>, shell: Shell) -> Response {
    let Some(session) = session else {
        editor.outcome().note = Some(Note::SignedOut);
        return shown(editor, shell);
    };
    let mut api = Api::new(app, session);
    if !editor.is_preview() {
        match editor.store(&mut api).await {
            Ok(address) => return Redirect::to(&address).into_response(),
            Err((note, faults)) => *editor.outcome() = Outcome { note: Some(note), faults },
        }
    }
    page(editor, &mut api, shell).await
}

fn shown(mut editor: impl Editor, shell: Shell) -> Response {
    let status = editor.outcome().status();
    shell.page(status, editor_page(editor.title()), move || editor.view())
}
