//! Citations as ChatKit annotations that jump to the passage.

use chatkit::{Annotation, Source};
use tutor::{Citation, Passage};
use url::Url;

/// How much of a passage's text a citation shows, in characters.
const GLIMPSE: usize = 140;

/// The annotation for a citation of `passage` on the site at `web_url`.
#[must_use]
pub fn annotation(web_url: &Url, citation: &Citation, passage: &Passage) -> Annotation {
    let mut url = web_url.clone();
    url.set_path(&format!("/lessons/{}", passage.lesson_slug));
    url.set_fragment(Some(&passage.anchor));
    let source = Source { description: Some(describe(passage)), ..Source::url(&*passage.lesson_title, url) };
    Annotation::new(source, u64::try_from(citation.at).ok())
}

/// The headings above it, then how it begins.
fn describe(passage: &Passage) -> String {
    let headings = passage.heading_path.join(" › ");
    let mut words: String = passage.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = words.char_indices().nth(GLIMPSE) {
        words.truncate(cut);
        words.push('…');
    }
    if headings.is_empty() { words } else { format!("{headings} — {words}") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use chatkit::SourceKind;

    use super::*;

    #[test]
    fn a_citation_points_at_the_passage_and_shows_how_it_begins() {
        let passage = Passage {
            lesson_slug: "control".into(),
            lesson_title: "Control".into(),
            heading_path: vec!["PID".into(), "Tuning".into()],
            anchor: "tuning.2".into(),
            text: "gain ".repeat(60),
            ..Passage::default()
        };
        let citation = Citation { number: 1, passage: 0, at: 12 };
        let made = annotation(&Url::parse("https://learn.example.org").unwrap(), &citation, &passage);
        assert_eq!(made.index, Some(12));
        assert_eq!(
            made.source.kind,
            SourceKind::Url { url: "https://learn.example.org/lessons/control#tuning.2".into(), attribution: None }
        );
        let description = made.source.description.unwrap();
        assert!(description.starts_with("PID › Tuning — gain") && description.ends_with('…'), "{description}");
    }
}
