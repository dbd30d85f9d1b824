//! What a model says, on its way to the student.
//!
//! A piece of the stream is held back until its sentence, line or code fence is complete. Then the
//! leak guard judges it, and every citation in it is checked: a number that cites no passage, or a
//! passage that does not bear on the sentence, is taken out. An answer that asked nothing is given
//! the guide's question at its end.

mod markers;

use crate::{
    Citation, Decision, Question, guide,
    leak::{Guard, complete},
};

use markers::{Sentences, cite};

/// A model's answer to one turn, as far as it may be said.
#[derive(Debug)]
pub struct Reply<'q> {
    q: &'q Question<'q>,
    decision: &'q Decision,
    guard: Guard,
    pending: String,
    sentences: Sentences,
    /// Characters released so far.
    said: usize,
    asked: bool,
    /// The last text that was released.
    ending: String,
}

/// What may be sent now, possibly nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// The text.
    pub text: String,
    /// The citations whose markers stand in it; `at` counts from the start of the whole answer.
    pub citations: Vec<Citation>,
}

impl<'q> Reply<'q> {
    /// Begins an answer to a turn for which `decision` was taken.
    #[must_use]
    pub fn new(q: &'q Question<'q>, decision: &'q Decision) -> Self {
        Self {
            q,
            decision,
            guard: Guard::new(q),
            pending: String::new(),
            sentences: Sentences::default(),
            said: 0,
            asked: false,
            ending: String::new(),
        }
    }

    /// Takes the next piece of the model's stream.
    pub fn feed(&mut self, delta: &str) -> Released {
        self.pending.push_str(delta);
        let mut out = Released::default();
        while let Some(end) = complete(&self.pending) {
            let rest = self.pending.split_off(end);
            let piece = std::mem::replace(&mut self.pending, rest);
            self.release(piece, &mut out);
        }
        out
    }

    /// Ends the answer: the rest of it, and a guiding question where the model has asked none. An
    /// answer in which nothing was said stays empty; what to do then is the caller's choice.
    pub fn finish(&mut self) -> Released {
        let mut out = Released::default();
        let rest = std::mem::take(&mut self.pending);
        let begins_line = self.said == 0 || self.ending.ends_with('\n');
        self.release(rest, &mut out);
        // Cut off in a listing: what comes after it would be part of it.
        let closing = closing_fence(&out.text).filter(|_| begins_line);
        self.push(&closing.unwrap_or_default(), &mut out);
        if self.said > 0 && !self.asked {
            let question = guide::question(self.q, self.decision);
            let lines = self.ending.chars().rev().take_while(|c| *c == '\n').count().min(2);
            let gap = if question.is_empty() { "" } else { &"\n\n"[lines..] };
            self.push(&format!("{gap}{question}"), &mut out);
        }
        out
    }

    /// Whether something was held back for good.
    #[must_use]
    pub fn tripped(&self) -> bool {
        self.guard.tripped()
    }

    fn release(&mut self, piece: String, out: &mut Released) {
        let piece = self.guard.judge(piece);
        if is_fence(&piece) {
            return self.push(&piece, out);
        }
        self.asked |= asks(&piece);
        let (text, cited) = cite(&piece, self.q.passages, &mut self.sentences);
        let start = self.said;
        self.push(&text, out);
        out.citations.extend(cited.into_iter().map(|citation| Citation { at: start + citation.at, ..citation }));
    }

    fn push(&mut self, text: &str, out: &mut Released) {
        self.said += text.chars().count();
        out.text.push_str(text);
        if !text.is_empty() {
            text.clone_into(&mut self.ending);
        }
    }
}

fn is_fence(piece: &str) -> bool {
    let body = piece.trim_start();
    body.starts_with("```") || body.starts_with("~~~")
}

/// Whether something in it ends with a question mark; an address may have one within.
fn asks(piece: &str) -> bool {
    let end = |word: &'_ str| word.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    piece.split_whitespace().any(|word| word[end(word)..].contains('?'))
}

/// The line that ends the listing that `piece`, which begins a line, leaves open (CommonMark 0.31, section 4.5).
fn closing_fence(piece: &str) -> Option<String> {
    let mut open: Option<(&str, &str)> = None;
    for line in piece.lines() {
        let body = line.trim_start();
        let marks = &body[..body.len() - body.trim_start_matches(['`', '~']).len()];
        let info = &body[marks.len()..];
        let is_fence = marks.len() >= 3 && (marks.chars().all(|c| c == '~') || marks.chars().all(|c| c == '`'));
        match open {
            // In the rest of such a line a backtick makes it a piece of code within a sentence.
            None if is_fence && !(marks.starts_with('`') && info.contains('`')) => {
                open = Some((&line[..line.len() - body.len()], marks));
            }
            Some((_, opening)) if marks.starts_with(opening) && is_fence && info.trim().is_empty() => open = None,
            _ => {}
        }
    }
    let (indentation, marks) = open?;
    let line = if piece.ends_with('\n') { "" } else { "\n" };
    Some(format!("{line}{indentation}{marks}\n"))
}

