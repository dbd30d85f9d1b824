//! Passages that never were: words as frequent as words are, vectors in clusters as meanings are.

use retrieval::{Chunk, Embedder, Query, Scope};
use uuid::Uuid;

/// Passages of a lesson.
const LESSON: usize = 25;
/// Stages that they are spread over.
const STAGES: usize = 20;
/// Different words, the n-th about 1/n as frequent as the first.
const WORDS: usize = 30_000;
/// Words of a passage and of a question.
const PASSAGE_WORDS: usize = 90;
const QUESTION_WORDS: usize = 8;
/// Subjects; a passage's vector lies near that of its subject.
const SUBJECTS: usize = 500;
/// How far a vector strays from its subject: cosines within one are about 0.5, as between real passages.
const STRAY: f32 = 1.0;

pub(crate) struct School {
    pub(crate) chunks: Vec<Chunk>,
    stages: Vec<Uuid>,
    subjects: Vec<Vec<f32>>,
}

impl School {
    pub(crate) fn new(many: usize) -> Self {
        let mut chance = Chance(42);
        let stages: Vec<Uuid> = (0..STAGES).map(|_| Uuid::now_v7()).collect();
        let subjects: Vec<Vec<f32>> = (0..SUBJECTS).map(|_| chance.direction()).collect();
        let mut lesson_id = Uuid::now_v7();
        let chunks = (0..many).map(|number| {
            if number % LESSON == 0 {
                lesson_id = Uuid::now_v7();
            }
            Chunk {
                id: Uuid::now_v7(),
                course_id: Uuid::nil(),
                stage_id: stages[(number / LESSON) % STAGES],
                lesson_id,
                lesson_slug: String::new(),
                lesson_title: chance.text(3),
                heading_path: vec![chance.text(3)],
                anchor: String::new(),
                ordinal: i32::try_from(number % LESSON).unwrap_or_default(),
                kind: "prose".into(),
                text: chance.text(PASSAGE_WORDS),
                markdown: String::new(),
                asked: Vec::new(),
                dense: Some(chance.near(&subjects[number % SUBJECTS])),
            }
        });
        Self { chunks: chunks.collect(), stages, subjects }
    }

    /// The n-th question, and what its asker may see: a quarter, half or all of the stages.
    pub(crate) fn question(&self, number: usize) -> (Query, Scope) {
        let mut chance = Chance(1_000_003 + number as u64);
        let text = chance.text(QUESTION_WORDS);
        let dense = Some(chance.near(&self.subjects[(number * 37) % SUBJECTS]));
        let open = [STAGES / 4, STAGES / 2, STAGES][number % 3];
        (Query { text, dense }, Scope { stage_ids: self.stages[..open].to_vec() })
    }

    /// The really nearest passages, by looking at every one.
    pub(crate) fn nearest(&self, query: &Query, scope: &Scope, count: usize) -> Vec<Uuid> {
        let Some(question) = &query.dense else { return Vec::new() };
        let seen = self.chunks.iter().filter(|chunk| scope.stage_ids.contains(&chunk.stage_id));
        let mut scored: Vec<(f32, Uuid)> =
            seen.filter_map(|chunk| Some((dot(question, chunk.dense.as_ref()?), chunk.id))).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        scored.into_iter().take(count).map(|(_, id)| id).collect()
    }
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The same chance every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Words by Zipf's law: the logarithm of the rank is even.
    fn text(&mut self, words: usize) -> String {
        let word = |_| format!("w{}", (WORDS as f64).powf(self.share()) as usize);
        (0..words).map(word).collect::<Vec<_>>().join(" ")
    }

    /// About normal: the sum of a few even shares.
    fn normal(&mut self) -> f32 {
        ((0..6).map(|_| self.share()).sum::<f64>() - 3.0) as f32
    }

    fn direction(&mut self) -> Vec<f32> {
        unit((0..Embedder::DIMENSIONS).map(|_| self.normal()).collect())
    }

    fn near(&mut self, subject: &[f32]) -> Vec<f32> {
        let stray = self.direction();
        unit(subject.iter().zip(stray).map(|(near, far)| near + STRAY * far).collect())
    }
}

fn unit(vector: Vec<f32>) -> Vec<f32> {
    let length = dot(&vector, &vector).sqrt();
    vector.into_iter().map(|number| number / length).collect()
}
