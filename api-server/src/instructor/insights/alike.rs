//! Questions that several students ask alike.
//!
//! Two questions are alike when at least 60% of the telling words that either has are in both (Jaccard's index);
//! words are compared in lower case, in the singular, by their first six letters, and words that stand in every question ("what",
//! "how", "is") do not count. A group is shown from three different students on, and of its words only those that
//! three different students used: whatever one or two added to the common question stays theirs.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::{
    ENOUGH,
    scrub::{PLACEHOLDERS, pieces},
};

/// From this similarity on, two questions are alike.
pub(super) const ALIKE: f64 = 0.6;
/// Longer words are compared by so many first letters: "measures" is "measured".
const STEM: usize = 6;
/// In the place of words that not enough students used.
const HIDDEN: &str = "…";

/// Words that tell nothing about the subject. They are shown whoever used them.
const COMMON: &str = "a about am an and any are as at be been but by can could did do does doing don for from get give \
had has have help hi hello how i if in into is it its just know like may me mean means my need no not of on or our out \
please should so some such tell than thank thanks that the their them then there these they this to too understand up \
us use used want was we were what when where which who whom whose why will with would you your";

/// A question, scrubbed.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) student: Uuid,
    pub(super) lesson: Option<Uuid>,
    pub(super) text: String,
}

/// A question that enough students asked alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Common {
    /// The shared words of it.
    pub(super) text: String,
    /// How many students asked it.
    pub(super) students: usize,
    /// How often it was asked.
    pub(super) times: usize,
    /// The lesson in which it was asked most often.
    pub(super) lesson: Option<Uuid>,
}

/// The questions that enough different students asked alike, those of most students first.
pub(super) fn common(asked: &[Asked]) -> Vec<Common> {
    let mut found: Vec<Common> = groups(asked).iter().filter_map(|group| shown(group)).collect();
    found.sort_by(|a, b| (b.students, b.times, &a.text).cmp(&(a.students, a.times, &b.text)));
    found
}

/// Each question goes to the group whose first question it is most like, or opens one. Comparing with the first one
/// alone keeps a group from drifting from neighbour to neighbour.
fn groups(asked: &[Asked]) -> Vec<Vec<&Asked>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<&Asked>)> = Vec::new();
    let mut with_word: HashMap<String, Vec<usize>> = HashMap::new();
    for question in asked {
        let words = telling(&question.text);
        let candidates: BTreeSet<usize> =
            words.iter().filter_map(|word| with_word.get(word)).flatten().copied().collect();
        let best = candidates
            .into_iter()
            .map(|group| (similarity(&groups[group].0, &words), group))
            .filter(|(similarity, _)| *similarity >= ALIKE)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        match best {
            Some((_, group)) => groups[group].1.push(question),
            None if words.is_empty() => {}
            None => {
                for word in &words {
                    with_word.entry(word.clone()).or_default().push(groups.len());
                }
                groups.push((words, vec![question]));
            }
        }
    }
    groups.into_iter().map(|(_, questions)| questions).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn similarity(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let shared = a.intersection(b).count();
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}

/// The words that say what a question is about, folded.
fn telling(text: &str) -> BTreeSet<String> {
    pieces(text).filter(|(_, word)| *word).map(|(word, _)| folded(word)).filter(|word| !is_common(word)).collect()
}

fn folded(word: &str) -> String {
    let lower = word.to_lowercase();
    let plural = lower.chars().count() > 3 && lower.ends_with('s') && !lower.ends_with("ss");
    let singular = if plural { lower.trim_end_matches('s') } else { &lower };
    singular.chars().take(STEM).collect()
}

/// Folding must not hide a common word: "understand" is compared as "unders".
fn is_common(folded_word: &str) -> bool {
    COMMON.split(' ').chain(PLACEHOLDERS).any(|common| folded(common) == folded_word)
}

/// What may be told of a group.
fn shown(group: &[&Asked]) -> Option<Common> {
    let students: HashSet<Uuid> = group.iter().map(|asked| asked.student).collect();
    if students.len() < ENOUGH {
        return None;
    }
    let shared = shared_words(group);
    let hidden = |asked: &&&Asked| telling(&asked.text).difference(&shared).count();
    // The one with the least to hide; of those the shortest.
    let speaker = group.iter().min_by_key(|asked| (hidden(asked), asked.text.len(), asked.text.clone()))?;
    let text = only(&speaker.text, &shared);
    Some(Common { text, students: students.len(), times: group.len(), lesson: most_frequent(group) })
}

/// The words that enough different students used.
fn shared_words(group: &[&Asked]) -> BTreeSet<String> {
    let mut users: HashMap<String, HashSet<Uuid>> = HashMap::new();
    for asked in group {
        for word in telling(&asked.text) {
            users.entry(word).or_default().insert(asked.student);
        }
    }
    users.into_iter().filter(|(_, users)| users.len() >= ENOUGH).map(|(word, _)| word).collect()
}

/// The text with every other word hidden; several in a row as one.
fn only(text: &str, shared: &BTreeSet<String>) -> String {
    let mut shown = String::new();
    for (piece, word) in pieces(text) {
        let folded = folded(piece);
        if !word || is_common(&folded) || shared.contains(&folded) {
            shown.push_str(piece);
        } else if !shown.trim_end().ends_with(HIDDEN) {
            shown.push_str(HIDDEN);
        }
    }
    shown
}

fn most_frequent(group: &[&Asked]) -> Option<Uuid> {
    let mut counts: HashMap<Uuid, usize> = HashMap::new();
    for lesson in group.iter().filter_map(|asked| asked.lesson) {
        *counts.entry(lesson).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(lesson, count)| (*count, *lesson)).map(|(lesson, _)| lesson)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(questions: &[(u128, &str)]) -> Vec<Common> {
        let asked = |(student, text): &(u128, &str)| Asked {
            student: Uuid::from_u128(*student),
            lesson: Some(Uuid::nil()),
            text: (*text).to_owned(),
        };
        common(&questions.iter().map(asked).collect::<Vec<_>>())
    }

    #[test]
    fn two_students_stay_unheard_and_three_are_heard() {
        let two =
            [(1, "Why does a gyroscope drift?"), (2, "why do gyroscopes drift"), (2, "Why does a gyroscope drift?!")];
        assert_eq!(asked(&two), []);
        let three = [&two[..], &[(3, "Gyroscope: why the drift?")]].concat();
        let found = asked(&three);
        assert_eq!((found.len(), found[0].students, found[0].times), (1, 3, 4));
        assert!(found[0].text.to_lowercase().contains("drift"), "{found:?}");
    }

    #[test]
    fn words_that_one_student_added_are_hidden() {
        let found = asked(&[
            (1, "Why does the gyroscope bias drift indoors, grandmother?"),
            (2, "Why does the gyroscope bias drift indoors? Really."),
            (3, "why gyroscope bias drift indoors, grandmother"),
        ]);
        assert_eq!(found.len(), 1);
        assert!(!found[0].text.contains("grandmother") && !found[0].text.contains("Really"), "{found:?}");
    }

    #[test]
    fn different_questions_are_not_thrown_together() {
        let found = asked(&[
            (1, "Why does a gyroscope drift?"),
            (2, "What is a gyroscope made of, and who sells gyroscopes?"),
            (3, "How does an encoder count steps?"),
        ]);
        assert_eq!(found, []);
    }

    #[test]
    fn questions_without_a_telling_word_are_never_alike() {
        assert_eq!(asked(&[(1, "Why?"), (2, "why"), (3, "what is it?")]), []);
    }
}
