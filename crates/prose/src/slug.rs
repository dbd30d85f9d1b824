//! Slugs of headings, and ids that are unique in a document.

use std::collections::HashMap;

/// GitHub-like slug of a heading's text: lower case, spaces to `-`, letters and digits of every
/// script kept, other signs dropped. May be empty (`"?!"`).
#[must_use]
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.trim().chars() {
        if character.is_alphanumeric() || matches!(character, '-' | '_') {
            out.extend(character.to_lowercase());
        } else if character.is_whitespace() {
            out.push('-');
        }
    }
    out
}

/// Where blocks before the first heading hang; browsers take `#top` for the top of the page.
pub(crate) const TOP: &str = "top";

/// What a heading without a letter is called.
const NAMELESS: &str = "section";

/// The longest slug in an id, in characters.
const MAX_SLUG: usize = 80;

/// Gives out ids, each once.
#[derive(Debug)]
pub(crate) struct Anchors {
    /// Ids given out, with the last number that was appended to each.
    given: HashMap<String, usize>,
    heading: String,
    blocks: usize,
}

impl Anchors {
    /// Nothing given out yet; [`TOP`] is reserved.
    pub(crate) fn new() -> Self {
        Self { given: HashMap::from([(TOP.to_owned(), 0)]), heading: TOP.to_owned(), blocks: 0 }
    }

    /// The id of the next heading.
    pub(crate) fn heading(&mut self, text: &str) -> String {
        let mut base: String = slug(text).chars().take(MAX_SLUG).collect();
        if base.is_empty() {
            NAMELESS.clone_into(&mut base);
        }
        let id = self.unique(base);
        self.heading.clone_from(&id);
        self.blocks = 0;
        id
    }

    /// The id of the next block that is no heading. A slug has no dot, so it can't clash.
    pub(crate) fn block(&mut self) -> String {
        self.blocks += 1;
        format!("{}.{}", self.heading, self.blocks)
    }

    fn unique(&mut self, base: String) -> String {
        let mut number = match self.given.get(&base) {
            None => {
                self.given.insert(base.clone(), 0);
                return base;
            }
            Some(last) => *last,
        };
        loop {
            number += 1;
            let id = format!("{base}-{number}");
            if !self.given.contains_key(&id) {
                self.given.insert(id.clone(), 0);
                self.given.insert(base, number);
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchors, slug};

    #[test]
    fn a_slug_keeps_letters_of_every_script() {
        assert_eq!(slug("  What is a Robot?  "), "what-is-a-robot");
        assert_eq!(slug("Größe & Maß"), "größe--maß");
        assert_eq!(slug("روبوٹ کیا ہے"), "روبوٹ-کیا-ہے");
        assert_eq!(slug("rclpy.init() in_code"), "rclpyinit-in_code");
        assert_eq!(slug("?!"), "");
    }

    #[test]
    fn ids_are_unique_even_when_a_heading_looks_numbered() {
        let mut anchors = Anchors::new();
        let ids: Vec<String> =
            ["A", "A", "A-1", "A", "Top", "!", "!"].iter().map(|text| anchors.heading(text)).collect();
        assert_eq!(ids, ["a", "a-1", "a-1-1", "a-2", "top-1", "section", "section-1"]);
    }

    #[test]
    fn blocks_are_counted_under_their_heading() {
        let mut anchors = Anchors::new();
        assert_eq!(anchors.block(), "top.1");
        assert_eq!(anchors.block(), "top.2");
        anchors.heading("Loops");
        assert_eq!(anchors.block(), "loops.1");
    }
}
