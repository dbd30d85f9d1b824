//! Judging an attempt by comparison with the canonical solution.
//!
//! Nothing is run. Code counts as passed when it holds most of what the canonical solution has beyond the task and the
//! lesson, with identifiers, comments and layout folded; a configuration when it also has the values; prose when it uses
//! most of the words that carry the canonical answer. So a right answer written in quite another way may go unrecognised,
//! which is why the answer to an attempt never says "wrong".

use std::collections::BTreeSet;

/// The share of what the canonical solution has of its own that code must have.
const SAME_CODE: f32 = 0.6;
/// The share of the canonical answer's telling words that prose must use.
const SAME_WORDS: f32 = 0.45;
/// Shorter words tell nothing about an answer.
const TELLING: usize = 4;

/// How many times as many telling words as the canonical answer has prose may have: who sends the whole lesson has
/// not answered.
const AT_MOST_TIMES: usize = 3;

/// What an attempt is held against.
#[derive(Clone, Debug)]
pub struct Task {
    /// The solution's language; `text` for prose.
    pub language: String,
    /// The task.
    pub prompt: String,
    /// The lesson in which it stands.
    pub lesson: String,
    /// The canonical solution.
    pub solution: String,
}

/// Whether `attempt` counts as solving the exercise.
#[must_use]
pub fn passes(task: &Task, attempt: &str) -> bool {
    if attempt.trim() == task.solution.trim() || is_the_solution(attempt, task) {
        return true;
    }
    match &*task.language {
        "xml" | "yaml" | "json" | "toml" => has_the_values(attempt, task),
        "text" => makes_the_points(attempt, &task.prompt, &task.solution),
        _ => is_the_program(attempt, task),
    }
}

/// The solution but for comments and empty lines; unless the task has it, word for word.
fn is_the_solution(attempt: &str, task: &Task) -> bool {
    let (wanted, given) = (bare(&task.solution), bare(&task.prompt));
    !wanted.is_empty() && bare(attempt) == wanted && !given.windows(wanted.len()).any(|lines| lines == wanted)
}

/// The lines that are no comments, without what stands at their ends.
fn bare(text: &str) -> Vec<&str> {
    let is_comment = |line: &str| ["#", "//"].iter().any(|mark| line.trim_start().starts_with(mark));
    text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !is_comment(line)).collect()
}

/// What can be copied from the task or the lesson shows nothing: the rest of the solution is what counts.
fn is_the_program(attempt: &str, task: &Task) -> bool {
    let share = |text: &str| tutor::leak::similarity(text, &task.solution);
    let sent = share(attempt);
    if sent < SAME_CODE {
        return false;
    }
    let given = share(&task.prompt).max(share(&task.lesson));
    sent - given >= SAME_CODE * (1.0 - given) && sent > given
}

/// Configurations are alike in structure, so there it is names and numbers that count: those of the solution that
/// stand neither in the task nor in the lesson.
fn has_the_values(attempt: &str, task: &Task) -> bool {
    let (prompt, lesson, given) = (values(&task.prompt), values(&task.lesson), values(attempt));
    let mut wanted = values(&task.solution);
    wanted.retain(|value| !prompt.contains(value) && !lesson.contains(value));
    let shared = wanted.intersection(&given).count();
    !wanted.is_empty()
        && ratio(shared, wanted.len()) >= SAME_CODE
        && tutor::leak::similarity(attempt, &task.solution) >= SAME_CODE
}

/// Names and numbers as they stand in a configuration.
fn values(text: &str) -> BTreeSet<String> {
    let between = |c: char| c.is_whitespace() || "\"'<>=:,;[]{}()`*".contains(c);
    let values = text.split(between).filter(|value| value.contains(char::is_alphanumeric));
    values.map(str::to_lowercase).collect()
}

/// Words of the task are in every answer, so they are no points of this one.
fn makes_the_points(attempt: &str, prompt: &str, solution: &str) -> bool {
    let set = telling_words(prompt);
    let own = |text: &str| -> BTreeSet<String> { telling_words(text).difference(&set).cloned().collect() };
    let (wanted, given) = (own(solution), own(attempt));
    let shared = wanted.intersection(&given).count();
    !wanted.is_empty() && given.len() <= wanted.len() * AT_MOST_TIMES && ratio(shared, wanted.len()) >= SAME_WORDS
}

/// The different words of `text` that are long enough, folded to a crude stem so that "samples" is "sample".
fn telling_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= TELLING);
    words.map(|word| word.to_lowercase().chars().take(6).collect()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "A robot's wheels slip and it misses its goal. Which kind of loop is that, and what would help?";
    const ANSWER: &str = "The robot is an open loop because nothing measures the wheel; add an encoder and compare.";

    fn passes(language: &str, attempt: &str, prompt: &str, solution: &str) -> bool {
        let [language, prompt, solution] = [language, prompt, solution].map(str::to_owned);
        super::passes(&Task { language, prompt, lesson: String::new(), solution }, attempt)
    }

    #[test]
    fn prose_that_makes_the_same_points_passes() {
        assert!(passes(
            "text",
            "Open loop: nothing measures the wheels of the robot, so add an encoder.",
            TASK,
            ANSWER
        ));
    }

    #[test]
    fn prose_about_something_else_does_not() {
        assert!(!passes("text", "Because it is better that way.", TASK, ANSWER));
        assert!(!passes("text", "", TASK, ANSWER));
    }

    #[test]
    fn neither_the_task_nor_a_heap_of_words_is_an_answer() {
        assert!(!passes("text", TASK, TASK, ANSWER));
        let lesson: String = ('a'..='z').flat_map(|a| ('a'..='d').map(move |b| format!("{a}{b}xyz "))).collect();
        assert!(!passes("text", &format!("{ANSWER} {lesson}"), TASK, ANSWER));
    }

    #[test]
    fn code_with_other_names_and_comments_passes_and_other_code_does_not() {
        let solution = "def area(r):\n    return 3.14 * r * r\n\nfor x in [1, 2]:\n    print(area(x))\n";
        let renamed =
            "# mine\ndef circle(radius):\n    return 3.14 * radius * radius\nfor n in [1, 2]:\n    print(circle(n))";
        assert!(passes("python", renamed, "", solution));
        assert!(!passes("python", "print('hello')", "", solution));
    }

    #[test]
    fn a_configuration_passes_with_its_own_values_and_not_with_the_lessons() {
        let listing = "<joint name=\"knee\"><limit lower=\"0\" upper=\"2.1\"/></joint>";
        let solution = "<joint name=\"wrist\"><limit lower=\"-1.0472\" upper=\"1.0472\"/></joint>";
        let [language, prompt] = ["xml", "Add a `wrist` of 60 degrees."].map(str::to_owned);
        let task = Task { language, prompt, lesson: listing.to_owned(), solution: solution.to_owned() };
        assert!(super::passes(&task, &format!("<!-- mine -->\n{}", solution.replace("><", ">\n  <"))));
        assert!(!super::passes(&task, listing));
        assert!(!super::passes(&task, "-1.0472 1.0472"));
    }

    #[test]
    fn what_the_task_gives_is_no_solution() {
        let solution = "def area(r):\n    return 3.14 * r * r\n\nfor x in [1, 2]:\n    print(area(x))\n";
        assert!(!passes("python", solution.trim_end(), &format!("Explain:\n\n{solution}"), &format!("{solution}#\n")));
        assert!(passes("python", solution, "Write area(r).", &format!("{solution}#\n")));
    }
}
