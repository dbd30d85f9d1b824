//! What staff send, checked member by member. All faults are told at once, so that a form can mark them.

use prose::MAX_SOURCE;
use serde_json::{Value, json};
use tutor::Hints;

use crate::{
    courses::slug::{MAX_SLUG, is_slug},
    error::{Problem, unprocessable},
};

/// The longest title, concept name and language name, in characters.
pub(crate) const MAX_TITLE: usize = 200;
/// The longest summary and outcome, in characters.
pub(crate) const MAX_SUMMARY: usize = 1_000;
/// The longest task, solution and hint, in characters.
pub(crate) const MAX_TASK: usize = 20_000;
/// The most concepts and outcomes.
const MAX_LIST: usize = 50;

/// What is wrong with a request so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(&'static str, String)>);

impl Faults {
    /// Notes a fault of `member`.
    pub(crate) fn add(&mut self, member: &'static str, detail: impl Into<String>) {
        self.0.push((member, detail.into()));
    }

    /// Refuses if there is any fault.
    ///
    /// # Errors
    /// 422 `invalid_members` with `errors`: `[{member, detail}]`.
    pub(crate) fn refuse(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }

    fn problem(&self) -> Problem {
        let detail: Vec<String> = self.0.iter().map(|(member, detail)| format!("`{member}` {detail}.")).collect();
        let errors = self.0.iter().map(|(member, detail)| json!({"member": member, "detail": detail}));
        unprocessable("invalid_members", detail.join(" ")).with("errors", errors.collect::<Vec<Value>>())
    }

    /// A text that must say something, of at most `limit` characters.
    pub(crate) fn text(&mut self, member: &'static str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.add(member, "is empty");
        }
        self.length(member, text, limit);
    }

    /// A text that may be empty, of at most `limit` characters.
    pub(crate) fn length(&mut self, member: &'static str, text: &str, limit: usize) {
        if text.contains('\0') {
            self.add(member, "contains the character U+0000, which is not allowed");
        }
        if text.chars().count() > limit {
            self.add(member, format!("is too long: at most {limit} characters are allowed"));
        }
    }

    /// One line of text.
    pub(crate) fn title(&mut self, member: &'static str, text: &str) {
        self.text(member, text, MAX_TITLE);
        if text.chars().any(|character| character.is_control() && character != '\0') {
            self.add(member, "must be one line of text");
        }
    }

    /// A name for addresses.
    pub(crate) fn slug(&mut self, slug: &str) {
        if !is_slug(slug) {
            self.add(
                "slug",
                format!("must be lower-case letters, digits and single hyphens, at most {MAX_SLUG} of them, and no id"),
            );
        }
    }

    /// A number within bounds.
    pub(crate) fn number(&mut self, member: &'static str, number: i32, bounds: std::ops::RangeInclusive<i32>) {
        if !bounds.contains(&number) {
            self.add(member, format!("must be between {} and {}", bounds.start(), bounds.end()));
        }
    }

    /// A list of lines.
    pub(crate) fn list(&mut self, member: &'static str, list: &[String], limit: usize) {
        if list.len() > MAX_LIST {
            self.add(member, format!("has too many entries: at most {MAX_LIST} are allowed"));
        }
        if list.iter().any(|entry| entry.trim().is_empty()) {
            self.add(member, "has an empty entry");
        }
        for entry in list.iter().take(MAX_LIST) {
            self.length(member, entry, limit);
        }
    }

    /// A lesson's text. Its limit is the renderer's, so that nothing is saved that nobody can read.
    pub(crate) fn markdown(&mut self, markdown: &str) {
        if markdown.trim().is_empty() {
            self.add("markdown", "is empty");
        }
        if markdown.contains('\0') {
            self.add("markdown", "contains the character U+0000, which is not allowed");
        }
        if markdown.len() > MAX_SOURCE {
            self.add("markdown", format!("is too long: at most {} KiB are allowed", MAX_SOURCE / 1024));
        }
    }

    /// The four rungs of help, none of which may be the solution itself.
    pub(crate) fn hints(&mut self, hints: &Hints, solution: &str) {
        let rungs = [
            ("hints.concept", &hints.concept),
            ("hints.pointer", &hints.pointer),
            ("hints.step", &hints.step),
            ("hints.example", &hints.example),
        ];
        for (member, hint) in rungs {
            self.text(member, hint, MAX_TASK);
            self.gives_away(member, hint, solution);
        }
    }

    /// What students may read before they have passed must not contain the solution.
    pub(crate) fn gives_away(&mut self, member: &'static str, text: &str, solution: &str) {
        let readable = text.chars().count() <= MAX_TASK && solution.chars().count() <= MAX_TASK;
        if readable && tutor::leak::similarity(text, solution) >= tutor::leak::LEAK {
            self.add(member, "contains the solution");
        }
    }
}

/// The problem for one fault, as [`Faults::refuse`] tells it.
pub(crate) fn fault(member: &'static str, detail: &str) -> Problem {
    Faults(vec![(member, detail.to_owned())]).problem()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(check: impl Fn(&mut Faults)) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        check(&mut faults);
        faults.0
    }

    #[test]
    fn every_fault_names_its_member() {
        let faults = of(|faults| {
            faults.title("title", " ");
            faults.slug("A b");
            faults.number("minutes", -1, 0..=600);
            faults.list("concepts", &["a".to_owned(), String::new()], 10);
            faults.markdown("a\0");
        });
        assert_eq!(
            faults.iter().map(|(m, _)| *m).collect::<Vec<_>>(),
            ["title", "slug", "minutes", "concepts", "markdown"]
        );
    }

    #[test]
    fn a_hint_that_is_the_solution_is_a_fault() {
        let solution = "def area(r):\n    return 3.14 * r * r\n\nfor x in [1, 2]:\n    print(area(x))\n";
        let hints = Hints {
            concept: "Which formula?".to_owned(),
            pointer: "See the circle.".to_owned(),
            step: "Square the radius.".to_owned(),
            example: solution.replace("area", "f"),
        };
        assert_eq!(
            of(|faults| faults.hints(&hints, solution)),
            [("hints.example", "contains the solution".to_owned())]
        );
    }
}
