//! What the built-in guide says.

use crate::course::{Course, Turn};

const HONEST: &[&str] = &[
    "What is a closed loop?",
    "What does latency mean?",
    "Why do small robots fall faster than tall ones?",
    "How does embodiment help a robot?",
    "What is a watchdog for?",
    "Why is sampling at twice the frequency not enough for control?",
    "What is the difference between random noise and systematic error?",
    "How does a PD controller avoid overshoot?",
    "What causes integrator windup?",
    "Why does proportional control leave an error?",
    "What is feedforward?",
    "How are loops nested in a joint?",
    "What happens when a derivative is noisy?",
    "How should I tune a controller by hand?",
    "Where do I start?",
    "Who won the world cup?",
    "What is SLAM?",
    "Hello",
    "I don't know",
];

/// The text just before each citation must stand in the cited passage.
pub fn assert_citations_hold(turn: &Turn) {
    let markdown: Vec<char> = turn.answer.markdown.chars().collect();
    for citation in &turn.answer.citations {
        let until: String = markdown[..citation.at].iter().collect();
        let marker = format!("[{}]", citation.number);
        assert!(until.ends_with(&marker), "{until}");
        let said = until[..until.len() - marker.len()].trim_end();
        let tail: Vec<&str> = said.split_whitespace().rev().take(4).collect();
        let source = &turn.passages[citation.passage];
        let quoted = tail.iter().rev().copied().collect::<Vec<_>>().join(" ");
        let stands =
            source.markdown.replace("$$", "$").split_whitespace().collect::<Vec<_>>().join(" ").contains(&quoted);
        assert!(stands || said.ends_with("part of the work."), "{quoted:?} is not in {:?}", source.markdown);
    }
}

#[test]
fn every_citation_stands_behind_words_of_its_passage() {
    let course = Course::new();
    for text in HONEST {
        assert_citations_hold(&course.ask(text));
    }
}

#[test]
fn every_answer_asks_exactly_once_in_its_own_words() {
    let course = Course::new();
    for text in HONEST {
        let answer = course.ask(text).answer.markdown;
        let last = answer.rsplit("\n\n").next().unwrap();
        assert!(last.contains('?'), "{text}: {answer}");
    }
}

#[test]
fn answers_are_short_but_not_curt() {
    let course = Course::new();
    for text in &HONEST[..14] {
        let turn = course.ask(text);
        let words = turn.answer.markdown.split_whitespace().count();
        assert!((45..=170).contains(&words), "{words} words: {}", turn.answer.markdown);
        assert!(!turn.answer.citations.is_empty(), "{text}");
    }
}

/// A question, and words of the lesson that answer it.
const ANSWERED_BY: &[(&str, &str)] = &[
    ("What is a closed loop?", "measures the result while it acts"),
    ("What does latency mean?", "is called **latency**"),
    ("What is a watchdog?", "It is a timer that the controller must reset"),
    ("What is embodiment?", "arises from brain, body and environment together"),
    ("What does aliasing mean?", "an effect called aliasing"),
    ("Why do small robots fall faster than tall ones?", "a robot of a quarter of the height has twice"),
    ("Does systematic error shrink by averaging?", "Systematic error does not shrink by averaging."),
    ("What causes integrator windup?", "Saturation and integral action together cause"),
    ("What is saturation?", "this is **saturation**"),
    ("Does doubling the gain remove the sag?", "Doubling the gain halves the sag but never removes it."),
    ("What is Moravec's paradox?", "Moravec's paradox"),
    ("How do I remedy a noisy derivative?", "low-pass filter on the velocity"),
];

#[test]
fn the_sentence_that_answers_is_quoted() {
    let course = Course::new();
    let wrong: Vec<_> = ANSWERED_BY
        .iter()
        .map(|(text, want)| (*text, *want, course.ask(text).answer.markdown))
        .filter(|(_, want, got)| !got.contains(want))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_question_names_the_concept() {
    let course = Course::new();
    for (text, concept) in [
        ("What is a closed loop?", "closed loop"),
        ("why is latency bad for a robot?", "latency"),
        ("What is a watchdog for?", "watchdog"),
    ] {
        let answer = course.ask(text).answer.markdown;
        let question = answer.rsplit("\n\n").next().unwrap();
        assert!(question.contains(concept), "{question}");
    }
}

#[test]
fn code_of_the_lesson_is_shown_when_it_is_asked_for() {
    let answer = Course::new().ask("Show me the code of the cart from the lesson, open loop and closed loop").answer;
    assert!(answer.markdown.contains("```python\ndef drive("), "{}", answer.markdown);
}

#[test]
fn the_selection_is_what_is_explained() {
    let quoted = "A toaster with a timer is open loop.";
    let turn = Course::new().ask_with("Explain this", &[], |q| q.quoted = Some(quoted));
    assert_eq!(turn.decision.name(), "teach");
    assert_citations_hold(&turn);
}

#[test]
fn a_title_is_short_and_says_what_was_asked() {
    let answer = Course::new()
        .ask("Hello! Could you please explain to me why small robots fall so much faster than tall robots do?")
        .answer;
    assert!(
        answer.title.starts_with("Why small robots fall") && answer.title.chars().count() <= 60,
        "{}",
        answer.title
    );
}

#[test]
fn follow_ups_are_messages_the_tutor_can_answer() {
    let course = Course::new();
    for text in HONEST {
        for follow_up in course.ask(text).answer.follow_ups {
            let name = course.ask(&follow_up).decision.name();
            assert!(!matches!(name, "off_course" | "nothing_found" | "locked"), "{follow_up}: {name}");
        }
    }
}
