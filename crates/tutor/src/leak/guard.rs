//! Reading along with a stream.

use super::{HOLD, fingerprint::Fingerprint};
use crate::{Question, Speaker};

/// What the student reads in place of what was held back.
const NOTE: &str = "\n\n*Here I leave something out: it would give the solution of an open exercise away.*\n\n";

/// The least growth in similarity for which a piece is held back.
const GROWTH: f32 = 0.005;

/// Lets a model's answer through, sentence by sentence and code fence by code fence, unless a
/// piece would complete a solution that the student has not passed.
///
/// Text is held back until its sentence, line or fence is complete, never longer.
#[derive(Debug, Default)]
pub struct Guard {
    solutions: Vec<(Fingerprint, f32)>,
    /// Text of the lessons: always allowed.
    lessons: Vec<Fingerprint>,
    /// Everything the student has seen that could add up.
    seen: String,
    pending: String,
    tripped: bool,
    noted: bool,
}

impl Guard {
    /// A guard for one turn: it knows the solutions of the exercises that are not passed, what the
    /// tutor has said in the thread, and the lessons' own code.
    #[must_use]
    pub fn new(q: &Question<'_>) -> Self {
        let open = q.exercises.iter().chain(q.elsewhere).filter(|exercise| !exercise.passed);
        let earlier = q.history.iter().filter(|said| said.by == Speaker::Tutor).map(|said| said.text.as_str());
        let mut guard = Self::against(open.map(|exercise| exercise.solution.as_str()));
        guard.seen = earlier.collect::<Vec<_>>().join("\n");
        guard.lessons = q.passages.iter().map(|passage| Fingerprint::of(&passage.markdown)).collect();
        let seen = guard.seen.clone();
        for (solution, level) in &mut guard.solutions {
            *level = solution.share_in(&seen);
        }
        guard
    }

    /// A guard against these solutions, in a thread that has just begun.
    #[must_use]
    pub fn against<'s>(solutions: impl IntoIterator<Item = &'s str>) -> Self {
        let prepared = solutions.into_iter().filter(|solution| !solution.trim().is_empty());
        Self { solutions: prepared.map(|solution| (Fingerprint::of(solution), 0.0)).collect(), ..Self::default() }
    }

    /// Takes the next piece of the stream and gives what may be sent now, possibly nothing.
    pub fn feed(&mut self, delta: &str) -> String {
        self.pending.push_str(delta);
        if self.solutions.is_empty() {
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
        if piece.trim().is_empty() || self.is_lesson(&piece) {
            return piece;
        }
        let together = format!("{}\n{piece}", self.seen);
        let levels: Vec<f32> = self.solutions.iter().map(|(solution, _)| solution.share_in(&together)).collect();
        let leaks = self.solutions.iter().zip(&levels).any(|((_, before), now)| *now >= HOLD && *now > before + GROWTH);
        if leaks {
            self.tripped = true;
            return if std::mem::replace(&mut self.noted, true) { String::new() } else { NOTE.to_owned() };
        }
        for ((_, before), now) in self.solutions.iter_mut().zip(levels) {
            *before = now;
        }
        self.seen = together;
        self.noted = false;
        piece
    }

    /// Code that stands in an unlocked lesson may always be shown.
    fn is_lesson(&self, piece: &str) -> bool {
        let wanted = Fingerprint::of(piece);
        self.lessons.iter().any(|lesson| wanted.is_within(lesson))
    }
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
