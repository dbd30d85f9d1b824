//! Reading along with a stream.

use std::{collections::HashSet, sync::Arc};

use super::{
    runs::Set,
    secret::{Mark, Secret, Wanted, prepare},
    views::spelled,
};
use crate::{Exercise, Question, Rung, Speaker};

/// What the student reads in place of what was held back.
const NOTE: &str = "\n\n*Here I leave something out: it would give the solution of an open exercise away.*\n\n";

/// How much of what was said is read again with the next piece, in bytes: more than any run of
/// marks is long.
const TAIL: usize = 400;
/// The same for what single characters spell, in bytes.
const SPELLED: usize = 60;
/// A line that is longer than this, in bytes, is taken to have ended.
const ENDLESS: usize = 2_000;

/// Lets a model's answer through, sentence by sentence and code fence by code fence, unless a
/// piece would complete a solution that the student has not passed.
///
/// Text is held back until its sentence, line or fence is complete, never longer.
#[derive(Debug, Default)]
pub struct Guard {
    secrets: Vec<Secret>,
    wanted: Arc<Wanted>,
    /// Lines of the lessons, word for word: what stands in one is always allowed.
    lessons: HashSet<String>,
    /// The end of the stream.
    tail: String,
    /// The end of what its single characters spell, and the line that has not ended yet: only a whole line has a first
    /// and a last character.
    spelled: [String; 4],
    line: String,
    /// The marks of that end.
    before: Set<Mark>,
    pending: String,
    tripped: bool,
    noted: bool,
}

impl Guard {
    /// A guard for one turn: it knows the solutions of the exercises that are not passed, what the
    /// tutor has said in the thread, and what the student has anyway: the passages, the tasks and
    /// their hints, and her own words.
    #[must_use]
    pub fn new(q: &Question<'_>) -> Self {
        let open: Vec<&Exercise> = q.exercises.iter().chain(q.elsewhere).filter(|exercise| !exercise.passed).collect();
        let mut guard = Self::against(open.iter().map(|exercise| exercise.solution.as_str()));
        if guard.secrets.is_empty() {
            return guard;
        }
        guard.lessons = q.passages.iter().flat_map(|passage| passage.markdown.lines()).map(plain).collect();
        let mut known = Set::default();
        let own = q.history.iter().filter(|said| said.by == Speaker::Student).map(|said| said.text.as_str());
        let help = q
            .exercises
            .iter()
            .flat_map(|e| Rung::ALL.map(|rung| e.hints.on(rung)).into_iter().chain([e.prompt.as_str()]));
        let lessons = q.passages.iter().map(|passage| passage.markdown.as_str());
        for text in own.chain([q.text]).chain(help).chain(lessons) {
            guard.wanted.plain(text, &mut known);
        }
        for secret in &mut guard.secrets {
            secret.give(&known);
        }
        for said in q.history.iter().filter(|said| said.by == Speaker::Tutor) {
            let said = format!("{}\n", said.text);
            let found = guard.marks_with(&said);
            guard.remember(&found);
            guard.follow(&said);
        }
        guard
    }

    /// A guard against these solutions, in a thread that has just begun.
    #[must_use]
    pub fn against<'s>(solutions: impl IntoIterator<Item = &'s str>) -> Self {
        let told: Vec<&str> = solutions.into_iter().filter(|solution| !solution.trim().is_empty()).collect();
        let (secrets, wanted) = prepare(&told);
        Self { secrets, wanted, ..Self::default() }
    }

    /// Takes the next piece of the stream and gives what may be sent now, possibly nothing.
    pub fn feed(&mut self, delta: &str) -> String {
        self.pending.push_str(delta);
        if self.secrets.is_empty() {
            return std::mem::take(&mut self.pending);
        }
        let mut out = String::new();
        while let Some(end) = complete(&self.pending) {
            let rest = self.pending.split_off(end);
            let piece = std::mem::replace(&mut self.pending, rest);
            out.push_str(&self.judge(piece));
        }
        out
    }

    /// Ends the stream and gives the rest that may be sent.
    pub fn finish(&mut self) -> String {
        let piece = std::mem::take(&mut self.pending);
        self.judge(piece)
    }

    /// Whether something was held back for good.
    #[must_use]
    pub fn tripped(&self) -> bool {
        self.tripped
    }

    /// Gives back a complete piece, or what is said in its place.
    pub(crate) fn judge(&mut self, piece: String) -> String {
        if self.secrets.is_empty() {
            return piece;
        }
        let found = self.marks_with(&piece);
        // Also after a piece that was held back: otherwise every piece that follows a gap would look new.
        self.follow(&piece);
        if !self.is_lesson(&piece) && self.leaks(&found) {
            self.tripped = true;
            return if std::mem::replace(&mut self.noted, true) { String::new() } else { NOTE.to_owned() };
        }
        self.remember(&found);
        self.noted &= piece.trim().is_empty();
        piece
    }

    fn leaks(&mut self, found: &Set<Mark>) -> bool {
        self.secrets.iter_mut().fold(false, |leaks, secret| {
            let news = secret.news(found);
            secret.held |= !news.is_empty() && secret.is_enough(&news);
            leaks || (secret.held && !news.is_empty())
        })
    }

    /// The marks of a piece together with the end of what was said before.
    fn marks_with(&mut self, piece: &str) -> Set<Mark> {
        let around = self.marks_after(&self.tail, &self.spelled, &self.line, piece);
        let before = std::mem::replace(&mut self.before, around.clone());
        if !self.tripped {
            return around;
        }
        // What was held back is no news only because it comes before this piece.
        let mut found = self.marks_after("", &<[String; 4]>::default(), "", piece);
        found.extend(around.difference(&before));
        found
    }

    fn marks_after(&self, tail: &str, spelt: &[String; 4], line: &str, piece: &str) -> Set<Mark> {
        let mut found = self.wanted.marks_of(&format!("{tail}{piece}"));
        for (before, new) in spelt.iter().zip(spelled(&format!("{line}{piece}"))) {
            self.wanted.letters(&format!("{before}{new}"), &mut found);
        }
        found
    }

    fn remember(&mut self, found: &Set<Mark>) {
        for secret in &mut self.secrets {
            secret.remember(secret.news(found));
        }
    }

    /// Keeps the end of the stream.
    fn follow(&mut self, piece: &str) {
        append(&mut self.tail, piece, TAIL);
        self.line.push_str(piece);
        let end = self.line.rfind('\n').map_or(0, |at| at + 1);
        let rest = if self.line.len() - end > ENDLESS { self.line.len() } else { end };
        let whole: String = self.line.drain(..rest).collect();
        for (before, new) in self.spelled.iter_mut().zip(spelled(&whole)) {
            append(before, &new, SPELLED);
        }
    }

    /// Code that stands in an unlocked lesson may always be shown: every line of it does.
    fn is_lesson(&self, piece: &str) -> bool {
        let mut lines = piece.lines().map(plain).filter(|line| !line.is_empty() && !is_fence_mark(line)).peekable();
        lines.peek().is_some() && lines.all(|line| self.lessons.contains(&line))
    }
}

