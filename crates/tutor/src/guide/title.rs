//! A title for the thread, from its first exchange.

use super::{Citation, wording::plain};
use crate::{
    Decision, Question,
    reading::Reading,
    text::{
        fold,
        stopwords::is_stop,
        terms::{content, is_subject},
    },
};

/// Longest title, in characters.
const LONGEST: usize = 60;
/// How much of a message is read for it, in characters.
const READ: usize = 1_000;

/// Words with which a question begins before it comes to its point.
const PREAMBLE: &str = "hi hello hey there please can could would will you help me us to explain tell ok okay so i we \
dont understand get want need know about im wondering just and but well tutor describe define clarify quick question \
got have a";

/// What follows "what is" without being the name of something.
const NO_NAMES: &str = "it this that these those wrong so there";

/// What the exchange is about, in at most 60 characters and without a mark at the end: the exercise; the question in its
/// own words; where these name nothing ("I don't get this"), what the answer cites, or the place where it was asked.
pub(super) fn suggest(r: &Reading<'_>, decision: &Decision, citations: &[Citation]) -> String {
    let cited = citations.first().and_then(|cited| r.q.passages.get(cited.passage));
    let cited = cited.map(|passage| passage.heading_path.last().unwrap_or(&passage.lesson_title).as_str());
    let topics = [
        exercise(r.q, decision).map(short),
        point(r.q.text),
        cited.map(short),
        r.q.lesson_title.map(short),
        Some(short(r.q.course_title)),
    ];
    topics.into_iter().flatten().find(|topic| !topic.is_empty()).unwrap_or_else(|| "Conversation".to_owned())
}

fn exercise<'q>(q: &Question<'q>, decision: &Decision) -> Option<&'q str> {
    match *decision {
        Decision::Hint { exercise, .. }
        | Decision::RefuseSolution { exercise, .. }
        | Decision::ShowSolution { exercise } => q.exercises.get(exercise).map(|exercise| exercise.title.as_str()),
        _ => None,
    }
}

/// The point of a message: its first question that has a subject, or else its first sentence that has one.
fn point(text: &str) -> Option<String> {
    let text = text.char_indices().nth(READ).map_or(text, |(at, _)| &text[..at]);
    let lines: Vec<String> = prose(text).map(plain).collect();
    let sentences =
        lines.iter().flat_map(|line| line.split_inclusive(['?', '!', '？', '。', '！'])).flat_map(statements);
    let named: Vec<&str> = sentences.filter(|sentence| !content(sentence).is_empty()).collect();
    let chosen = named.iter().find(|sentence| sentence.ends_with(['?', '？'])).or_else(|| named.first())?;
    let words: Vec<&str> = chosen.split_whitespace().collect();
    let start = words.iter().position(|word| !is_one_of(word, PREAMBLE)).unwrap_or(0);
    Some(capitalised(&cut(without_courtesy(name_in_definition(&words[start..])))))
}

/// The lines that are neither code nor quotation.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let line = line.trim_start();
        let fence = line.starts_with("```") || line.starts_with("~~~");
        in_code ^= fence;
        !fence && !in_code && !line.starts_with('>')
    })
}

/// A point ends a statement where a space follows; "3.5" and "self.gain" go on.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    text.split(". ").filter(|part| !part.trim().is_empty())
}

/// "What is a closed loop" is about a closed loop, and so is "What does closed loop mean".
fn name_in_definition<'w, 's>(words: &'w [&'s str]) -> &'w [&'s str] {
    let folded: Vec<String> = words.iter().map(|word| fold::words(word).join(" ")).collect();
    let folded: Vec<&str> = folded.iter().map(String::as_str).collect();
    let rest = match folded.as_slice() {
        ["what" | "who", "is" | "are" | "was" | "were", ..] => &words[2..],
        ["whats", ..] => &words[1..],
        ["what", "does" | "do", .., "mean"] => &words[2..words.len() - 1],
        _ => return words,
    };
    let article = rest.first().is_some_and(|word| is_one_of(word, "a an the"));
    let name = &rest[usize::from(article)..];
    let first = name.first().map(|word| fold::words(word).concat()).unwrap_or_default();
    let is_name = !is_one_of(&first, NO_NAMES) && (article || !first.ends_with("ing"));
    if is_name && name.iter().any(|word| fold::words(word).iter().any(|word| is_subject(word))) { name } else { words }
}

fn without_courtesy<'w, 's>(words: &'w [&'s str]) -> &'w [&'s str] {
    let end = words.iter().rposition(|word| !is_one_of(word, "please thanks")).map_or(0, |last| last + 1);
    &words[..end]
}

