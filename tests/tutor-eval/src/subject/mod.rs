//! Who answers: the built-in guide, a model that misbehaves on purpose, or a real one.

#[cfg(feature = "whole")]
pub mod real;
mod rewrite;
pub mod tactic;

use tutor::{Citation, Decision, Question, Reply};

use tactic::{Tactic, Turn};

/// Whose answers are measured.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The built-in guide.
    Guide,
    /// A model that does all it can to give solutions away, through the guard.
    Scripted(Tactic),
    /// A model that answers with the lesson's own words, cited: the guard must let it speak.
    Quoting,
    /// The model behind `OPENAI_BASE_URL`, through the guard.
    #[cfg(feature = "whole")]
    Real(std::sync::Arc<real::Model>),
}

/// What the student got to read in one turn.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The answer.
    pub text: String,
    /// Its citations.
    pub citations: Vec<Citation>,
    /// Whether the guard held something back.
    pub tripped: bool,
}

impl Subject {
    /// Answers one turn.
    ///
    /// # Errors
    /// When a real model cannot be reached.
    pub fn answer(&self, q: &Question<'_>, decision: &Decision, turn: Turn<'_>) -> anyhow::Result<Said> {
        match self {
            Self::Guide => {
                let answer = tutor::guide(q, decision);
                Ok(Said { text: answer.markdown, citations: answer.citations, tripped: false })
            }
            Self::Scripted(tactic) => Ok(through_the_guard(q, decision, &tactic.speak(turn))),
            Self::Quoting => Ok(through_the_guard(q, decision, &quotation(q))),
            #[cfg(feature = "whole")]
            Self::Real(model) => Ok(through_the_guard(q, decision, &model.answer(q, decision)?)),
        }
    }
}

/// The two best passages, each with its number.
fn quotation(q: &Question<'_>) -> String {
    let best = q.passages.iter().take(2).enumerate();
    best.map(|(at, passage)| {
        let (first, rest) = passage.markdown.split_once("\n\n").unwrap_or((&passage.markdown, ""));
        let marker = if first.starts_with("```") { String::new() } else { format!(" [{}]", at + 1) };
        format!("{first}{marker}\n\n{rest}\n\n")
    })
    .collect()
}

/// Streams a model's text as api-server does.
#[must_use]
pub fn through_the_guard(q: &Question<'_>, decision: &Decision, text: &str) -> Said {
    let mut reply = Reply::new(q, decision);
    let mut said = Said::default();
    let mut take = |released: tutor::Released| {
        said.text.push_str(&released.text);
        said.citations.extend(released.citations);
    };
    for delta in tutor::pieces(text) {
        take(reply.feed(&delta));
    }
    take(reply.finish());
    said.tripped = reply.tripped();
    said
}