/// A line without its indentation and spacing.
fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_fence_mark(line: &str) -> bool {
    line.starts_with("```") || line.starts_with("~~~")
}

/// Appends, and keeps the end.
fn append(kept: &mut String, new: &str, length: usize) {
    kept.push_str(new);
    let start = boundary(kept, kept.len().saturating_sub(length));
    kept.drain(..start);
}

/// The first place from `at` on where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// The end of the first complete piece: a closed fence, a line, or a sentence.
pub(crate) fn complete(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['\n', ' ']);
    let offset = text.len() - body.len();
    if body.starts_with("```") || body.starts_with("~~~") {
        let first = body.find('\n')? + 1;
        let mark = &body[..3];
        let close =
            body[first..].match_indices(mark).find(|(at, _)| *at == 0 || body[first..][..*at].ends_with('\n'))?.0;
        let line_end = body[first + close..].find('\n')?;
        return Some(offset + first + close + line_end + 1);
    }
    // A line that may yet turn out to open a fence is not cut.
    if body.len() < 3 && body.chars().all(|c| c == '`' || c == '~') {
        return None;
    }
    let line = body.find('\n').map(|at| at + 1);
    let sentence = body
        .char_indices()
        .zip(body.chars().skip(1))
        .find(|((_, c), next)| matches!(c, '.' | '!' | '?') && next.is_whitespace() && *next != '\n');
    let sentence = sentence.map(|((at, c), next)| at + c.len_utf8() + next.len_utf8());
    [line, sentence].into_iter().flatten().min().map(|end| offset + end)
}

#[cfg(test)]
mod tests {
    use super::{Guard, complete};
    use crate::{Passage, Question, pieces};

    const SOLUTION: &str = "def rate(bandwidth, margin):\n    r = 2 * bandwidth\n    s = r * margin\n    if s < 10:\n        return 10\n    return round(s)\n";

    fn stream(guard: &mut Guard, text: &str) -> String {
        let sent: String = pieces(text).iter().map(|delta| guard.feed(delta)).collect();
        sent + &guard.finish()
    }

    #[test]
    fn an_honest_answer_passes_unchanged() {
        let text = "Sampling matters. What does 2.5 Hz mean?\n\n```python\nprint('hello')\n```\nThink `x = 1` over.";
        assert_eq!(stream(&mut Guard::against([SOLUTION]), text), text);
    }

    #[test]
    fn a_fenced_solution_never_comes_out() {
        let mut guard = Guard::against([SOLUTION]);
        let sent = stream(&mut guard, &format!("Here it is.\n```python\n{SOLUTION}```\nGood luck."));
        assert!(
            guard.tripped()
                && !sent.contains("def rate")
                && sent.starts_with("Here it is.")
                && sent.ends_with("Good luck."),
            "{sent}"
        );
    }

    #[test]
    fn a_solution_line_by_line_stays_below_the_limit() {
        let mut guard = Guard::against([SOLUTION]);
        let sent = stream(&mut guard, &SOLUTION.replace("\n", "\n\nAnd then:\n"));
        assert!(guard.tripped());
        assert!(crate::leak::similarity(&sent, SOLUTION) < crate::leak::LEAK, "{sent}");
    }

    #[test]
    fn code_of_the_lesson_passes() {
        let lesson = Passage { markdown: format!("```python\n{SOLUTION}```"), ..Passage::default() };
        let exercise = crate::Exercise { solution: SOLUTION.into(), ..crate::Exercise::default() };
        let q = Question { passages: &[lesson], exercises: &[exercise], ..Question::default() };
        let text = format!("```python\n{SOLUTION}```\n");
        assert_eq!(stream(&mut Guard::new(&q), &text), text);
    }

    #[test]
    fn text_waits_for_its_sentence_and_no_longer() {
        let mut guard = Guard::against([SOLUTION]);
        assert_eq!(guard.feed("One sen"), "");
        assert_eq!(guard.feed("tence. Two"), "One sentence. ");
        assert_eq!(complete("```py\nx"), None);
    }
}