fn is_one_of(word: &str, list: &str) -> bool {
    fold::words(word).iter().all(|word| list.split_whitespace().any(|listed| listed == word))
}

/// A name as a title.
fn short(name: &str) -> String {
    capitalised(&cut(&plain(name).split_whitespace().collect::<Vec<_>>()))
}

/// As many words as fit. What is cut off does not leave a word hanging that only led over to it.
fn cut(words: &[&str]) -> String {
    let mut fitting = Vec::new();
    let mut room = LONGEST;
    for word in words {
        let length = word.chars().count() + usize::from(!fitting.is_empty());
        if length > room {
            break;
        }
        room -= length;
        fitting.push(*word);
    }
    if fitting.is_empty() {
        let first = words.first().copied().unwrap_or_default();
        return first.chars().take(LONGEST).collect();
    }
    let leads_over = |word: &&str| fold::words(word).iter().all(|word| is_stop(word));
    while fitting.len() < words.len() && fitting.len() > 1 && fitting.last().is_some_and(leads_over) {
        fitting.pop();
    }
    let text: String = fitting.join(" ").chars().filter(|c| !turns_direction(*c)).collect();
    let ends = |c: char| !c.is_alphanumeric() && !matches!(c, ')' | ']' | '%' | '+' | '°');
    text.trim_end_matches(ends).trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(').to_owned()
}

/// Characters that would turn the direction of what stands behind the title.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        if first.is_ascii() { first.to_ascii_uppercase() } else { first }.to_string() + chars.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::suggest;
    use crate::{Decision, Exercise, Passage, Question, Rung, guide::Citation, reading::Reading};

    const LESSON: &str = "What is Physical AI?";

    fn titled(text: &str, decision: &Decision, citations: &[Citation]) -> String {
        let exercises = [Exercise { title: "Double the error".into(), ..Exercise::default() }];
        let passages = [Passage { heading_path: vec!["Control".into(), "The error:".into()], ..Passage::default() }];
        let question = Question {
            text,
            lesson_title: Some(LESSON),
            exercises: &exercises,
            passages: &passages,
            ..Question::default()
        };
        suggest(&Reading::new(&question), decision, citations)
    }

    fn title(text: &str) -> String {
        titled(text, &Decision::Teach, &[])
    }

    #[test]
    fn a_title_is_the_point_of_the_question() {
        for (question, wanted) in [
            ("Hi! Can you please explain what a closed loop is?", "What a closed loop is"),
            ("What is feedback control?", "Feedback control"),
            ("what's a PID controller please?", "PID controller"),
            ("What does drift mean?", "Drift"),
            ("What is the difference between P and PI control?", "Difference between P and PI control"),
            ("What is happening in the loop?", "What is happening in the loop"),
            ("Hello tutor. I read about sensors yesterday. Why do encoders drift?", "Why do encoders drift"),
            ("Tell me about gain 3.5!", "Gain 3.5"),
            ("> a quotation about loops\nwhy\ndoes the arm shake...", "Does the arm shake"),
            ("```python\ngain = 2\n```\nWhy does this oscillate?", "Why does this oscillate"),
            ("what is a loop (closed)?", "Loop (closed)"),
            ("什么是反馈控制？", "什么是反馈控制"),
            ("\u{202e}robot arms\u{202c}", "Robot arms"),
        ] {
            assert_eq!(title(question), wanted, "{question}");
        }
    }

    #[test]
    fn a_question_that_names_nothing_is_called_by_what_was_cited() {
        let cited = [Citation { number: 1, passage: 0, at: 10 }];
        for vague in ["I don't understand this", "???", "explain", "hi", "```\nx = 1\n```", "why?"] {
            assert_eq!(titled(vague, &Decision::Teach, &cited), "The error", "{vague}");
            assert_eq!(title(vague), "What is Physical AI", "{vague}");
        }
    }

    #[test]
    fn a_question_about_an_exercise_is_called_by_it() {
        let hint = Decision::Hint { exercise: 0, rung: Rung::Concept };
        assert_eq!(titled("def f(error): return 2 * error\nis that right?", &hint, &[]), "Double the error");
    }

    #[test]
    fn a_long_question_is_cut_at_a_word_that_does_not_lead_on() {
        let long = title("Why does the robot's arm overshoot its target by half a turn and the gripper not at all?");
        assert_eq!(long, "Why does the robot's arm overshoot its target by half a turn");
        let word = title(&"overshoot".repeat(20));
        assert!((40..=60).contains(&word.chars().count()), "{word}");
    }
}
