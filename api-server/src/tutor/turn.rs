//! Answering one turn.

use std::{collections::BTreeSet, time::Duration};

use chatkit::{Event, Icon, ItemBody, NoticeLevel, ThreadItem};
use tutor::{Answer, Decision, Passage, Question, Said, Speaker, decide, guide, pieces, search_text};
use uuid::Uuid;

use super::{
    about, citation,
    course::{self, Surroundings},
};
use crate::{
    chat::{begin::Job, finish::Answered, sink::Sink, store},
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
/// The pause between pieces of an answer that is there as a whole: so that reading can begin before the end …
const PACE: Duration = Duration::from_millis(12);
/// … and the end is not put off longer than this.
const LONGEST_STREAM: Duration = Duration::from_millis(2_400);

/// Why a turn could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// What the tutor must know could not be read.
    #[error("the surroundings could not be read: {0}")]
    Surroundings(crate::error::Problem),
    /// The thread could not be read.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Retrieves, decides and streams the answer into `sink`.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn answer(state: &AppState, job: &Job, sink: &mut Sink) -> Result<Answered, TurnError> {
    sink.emit(&Event::ProgressUpdate { icon: Some(Icon::SEARCH), text: "Looking in your lessons".to_owned() });
    let around = course::surroundings(state, &job.caller, &job.page, job.course).await;
    let around = around.map_err(TurnError::Surroundings)?;
    let history = history(state, job).await?;
    let text = job.message.text();
    let quoted = quoted(job);
    let found = look_up(state, job, sink, &around, &search_text(&text, quoted, &history)).await;
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
    let (decision, answer) = compose(&question);
    stream(state, sink, &answer, &passages).await;
    let cited: BTreeSet<Uuid> =
        answer.citations.iter().filter_map(|cited| lessons.get(cited.passage).copied()).collect();
    Ok(Answered {
        about: about::of(&around, &decision, &answer.citations, &lessons, &passages),
        title: answer.title,
        follow_ups: answer.follow_ups,
        decision: decision.name(),
        cited: cited.into_iter().collect(),
    })
}

fn compose(question: &Question<'_>) -> (Decision, Answer) {
    let decision = decide(question);
    let answer = guide(question, &decision);
    (decision, answer)
}

/// What the student quoted: with the message itself, or selected on the page.
fn quoted(job: &Job) -> Option<&str> {
    let own = job.message.quoted_text.as_deref().filter(|text| !text.trim().is_empty());
    own.or(job.page.selected.as_deref())
}

/// Passages from the person's open stages. Who does not take part hears of the catalogue only.
async fn look_up(state: &AppState, job: &Job, sink: &mut Sink, around: &Surroundings, text: &str) -> Vec<Found> {
    if !around.enrolled {
        return Vec::new();
    }
    let found = match scope::of(&state.pool, &job.caller).await {
        Ok(scope) => retrieve::passages(state, &scope, text, PASSAGES).await,
        Err(error) => Err(error.into()),
    };
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, turn = %job.turn, "answering without passages");
        sink.emit(&Event::Notice {
            level: NoticeLevel::Warning,
            message: "I cannot look into the lessons at the moment, so this answer comes without passages.".to_owned(),
            title: None,
        });
        Vec::new()
    })
}

async fn stream(state: &AppState, sink: &mut Sink, answer: &Answer, passages: &[Passage]) {
    sink.open();
    let pieces = pieces(&answer.markdown);
    let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
    let pace = PACE.min(LONGEST_STREAM / count);
    let mut citations = answer.citations.iter().peekable();
    let mut said = 0;
    for piece in pieces {
        said += piece.chars().count();
        sink.say(&piece);
        // Right behind its marker, so that a number is never on screen without its source.
        while let Some(cited) = citations.next_if(|cited| cited.at <= said) {
            if let Some(passage) = passages.get(cited.passage) {
                sink.annotate(citation::annotation(&state.config.common.web_url, cited, passage));
            }
        }
        tokio::time::sleep(pace).await;
    }
    sink.close();
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
