//! A small course: two real lessons, two exercises, one closed stage, and a plain retriever.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use tutor::{
    Answer, Decision, Exercise, Hints, LockedStage, Passage, Question, Said, Speaker, decide, guide, search_text,
};

/// What the tests ask about.
pub struct Course {
    pub passages: Vec<Passage>,
    pub exercises: Vec<Exercise>,
    pub locked: Vec<LockedStage>,
    pub headings: Vec<String>,
    pub concepts: Vec<String>,
    pub catalogue: Vec<String>,
}

pub const SOLUTION: &str = "import math\n\ndef slowest_rate(height, latency):\n    omega = math.sqrt(9.81 / height)\n    \
    time_until_limit = math.log(1.25) / omega\n    period = time_until_limit - latency\n    if period <= 0:\n        \
    return None\n    return 1 / period\n";

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

impl Course {
    pub fn new() -> Self {
        let first = include_str!("fixtures/what-is-physical-ai.md");
        let second = include_str!("fixtures/feedback-control.md");
        let mut passages = cut("what-is-physical-ai", "What is Physical AI?", first);
        let headings = first.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect();
        passages.extend(cut("feedback-control", "Feedback Control", second));
        Self {
            passages,
            headings,
            exercises: vec![control_rate(), open_loop()],
            locked: vec![
                LockedStage {
                    title: "Perception and Planning".into(),
                    terms: strings(&[
                        "Motion planning",
                        "Kalman filter",
                        "point cloud",
                        "SLAM",
                        "occupancy grid",
                        "Maps and localisation",
                    ]),
                    opens_after: "ROS 2 and Simulation".into(),
                },
                LockedStage {
                    title: "Capstone".into(),
                    terms: strings(&["behaviour tree", "Mission and architecture", "fault injection"]),
                    opens_after: "AI Integration".into(),
                },
            ],
            concepts: strings(&[
                "physical ai",
                "embodiment",
                "closed loop",
                "open loop",
                "latency",
                "sampling",
                "uncertainty",
                "watchdog",
            ]),
            catalogue: strings(&[
                "Foundations",
                "ROS 2 and Simulation",
                "Perception and Planning",
                "AI Integration",
                "Capstone",
            ]),
        }
    }

    /// The best passages for a text: rare words in common, nothing more.
    pub fn retrieve(&self, text: &str) -> Vec<Passage> {
        let mut frequency: HashMap<String, f32> = HashMap::new();
        let words: Vec<Vec<String>> =
            self.passages.iter().map(|p| bag(&format!("{} {}", p.heading_path.join(" "), p.text))).collect();
        for word in words.iter().flatten() {
            *frequency.entry(word.clone()).or_default() += 1.0;
        }
        let wanted = bag(text);
        let mut ranked: Vec<(usize, f32)> = words
            .iter()
            .enumerate()
            .map(|(index, bag)| (index, wanted.iter().filter(|w| bag.contains(w)).map(|w| 1.0 / frequency[w]).sum()))
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked.into_iter().take(8).map(|(index, score)| Passage { score, ..self.passages[index].clone() }).collect()
    }

    /// A student of the course, on the page of the first lesson, in a new thread.
    pub fn ask(&self, text: &str) -> Turn {
        self.ask_with(text, &[], |_| {})
    }

    /// The same with a thread and with changes to the question.
    pub fn ask_with(&self, text: &str, history: &[Said], change: impl for<'a> FnOnce(&mut Question<'a>)) -> Turn {
        let found = self.retrieve(&search_text(text, None, history));
        let mut q = Question {
            text,
            lesson_title: Some("What is Physical AI?"),
            lesson_slug: Some("what-is-physical-ai"),
            headings: &self.headings,
            concepts: &self.concepts,
            exercises: &self.exercises,
            passages: &found,
            locked: &self.locked,
            enrolled: true,
            course_title: "Physical AI & Humanoid Robotics",
            catalogue: &self.catalogue,
            history,
            ..Question::default()
        };
        change(&mut q);
        let begin = Instant::now();
        let decision = decide(&q);
        let answer = guide(&q, &decision);
        Turn { took: begin.elapsed(), decision, answer, passages: q.passages.to_vec() }
    }

    /// Asks one message after the other in one thread.
    pub fn talk(&self, messages: &[&str], change: impl for<'a> Fn(&mut Question<'a>)) -> Vec<Turn> {
        let mut history = Vec::new();
        let mut turns = Vec::new();
        for message in messages {
            let turn = self.ask_with(message, &history, &change);
            history.push(Said { by: Speaker::Student, text: (*message).to_owned() });
            history.push(Said { by: Speaker::Tutor, text: turn.answer.markdown.clone() });
            turns.push(turn);
        }
        turns
    }
}

