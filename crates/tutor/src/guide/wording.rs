//! Filling names into sentences.

/// The names that a sentence may need. An empty one rules the sentence out.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// `{c}`: the concept the turn is about.
    pub(super) concept: String,
    /// `{d}`: a second concept.
    pub(super) other: String,
    /// `{h}`: the heading of the passage.
    pub(super) heading: String,
    /// `{l}`: the lesson of the passage.
    pub(super) lesson: String,
    /// `{e}`: the exercise.
    pub(super) exercise: String,
    /// `{k}`: the course.
    pub(super) course: String,
    /// `{s}`: a stage.
    pub(super) stage: String,
    /// `{o}`: what opens it.
    pub(super) opens: String,
    /// `{n}`: the number of this turn, which makes a last resort unique.
    pub(super) number: usize,
}

impl Names {
    /// The sentence with its names, or nothing when one is missing.
    pub(super) fn fill(&self, template: &str) -> Option<String> {
        let number = self.number.to_string();
        let names = [
            ("{c}", &self.concept),
            ("{d}", &self.other),
            ("{h}", &self.heading),
            ("{l}", &self.lesson),
            ("{e}", &self.exercise),
            ("{k}", &self.course),
            ("{s}", &self.stage),
            ("{o}", &self.opens),
            ("{n}", &number),
        ];
        // One pass, so that a name that contains a placeholder is not filled in its turn.
        let mut out = String::with_capacity(template.len() + 40);
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            let (_, name) = names.iter().find(|(mark, _)| rest[at..].starts_with(mark))?;
            if name.is_empty() {
                return None;
            }
            out.push_str(&rest[..at]);
            out.push_str(name);
            rest = &rest[at + 3..];
        }
        out.push_str(rest);
        Some(out)
    }
}

/// A name that stands inside Markdown: one line, no markup, at most 80 characters.
pub(super) fn plain(name: &str) -> String {
    let clean =
        |c: &char| !matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '|' | '\\' | '$') && !c.is_control();
    let text: String = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(clean).take(80).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title as part of a sentence: without the mark that it ends with.
pub(super) fn name(title: &str) -> String {
    plain(title).trim_end_matches(['?', '!', '.', ':', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Names, name, plain};

    #[test]
    fn a_sentence_that_lacks_a_name_is_ruled_out() {
        let names = Names { concept: "{h} loop".into(), ..Names::default() };
        assert_eq!(names.fill("Why **{c}**?").as_deref(), Some("Why **{h} loop**?"));
        assert_eq!(names.fill("Why “{h}”?"), None);
    }

    #[test]
    fn a_name_brings_no_markup() {
        assert_eq!(name("What is Physical AI?"), "What is Physical AI");
        assert_eq!(plain("a **bold**\n[link](x) <b>"), "a bold link(x) b");
    }
}
