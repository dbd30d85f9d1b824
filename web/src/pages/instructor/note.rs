//! How a save went. Whatever went wrong, the page that says so holds what was typed.

use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use ui::{Notice, Tone};

use crate::{
    api::{ApiError, Fault, Refusal, faults},
    pages::moment::Moment,
    session::RefreshError,
};

/// How the page was come to, in its address.
#[derive(Debug, Default, Deserialize)]
pub struct Came {
    /// What was done last.
    #[serde(default)]
    pub(super) done: String,
}

/// Why a save failed, and which members are wrong.
pub(super) type Failed = (Note, Vec<Fault>);

/// How it went, for the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// At the top; none as long as nothing was done.
    pub(super) note: Option<Note>,
    /// At the fields.
    pub(super) faults: Vec<Fault>,
}

impl Outcome {
    /// The status of the page that carries it.
    pub(super) fn status(&self) -> StatusCode {
        self.note.as_ref().map_or(StatusCode::OK, Note::status)
    }

    /// Whether what the form shows is kept.
    pub(super) const fn is_saved(&self) -> bool {
        matches!(self.note, Some(Note::Done(_) | Note::Unpublished { .. }))
    }

    /// Whether the page holds text that is nowhere else.
    pub(super) const fn is_unsaved(&self) -> bool {
        self.note.is_some() && !self.is_saved()
    }
}

/// How a save went.
#[derive(Clone, Debug)]
pub(super) enum Note {
    /// It worked, in these words.
    Done(&'static str),
    /// Somebody else saved in the meantime: the words of the API, when, and what to save on top of from now on.
    Conflict { detail: String, at: Option<String>, newest: String },
    /// It is kept, but readers do not get it: why, with which status.
    Unpublished { why: String, status: StatusCode },
    /// The session ended.
    SignedOut,
    /// A server does not answer.
    Unavailable,
    /// Some members are wrong; each says so itself.
    Faulty,
    /// The API refused for another reason.
    Refused(String),
}

/// What `error` means for a form, and which of its members are wrong.
pub(super) fn judge(error: ApiError) -> Failed {
    match error {
        ApiError::Session(RefreshError::Ended) => (Note::SignedOut, Vec::new()),
        ApiError::Session(_) | ApiError::Unavailable(_) => (Note::Unavailable, Vec::new()),
        ApiError::Refused(refusal) => refused(refusal),
    }
}

/// What `error` means for a text that is kept already and should have gone to the readers.
pub(super) fn unpublished(error: ApiError) -> Note {
    let (note, faults) = judge(error);
    let status = note.status();
    let why = match note {
        Note::SignedOut => "You are signed out.".to_owned(),
        Note::Unavailable => "A part of the site does not answer.".to_owned(),
        Note::Conflict { detail, .. } | Note::Refused(detail) => detail,
        Note::Done(_) | Note::Unpublished { .. } | Note::Faulty => {
            let members = faults.iter().map(|fault| format!("{} {}.", fault.member, fault.detail));
            members.collect::<Vec<_>>().join(" ")
        }
    };
    Note::Unpublished { why, status }
}

fn refused(refusal: Refusal) -> Failed {
    let faults = faults(&refusal);
    let note = match (refusal.status, refusal.code.as_str()) {
        (_, "newer_version" | "newer_revision") => {
            let text = |member: &str| refusal.body.get(member).and_then(|text| text.as_str()).map(str::to_owned);
            let revision = refusal.body.get("revision").and_then(serde_json::Value::as_i64);
            let newest = text("version").or(revision.map(|number| number.to_string())).unwrap_or_default();
            Note::Conflict { at: text("saved_at"), newest, detail: refusal.detail }
        }
        (500.., _) => Note::Unavailable,
        _ if !faults.is_empty() => Note::Faulty,
        (404, _) => Note::Refused("It is not there any more, or you no longer teach its course.".to_owned()),
        _ => Note::Refused(refusal.detail),
    };
    (note, faults)
}

impl Note {
    /// The status of the page that carries it.
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Done(_) => StatusCode::OK,
            Self::Unpublished { status, .. } => *status,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::SignedOut | Self::Refused(_) => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Faulty => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// The note as a message at the top of the form.
#[component]
pub(super) fn NoteView(
    /// How it went.
    note: Note,
    /// Where the newer text can be read, after a conflict.
    #[prop(optional, into)]
    newer: Option<String>,
) -> AnyView {
    let newer = newer.filter(|newer| !newer.is_empty());
    let inside = match note {
        Note::Done(words) => view! { <Notice tone=Tone::Success title=words><span></span></Notice> }.into_any(),
        Note::Conflict { detail, at, .. } => view! {
            <Notice tone=Tone::Danger title="Not saved: somebody else was faster">
                <p>
                    {detail}
                    {at.map(|at| view! { " It was saved on "<Moment at=at/>"." })}
                    " What you typed is still here, below. Saving it now puts it on top of the newer one."
                </p>
                {newer.map(|href| view! {
                    <p class="notice-actions">
                        <a href=href target="_blank" rel="noopener">"Read the newer one in another tab"</a>
                    </p>
                })}
            </Notice>
        }
        .into_any(),
        Note::Unpublished { why, .. } => view! {
            <Notice tone=Tone::Warning title="Saved, but not published">
                <p>{why}" Readers do not see this version yet. Nothing is lost: publish it again when you are ready."</p>
            </Notice>
        }
        .into_any(),
        Note::SignedOut => view! {
            <Notice tone=Tone::Danger title="Not saved: you are signed out">
                <p>
                    "What you typed is still here. "
                    <a href="/auth/login?return_to=%2Finstructor" target="_blank" rel="noopener">"Sign in in another tab"</a>
                    ", come back to this one and save again."
                </p>
            </Notice>
        }
        .into_any(),
        Note::Unavailable => view! {
            <Notice tone=Tone::Danger title="Not saved: a part of the site does not answer">
                <p>"What you typed is still here. Please save again in a minute."</p>
            </Notice>
        }
        .into_any(),
        Note::Faulty => view! {
            <Notice tone=Tone::Danger title="Not saved yet">
                <p>"Something does not fit; the fields below say what."</p>
            </Notice>
        }
        .into_any(),
        Note::Refused(detail) => view! {
            <Notice tone=Tone::Danger title="Not saved">
                <p>{detail}" What you typed is still here."</p>
            </Notice>
        }
        .into_any(),
    };
    view! { <div class="banner">{inside}</div> }.into_any()
}

/// What is wrong with a member, as a sentence that begins with the field's label. Nothing wrong: no words.
pub(super) fn fault_of(faults: &[Fault], member: &str, label: &str) -> String {
    let found: Vec<String> = faults
        .iter()
        .filter(|fault| fault.member == member)
        .map(|fault| format!("{label} {}.", fault.detail.replace('`', "")))
        .collect();
    found.join(" ")
}
