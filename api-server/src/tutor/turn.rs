//! Answering one turn: what the policy may know is gathered, it decides, and somebody puts it into words ([`voice`]).

use std::collections::BTreeSet;

use chatkit::{Event, Icon, ItemBody, ThreadItem};
use tutor::{Decision, Passage, Question, Said, Speaker, decide, guide, search_text};
use uuid::Uuid;

use super::{
    about,
    course::{self, Surroundings},
    voice,
};
use crate::{
    chat::{begin::Job, finish::Answered, sink::Sink, store},
    llm::ModelError,
    search::{
        retrieve::{self, Found},
        scope,
    },
    state::AppState,
};

/// How many messages of the thread are looked back on.
const LOOK_BACK: i64 = 60;
/// How many passages the tutor looks at.
const PASSAGES: usize = 8;
/// What the student is told when the lessons cannot be searched.
const UNSEEN: &str = "I cannot look into the lessons at the moment, so this answer comes without passages.";

/// Why a turn could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// What the tutor must know could not be read.
    #[error("the surroundings could not be read: {0}")]
    Surroundings(crate::error::Problem),
    /// The thread could not be read.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The model broke off in mid-answer.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Retrieves, decides and streams the answer into `sink`.
///
/// # Errors
/// When the database cannot be read, or the model breaks off after its first words.
pub(crate) async fn answer(state: &AppState, job: &Job, sink: &mut Sink) -> Result<Answered, TurnError> {
    sink.emit(&Event::ProgressUpdate { icon: Some(Icon::SEARCH), text: "Looking in your lessons".to_owned() });
    let around = course::surroundings(state, &job.caller, &job.page, job.course).await;
    let around = around.map_err(TurnError::Surroundings)?;
    let history = history(state, job).await?;
    let text = job.message.text();
    let quoted = quoted(job);
    let found = look_up(state, job, sink, &around, &search_text(&text, quoted, &history)).await;
    let blind = found.is_none();
    let found = found.unwrap_or_default();
    let lessons: Vec<Uuid> = found.iter().map(|found| found.lesson_id).collect();
    let passages: Vec<Passage> = found.into_iter().map(|found| found.passage).collect();
    let question = Question {
        text: &text,
        quoted,
        lesson_title: around.lesson.as_ref().map(|lesson| &*lesson.title),
        lesson_slug: around.lesson.as_ref().map(|lesson| &*lesson.slug),
        headings: &around.headings,
        concepts: around.lesson.as_ref().map_or(&[], |lesson| &lesson.concepts),
        exercises: &around.exercises,
        elsewhere: &around.elsewhere,
        exercise: job.page.exercise.as_deref(),
        passages: &passages,
        locked: &around.locked,
        enrolled: around.enrolled,
        course_title: &around.course_title,
        catalogue: &around.catalogue,
        history: &history,
    };
    let decision = decide(&question);
    let answer = guide(&question, &decision);
    let citations = voice::speak(state, sink, &question, &wording(&decision, blind), &answer).await?;
    let cited: BTreeSet<Uuid> = citations.iter().filter_map(|cited| lessons.get(cited.passage).copied()).collect();
    Ok(Answered {
        about: about::of(&around, &decision, &citations, &lessons, &passages),
        title: answer.title,
        follow_ups: answer.follow_ups,
        decision: decision.name(),
        cited: cited.into_iter().collect(),
    })
}

/// What a model is told to do. Where nothing was found because nothing could be looked up, it may explain all the same:
/// the student has been told that the answer comes without passages.
fn wording(decision: &Decision, blind: bool) -> Decision {
    if blind && *decision == Decision::NothingFound { Decision::Teach } else { decision.clone() }
}

/// What the student quoted: with the message itself, or selected on the page.
fn quoted(job: &Job) -> Option<&str> {
    let own = job.message.quoted_text.as_deref().filter(|text| !text.trim().is_empty());
    own.or(job.page.selected.as_deref())
}

/// Passages from the person's open stages; `None` where the lessons cannot be looked into, which the student is told.
/// Who does not take part hears of the catalogue only.
async fn look_up(
    state: &AppState,
    job: &Job,
    sink: &mut Sink,
    around: &Surroundings,
    text: &str,
) -> Option<Vec<Found>> {
    if !around.enrolled {
        return Some(Vec::new());
    }
    let found = match scope::of(&state.pool, &job.caller).await {
        Ok(scope) => retrieve::passages(state, &scope, text, PASSAGES).await,
        Err(error) => Err(error.into()),
    };
    found
        .inspect_err(|error| {
            tracing::warn!(%error, turn = %job.turn, "answering without passages");
            sink.notice(UNSEEN);
        })
        .ok()
}

/// The thread so far, without the message that is being answered.
async fn history(state: &AppState, job: &Job) -> Result<Vec<Said>, sqlx::Error> {
    let items = store::before(&state.pool, &job.thread.id, &job.user_item, LOOK_BACK).await?;
    Ok(items.into_iter().filter_map(said).collect())
}

fn said(item: ThreadItem) -> Option<Said> {
    match item.body {
        ItemBody::UserMessage(message) => Some(Said { by: Speaker::Student, text: message.text() }),
        ItemBody::AssistantMessage(message) => {
            let text = message.content.into_iter().map(|part| part.text).collect();
            Some(Said { by: Speaker::Tutor, text })
        }
        _ => None,
    }
}
