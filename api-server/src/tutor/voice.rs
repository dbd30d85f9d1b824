//! Who puts an answer into words, and how the words reach the student.
//!
//! The model writes where there is something to explain. The built-in guide writes what code must answer for: who may
//! ask, what is locked, off the course, not found or refused, where to begin, and a solution that may be shown. There
//! a model could only be talked round or invent. The guide also stands in for a model that is away.

use std::time::Duration;

use chatkit::{Event, Icon};
use tutor::{Answer, Citation, Decision, Passage, Question, Released, Reply, pieces, prompt};

use super::citation;
use crate::{
    chat::sink::Sink,
    llm::{Model, ModelError},
    state::AppState,
};

/// The pause between pieces of an answer that is there as a whole: so that reading can begin before the end …
const PACE: Duration = Duration::from_millis(12);
/// … and the end is not put off longer than this.
const LONGEST_STREAM: Duration = Duration::from_millis(2_400);
/// What the student is told when the model is away.
const AWAY: &str =
    "I cannot put things into my own words at the moment, so this answer comes straight from your lessons.";

/// Streams the answer to `q`: the model's where there is one and `decision` leaves it the word, otherwise `guide`'s.
/// Tells what was cited.
///
/// # Errors
/// The model broke off after its first words; they are in `sink`.
pub(super) async fn speak(
    state: &AppState,
    sink: &mut Sink,
    q: &Question<'_>,
    decision: &Decision,
    guide: &Answer,
) -> Result<Vec<Citation>, ModelError> {
    let model = state.model.as_ref().filter(|_| explains(decision));
    let mut telling = Telling { state, sink, passages: q.passages, held: Released::default(), cited: Vec::new() };
    if let Some(model) = model {
        match telling.model(model, q, decision).await {
            Ok(()) => return Ok(telling.cited),
            Err(error) if telling.sink.open => return Err(error),
            Err(_) => telling.sink.notice(AWAY),
        }
    }
    telling.guide(guide).await;
    Ok(telling.cited)
}

/// Whether there is something to explain, which a model may put into words.
fn explains(decision: &Decision) -> bool {
    matches!(decision, Decision::Teach | Decision::Define | Decision::SmallerStep | Decision::Hint { .. })
}

struct Telling<'t> {
    state: &'t AppState,
    sink: &'t mut Sink,
    passages: &'t [Passage],
    /// What may be said, but is only blank so far: an answer does not open with nothing.
    held: Released,
    cited: Vec<Citation>,
}

impl Telling<'_> {
    async fn model(&mut self, model: &Model, q: &Question<'_>, decision: &Decision) -> Result<(), ModelError> {
        self.sink.emit(&Event::ProgressUpdate { icon: Some(Icon::LIGHTBULB), text: "Thinking about it".to_owned() });
        let mut answer = model.open(&prompt::build(q, decision)).await?;
        let mut reply = Reply::new(q, decision);
        while let Some(text) = answer.next().await? {
            self.release(reply.feed(&text));
        }
        self.sink.tokens = answer.tokens();
        self.release(reply.finish());
        if !self.sink.open {
            return Err(ModelError::Empty);
        }
        self.sink.close();
        Ok(())
    }

    fn release(&mut self, released: Released) {
        self.held.text.push_str(&released.text);
        self.held.citations.extend(released.citations);
        if !self.sink.open && self.held.text.trim().is_empty() {
            return;
        }
        let released = std::mem::take(&mut self.held);
        if !self.sink.open {
            self.sink.open();
        }
        if !released.text.is_empty() {
            self.sink.say(&released.text);
        }
        for citation in released.citations {
            self.cite(citation);
        }
    }

    fn cite(&mut self, cited: Citation) {
        if let Some(passage) = self.passages.get(cited.passage) {
            self.sink.annotate(citation::annotation(&self.state.config.common.web_url, &cited, passage));
            self.cited.push(cited);
        }
    }

    async fn guide(&mut self, answer: &Answer) {
        self.sink.open();
        let pieces = pieces(&answer.markdown);
        let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
        let pace = PACE.min(LONGEST_STREAM / count);
        let mut citations = answer.citations.iter().peekable();
        let mut said = 0;
        for piece in pieces {
            said += piece.chars().count();
            self.sink.say(&piece);
            // Right behind its marker, so that a number is never on screen without its source.
            while let Some(cited) = citations.next_if(|cited| cited.at <= said) {
                self.cite(*cited);
            }
            tokio::time::sleep(pace).await;
        }
        self.sink.close();
    }
}