/// One answered turn.
#[derive(Debug)]
pub struct Turn {
    pub decision: Decision,
    pub answer: Answer,
    /// How long deciding and writing took.
    pub took: Duration,
    pub passages: Vec<Passage>,
}

fn bag(text: &str) -> Vec<String> {
    const COMMON: &str = " the and what does is are how why a an of to in it for you your i me my can do that this mean with on not who when be ";
    let lower = text.to_lowercase();
    let words =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1 && !COMMON.contains(&format!(" {w} ")));
    words.map(|word| word.trim_end_matches('s').to_owned()).collect()
}

/// One passage a paragraph, code and formulas with the paragraph before them.
fn cut(slug: &str, title: &str, markdown: &str) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let mut heading = String::new();
    for part in fenced_parts(markdown) {
        if let Some(text) = part.strip_prefix("##") {
            text.trim_start_matches('#').trim().clone_into(&mut heading);
        } else if (part.starts_with(['`', '$']) || part.starts_with(char::is_lowercase)) && !passages.is_empty() {
            let last = passages.last_mut().unwrap();
            last.markdown += &format!("\n\n{part}");
            last.text += &format!(" {part}");
        } else {
            passages.push(Passage {
                id: format!("{slug}-{}", passages.len()),
                lesson_slug: slug.into(),
                lesson_title: title.into(),
                heading_path: vec![heading.clone()],
                anchor: heading.to_lowercase().replace(' ', "-"),
                text: part.replace(['*', '`'], ""),
                markdown: part,
                score: 0.0,
            });
        }
    }
    passages
}

/// Parts between blank lines, fences kept whole.
fn fenced_parts(markdown: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut fenced = false;
    for line in markdown.lines() {
        fenced ^= line.starts_with("```");
        if line.is_empty() && !fenced {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.into_iter().map(|part| part.trim_end().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn control_rate() -> Exercise {
    Exercise {
        slug: "choose-a-control-rate".into(),
        title: "Choose a control rate".into(),
        concept: "sampling".into(),
        prompt: "A standing robot is disturbed. In the worst case the push comes just after a sample was taken: one whole control \
            period passes before the next sample sees it, and then the latency passes before the motors act. Write \
            `slowest_rate(height, latency)`, which returns the lowest control rate in hertz that keeps this promise, or `None` if no rate can."
            .into(),
        hints: Hints {
            concept: "Sampling leaves gaps in which nobody is looking. What happens to the lean during such a gap?".into(),
            pointer: "Look at the section about falling in \"Time is part of the answer\": it says how fast an error grows.".into(),
            step: "Start by writing down the inequality: the growth factor after the whole waiting time must be at most 1.25.".into(),
            example: "A different case: a bath fills at 2 cm per minute and must not rise more than 9 cm unnoticed. The tap takes \
                1.5 minutes to close. The total time allowed is 4.5 minutes, so you must look at least every 3 minutes."
                .into(),
        },
        solution: SOLUTION.into(),
        language: "python".into(),
        ..Exercise::default()
    }
}

fn open_loop() -> Exercise {
    Exercise {
        slug: "find-the-open-loop".into(),
        title: "Find the open loop".into(),
        concept: "closed loop".into(),
        prompt: "A humanoid looks at a cup once, computes where it is, closes its eyes to the scene and moves its hand there. Which loop \
            is closed and which is open? Why do better joint controllers not help?"
            .into(),
        hints: Hints {
            concept: "A closed loop corrects what it measures.".into(),
            pointer: "Reread \"Open loop and closed loop\": what exactly did the cart measure?".into(),
            step: "Draw two loops on paper, one around a joint and one around the hand and the cup.".into(),
            example: "A different case: an oven holds its thermostat at exactly 180 °C, yet the bread is always pale.".into(),
        },
        solution: "The loop around each joint is closed: the encoder measures the angle and the controller corrects it. The loop around \
            the task is open: it is measured once, before the motion, and never again."
            .into(),
        language: "text".into(),
        ..Exercise::default()
    }
}
