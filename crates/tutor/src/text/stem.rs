//! A small English stemmer: enough to make "simulates", "simulated" and "simulation" meet.

/// The shortest stem that a suffix may leave behind.
const SHORTEST: usize = 4;

/// The stem of one folded word. Words with anything but ASCII letters stay as they are.
pub(crate) fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let singular = singular(word);
    let bare = inflection(&singular);
    let root = derivation(&bare);
    finish(root)
}

fn singular(word: &str) -> String {
    if let Some(root) = word.strip_suffix("ies").filter(|root| root.len() > 2) {
        return format!("{root}y");
    }
    let sibilant = ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| word.ends_with(end));
    if sibilant {
        return word[..word.len() - 2].to_owned();
    }
    let plural = word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if plural { word[..word.len() - 1].to_owned() } else { word.to_owned() }
}

fn inflection(word: &str) -> String {
    if let Some(root) = word.strip_suffix("ied").filter(|root| root.len() > 2) {
        return format!("{root}y");
    }
    for suffix in ["ing", "ed"] {
        let root = word.strip_suffix(suffix).filter(|root| root.len() > 2 && has_vowel(root));
        if let Some(root) = root {
            return undouble(root).to_owned();
        }
    }
    word.to_owned()
}

fn derivation(word: &str) -> &str {
    for suffix in ["ization", "ation", "ment", "ness", "ical", "ally", "ity", "ive", "al", "ic", "ly"] {
        if let Some(root) = word.strip_suffix(suffix).filter(|root| root.len() > SHORTEST) {
            return derivation_tail(root, suffix);
        }
    }
    for suffix in ["ion", "or", "er"] {
        if let Some(root) = word.strip_suffix(suffix).filter(|root| root.len() >= SHORTEST) {
            return undouble(root);
        }
    }
    word
}

/// "-ation" leaves what "-ate" leaves: "simul" for both.
fn derivation_tail<'w>(root: &'w str, suffix: &str) -> &'w str {
    if suffix == "ive" { root.strip_suffix("at").unwrap_or(root) } else { root }
}

fn finish(root: &str) -> String {
    let root = root.strip_suffix('e').filter(|short| short.len() > 2).unwrap_or(root);
    let root = root.strip_suffix("at").filter(|short| short.len() >= SHORTEST).unwrap_or(root);
    match root.strip_suffix('y').filter(|short| short.len() > 2) {
        Some(short) => format!("{short}i"),
        None => root.to_owned(),
    }
}

fn has_vowel(root: &str) -> bool {
    root.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

fn undouble(root: &str) -> &str {
    let bytes = root.as_bytes();
    let doubled = bytes.len() > 3
        && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
        && !matches!(bytes[bytes.len() - 1], b's' | b'z' | b'e' | b'o');
    if doubled { &root[..root.len() - 1] } else { root }
}

#[cfg(test)]
mod tests {
    use super::stem;

    fn meet(words: &[&str]) {
        let stems: Vec<_> = words.iter().map(|word| stem(word)).collect();
        assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{words:?} -> {stems:?}");
    }

    #[test]
    fn forms_of_one_word_meet() {
        meet(&["simulate", "simulates", "simulated", "simulation", "simulator", "simulating"]);
        meet(&["control", "controls", "controller", "controlled", "controlling"]);
        meet(&["robot", "robots", "robotic", "robotics"]);
        meet(&["sensor", "sensors", "sensing", "sense"]);
        meet(&["embodied", "embodiment", "embody"]);
        meet(&["frequency", "frequencies"]);
        meet(&["publish", "publisher", "publishes", "publishing"]);
        meet(&["plan", "planner", "planning", "plans"]);
    }

    #[test]
    fn different_words_stay_apart() {
        assert_ne!(stem("motor"), stem("motion"));
        assert_ne!(stem("node"), stem("note"));
        assert_ne!(stem("policy"), stem("police"));
    }

    #[test]
    fn words_of_other_scripts_are_left_alone() {
        assert_eq!(stem("роботы"), "роботы");
        assert_eq!(stem("机器人"), "机器人");
    }
}