#[cfg(test)]
mod tests {
    use super::{Released, Reply};
    use crate::{Decision, Exercise, Passage, Question, pieces};

    const SOLUTION: &str = "def rate(bandwidth, margin):\n    r = 2 * bandwidth\n    s = r * margin\n    if s < 10:\n        return 10\n    return round(s)\n";

    fn stream(q: &Question<'_>, text: &str) -> Released {
        let mut reply = Reply::new(q, &Decision::Teach);
        let mut out = Released::default();
        for delta in pieces(text) {
            let released = reply.feed(&delta);
            out.text += &released.text;
            out.citations.extend(released.citations);
        }
        let rest = reply.finish();
        out.text += &rest.text;
        out.citations.extend(rest.citations);
        out
    }

    fn passages() -> Vec<Passage> {
        let text = "A closed loop measures the result while it acts, and corrects the motor.";
        let passage = Passage { text: text.into(), markdown: text.into(), ..Passage::default() };
        vec![passage, Passage { markdown: "Gears trade speed for torque.".into(), ..Passage::default() }]
    }

    #[test]
    fn a_citation_that_holds_is_kept_with_its_place() {
        let found = passages();
        let q = Question { passages: &found, enrolled: true, ..Question::default() };
        let out = stream(&q, "A closed loop measures its result and corrects [1]. Why is that?");
        assert_eq!(out.text, "A closed loop measures its result and corrects [1]. Why is that?");
        assert_eq!((out.citations.len(), out.citations[0].passage), (1, 0));
        let until: String = out.text.chars().take(out.citations[0].at).collect();
        assert!(until.ends_with("[1]"), "{until}");
    }

    #[test]
    fn a_citation_of_nothing_or_of_another_subject_is_taken_out() {
        let found = passages();
        let q = Question { passages: &found, enrolled: true, ..Question::default() };
        let out = stream(&q, "A closed loop measures its result. [2] It corrects [7]. Ready?");
        assert_eq!(
            (out.text.as_str(), out.citations.len()),
            ("A closed loop measures its result. It corrects. Ready?", 0)
        );
    }

    #[test]
    fn brackets_in_code_are_code() {
        let found = passages();
        let q = Question { passages: &found, enrolled: true, ..Question::default() };
        let text = "Look at `row[1]` here.\n\n```python\nx[1] = 2\n```\nWhy?";
        assert_eq!(stream(&q, text).text, text);
    }

    #[test]
    fn an_answer_without_a_question_gets_one() {
        let concepts = ["closed loop".to_owned()];
        let q = Question { text: "What is a closed loop?", concepts: &concepts, enrolled: true, ..Question::default() };
        let out = stream(&q, "It measures.");
        assert!(out.text.starts_with("It measures.\n\n") && out.text.ends_with('?'), "{}", out.text);
        assert!(out.text.contains("**closed loop**"), "{}", out.text);
    }

    #[test]
    fn an_answer_gets_its_question_after_a_listing_that_was_cut_off_and_an_address_that_asks_nothing() {
        let concepts = ["closed loop".to_owned()];
        let q = Question { text: "What is a closed loop?", concepts: &concepts, enrolled: true, ..Question::default() };
        for (said, ended) in [
            ("Look:\n```python\nx = 2 # why?", "Look:\n```python\nx = 2 # why?\n```\n\n"),
            ("1. Look:\n   ~~~~\n   ~~~\n", "1. Look:\n   ~~~~\n   ~~~\n   ~~~~\n\n"),
            ("```\nx\n```", "```\nx\n```\n\n"),
            ("```", "```\n```\n\n"),
            ("```x = 1``` sets it.", "```x = 1``` sets it.\n\n"),
            ("Use this. ```print(x)``` prints.", "Use this. ```print(x)``` prints.\n\n"),
            ("  ```\n  x\n  ```\n  ```\n  y", "  ```\n  x\n  ```\n  ```\n  y\n  ```\n\n"),
            ("See https://example.com/?q=a.", "See https://example.com/?q=a.\n\n"),
        ] {
            let out = stream(&q, said);
            let question = out.text.strip_prefix(ended).unwrap_or_else(|| panic!("{}", out.text));
            assert!(question.contains("**closed loop**") && question.ends_with('?'), "{question}");
        }
    }

    #[test]
    fn a_solution_does_not_pass() {
        let exercises = [Exercise { solution: SOLUTION.into(), ..Exercise::default() }];
        for q in [
            Question { exercises: &exercises, enrolled: true, ..Question::default() },
            Question { elsewhere: &exercises, enrolled: true, ..Question::default() },
        ] {
            let out = stream(&q, &format!("Here:\n```python\n{SOLUTION}```\nDone."));
            assert!(!out.text.contains("bandwidth") && out.text.contains("Done."), "{}", out.text);
        }
    }

    #[test]
    fn nothing_said_stays_nothing() {
        assert_eq!(stream(&Question::default(), ""), Released::default());
    }
}
