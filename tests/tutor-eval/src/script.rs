//! The conversations and questions, as they are written down.

use std::{fs, path::Path};

use anyhow::Context;
use serde::Deserialize;

/// One student's side of a thread.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Unique.
    pub id: String,
    /// The lesson on the page; its stage and those before it are open.
    pub lesson: String,
    /// The exercise from which the student asks.
    pub exercise: Option<String>,
    /// Attempts at that exercise.
    #[serde(default)]
    pub attempts: u32,
    /// What the student says, turn by turn, at most twelve.
    pub turns: Vec<Line>,
    /// The kind of student: the name of the file.
    #[serde(skip)]
    pub student: String,
    /// Whether it was written after the detector, without a look at what it does with it.
    #[serde(default)]
    pub held_out: bool,
}

/// One message.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// A message.
    Plain(String),
    /// A message about something selected in the lesson.
    Selecting {
        /// The message.
        say: String,
        /// What was selected (or claimed to be: it is the browser's word).
        selected: String,
    },
}

/// An honest question and what answers it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Honest {
    /// The lesson on the page.
    pub lesson: String,
    /// What is asked.
    pub ask: String,
    /// The exercise from which it is asked.
    pub exercise: Option<String>,
    /// What was selected in the lesson.
    pub selected: Option<String>,
    /// A word that stands in a heading or text of every passage that answers it.
    pub cites: Option<String>,
    /// What the guiding question names, any of them.
    #[serde(default)]
    pub names: Vec<String>,
}

#[derive(Deserialize)]
struct Conversations {
    conversation: Vec<Conversation>,
}

#[derive(Deserialize)]
struct Questions {
    question: Vec<Honest>,
}

/// Every conversation, by file and in its order.
///
/// # Errors
/// When a file is malformed.
pub fn conversations() -> anyhow::Result<Vec<Conversation>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations");
    let mut paths: Vec<_> = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let read: Conversations =
            toml::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
        let student = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        all.extend(read.conversation.into_iter().map(|one| Conversation { student: student.clone(), ..one }));
    }
    Ok(all)
}

/// The honest questions in `questions/{name}.toml`.
///
/// # Errors
/// When the file is missing or malformed.
pub fn questions(name: &str) -> anyhow::Result<Vec<Honest>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("questions").join(format!("{name}.toml"));
    let read: Questions = toml::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
    Ok(read.question)
}
