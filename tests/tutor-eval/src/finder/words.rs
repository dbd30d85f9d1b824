//! BM25 (Robertson and Zaragoza, 2009), k1 = 1.2, b = 0.75.

use std::collections::HashMap;

use tutor::Passage;

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Term frequencies of each passage.
#[derive(Debug)]
pub(super) struct Index {
    passages: Vec<(HashMap<String, f32>, f32)>,
    holders: HashMap<String, f32>,
    mean: f32,
}

impl Index {
    pub(super) fn of<'p>(passages: impl Iterator<Item = &'p Passage>) -> Self {
        let mut holders: HashMap<String, f32> = HashMap::new();
        let mut counted = Vec::new();
        for passage in passages {
            let words = words(&format!("{} {} {}", passage.lesson_title, passage.heading_path.join(" "), passage.text));
            let length = words.len() as f32;
            let mut counts: HashMap<String, f32> = HashMap::new();
            for word in words {
                *counts.entry(word).or_default() += 1.0;
            }
            for word in counts.keys() {
                *holders.entry(word.clone()).or_default() += 1.0;
            }
            counted.push((counts, length));
        }
        let mean = counted.iter().map(|(_, length)| length).sum::<f32>() / counted.len().max(1) as f32;
        Self { passages: counted, holders, mean }
    }

    /// Passages that have a word in common with the text, best first.
    pub(super) fn rank(&self, text: &str, allowed: impl Fn(&usize) -> bool) -> Vec<usize> {
        let wanted = words(text);
        let scores = (0..self.passages.len()).filter(allowed).map(|at| (at, self.score(at, &wanted)));
        let mut ranked: Vec<(usize, f32)> = scores.filter(|(_, score)| *score > 0.0).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.into_iter().map(|(at, _)| at).collect()
    }

    fn score(&self, at: usize, wanted: &[String]) -> f32 {
        let (counts, length) = &self.passages[at];
        let all = self.passages.len() as f32;
        let term = |word: &String| {
            let count = counts.get(word).copied().unwrap_or(0.0);
            let holders = self.holders.get(word).copied().unwrap_or(0.0);
            let rarity = (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln();
            rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / self.mean))
        };
        wanted.iter().map(term).sum()
    }
}

const SMALL: &str = "the a an and or of to in is are was were be it its that this with for on at by as from what why how when \
does do did i my me you can could would not no so if then than which who where there these those have has had";

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let telling = words.filter(|word| word.len() > 1 && !SMALL.split_whitespace().any(|small| small == *word));
    telling.map(|word| word.strip_suffix('s').unwrap_or(word).to_owned()).collect()
}
