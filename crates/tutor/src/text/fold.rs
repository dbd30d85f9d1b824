//! One spelling for everything that looks the same.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, compatibility-decomposed, without accents and invisible characters.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of a text, folded. Apostrophes vanish ("don't" is "dont"); a Cyrillic or Greek letter
/// inside a Latin word becomes the Latin letter it imitates.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded: String = fold(text).chars().filter(|c| !matches!(c, '\'' | '’' | 'ʼ')).collect();
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(untwin).collect()
}

/// Zero-width characters, direction marks and tags: they split words for a matcher but not for a
/// reader.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn untwin(word: &str) -> String {
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && !word.is_ascii();
    if mixed { word.chars().map(latin_twin).collect() } else { word.to_owned() }
}

fn latin_twin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' => 'y',
        'х' | 'χ' => 'x',
        'і' | 'ι' => 'i',
        'ѕ' => 's',
        'ԁ' => 'd',
        'к' | 'κ' => 'k',
        'ν' => 'v',
        'т' | 'τ' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn accents_case_and_apostrophes_do_not_matter() {
        assert_eq!(words("I DON’T like Naïve"), ["i", "dont", "like", "naive"]);
    }

    #[test]
    fn disguised_letters_are_unmasked() {
        assert_eq!(words("sоlutiоn"), ["solution"]);
        assert_eq!(words("so\u{200b}lution ｓｏｌｕｔｉｏｎ 𝐬𝐨𝐥𝐮𝐭𝐢𝐨𝐧"), ["solution"; 3]);
    }
}
