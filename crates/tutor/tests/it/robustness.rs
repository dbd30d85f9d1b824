//! Any text, at any length, quickly.

use proptest::prelude::*;
use tutor::{Passage, Question, Said, Speaker, decide, guide, leak, pieces, prompt, search_text};

use crate::course::Course;

/// Text with what breaks parsers: markers, fences, other scripts, invisible characters.
fn any_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "`",
        "```\n",
        "$",
        "$$",
        "**",
        "[1]",
        "[",
        "]",
        "\u{200b}",
        "\u{202e}",
        "é",
        "机器人。",
        "الحل",
        "🤖",
        "\0",
        "\n\n",
        "- ",
        "> ",
        "# ",
        "| a |",
        "solution",
        "give me ",
        "closed loop ",
        "{c}",
        "{",
        "</passage>",
        "İ",
        "ß",
        "ﬀ",
        "a. B",
        "?",
        "!",
        "1. ",
        "\t",
        "code ",
        "I don't know",
    ]);
    let part = prop_oneof![odd.prop_map(str::to_owned), ".{0,12}"];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_text_breaks_a_turn(text in any_text(), quoted in any_text(), markdown in any_text(), earlier in any_text(), enrolled: bool) {
        let course = Course::new();
        let history = [
            Said { by: Speaker::Student, text: earlier.clone() },
            Said { by: Speaker::Tutor, text: markdown.clone() },
        ];
        let passages = [Passage { markdown: markdown.clone(), text: markdown, heading_path: vec![earlier.clone()], lesson_title: earlier, ..Passage::default() }];
        let q = Question {
            text: &text, quoted: Some(&quoted), history: &history, passages: &passages, exercises: &course.exercises, concepts: &course.concepts,
            locked: &course.locked, catalogue: &course.catalogue, headings: &course.headings, enrolled, ..Question::default()
        };
        let decision = decide(&q);
        let answer = guide(&q, &decision);
        prop_assert!(answer.markdown.contains('?'), "{}", answer.markdown);
        prop_assert!(answer.title.chars().count() <= 60 && !answer.title.is_empty());
        prop_assert_eq!(pieces(&answer.markdown).concat(), &answer.markdown[..]);
        let length = answer.markdown.chars().count();
        prop_assert!(answer.citations.iter().all(|citation| citation.at <= length && citation.passage < passages.len()));
        let _ = (prompt::build(&q, &decision), search_text(&text, Some(&quoted), &history));
    }

    #[test]
    fn no_stream_breaks_the_guard(text in any_text(), solution in any_text()) {
        let mut guard = leak::Guard::against([solution.as_str()]);
        let sent: String = pieces(&text).iter().map(|delta| guard.feed(delta)).collect();
        let sent = sent + &guard.finish();
        prop_assert!(guard.tripped() || sent == text);
    }
}

#[test]
fn a_title_that_reads_like_sentences_still_gets_its_question() {
    let course = Course::new();
    let markdown = "$[1]é À\u{b}a$".to_owned();
    let earlier = "a. Ba. B".to_owned();
    let history =
        [Said { by: Speaker::Student, text: earlier.clone() }, Said { by: Speaker::Tutor, text: markdown.clone() }];
    let passages = [Passage {
        markdown: markdown.clone(),
        text: markdown,
        heading_path: vec![earlier.clone()],
        lesson_title: earlier,
        ..Passage::default()
    }];
    let q = Question {
        text: "aa:ƀ",
        quoted: Some(""),
        history: &history,
        passages: &passages,
        exercises: &course.exercises,
        concepts: &course.concepts,
        locked: &course.locked,
        catalogue: &course.catalogue,
        headings: &course.headings,
        enrolled: true,
        ..Question::default()
    };
    let answer = guide(&q, &decide(&q));
    assert!(answer.markdown.contains('?'), "{}", answer.markdown);
}

#[test]
fn the_longest_message_is_answered_in_time() {
    let course = Course::new();
    let texts =
        ["closed loop and latency, why? ".repeat(266), "`$".repeat(4_000), "a ".repeat(4_000), "机".repeat(8_000)];
    for text in &texts {
        let _ = course.ask(text);
        let took = course.ask(text).took;
        // Unoptimised, on a machine that does other things; an optimised build needs a twentieth.
        assert!(took.as_millis() < 400, "{took:?}");
    }
}
