//! The subject words of a text.

use super::{fold::words, stem::stem, stopwords::is_stop};

/// Words that are subjects only weakly: they stand in every text.
const GENERIC: &str = "able add affect apply bad best better big build case cause change choose common consist \
create easy effect enough fact fast full hard high involve large long low main method new number old problem produce quick \
provide reach real require result run set short single slow small special system time two type value world year";

/// The distinct stems of a text's subject words, in order.
pub(crate) fn content(text: &str) -> Vec<String> {
    distinct(words(text).iter().filter(|word| is_subject(word)).map(|word| stem(word)))
}

/// The distinct stems of all words of a text.
pub(crate) fn stems(text: &str) -> Vec<String> {
    distinct(words(text).iter().map(|word| stem(word)))
}

/// Whether a folded word can be a subject.
pub(crate) fn is_subject(word: &str) -> bool {
    !is_stop(word) && (word.len() > 1 || !word.is_ascii())
}

/// Whether a stem is too common to identify a subject.
pub(crate) fn is_generic(stemmed: &str) -> bool {
    static STEMS: std::sync::LazyLock<Vec<String>> =
        std::sync::LazyLock::new(|| GENERIC.split_whitespace().map(stem).collect());
    STEMS.iter().any(|generic| generic == stemmed)
}

fn distinct(stems: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    stems.filter(|stem| seen.insert(stem.clone())).collect()
}

/// Whether every one of a phrase's subject stems is among the given ones. An empty phrase is not.
pub(crate) fn phrase_in(phrase: &str, stems: &[String]) -> bool {
    let wanted = content(phrase);
    !wanted.is_empty() && wanted.iter().all(|stem| stems.contains(stem))
}

#[cfg(test)]
mod tests {
    use super::{content, phrase_in};

    #[test]
    fn only_the_subject_is_left() {
        assert_eq!(content("Can you please explain what closed loops are?"), content("closed loop"));
        assert!(content("what does this mean?").is_empty());
    }

    #[test]
    fn a_phrase_is_in_a_text_when_all_its_words_are() {
        assert!(phrase_in("closed loop", &content("why is the loop called closed")));
        assert!(!phrase_in("closed loop", &content("why is the loop open")));
        assert!(!phrase_in("", &content("loop")));
    }
}
