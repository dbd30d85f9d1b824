//! A lesson's Markdown file with its front matter.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tutor::Hints;

use super::course_file::check_slug;

/// A lesson as its file has it.
#[derive(Debug)]
pub(super) struct LessonFile {
    pub(super) path: PathBuf,
    pub(super) matter: FrontMatter,
    pub(super) markdown: String,
    /// SHA-256 of the whole file, in hex.
    pub(super) digest: String,
}

/// The front matter; kept with the version, so it serialises too.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrontMatter {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) minutes: i32,
    #[serde(default = "yes")]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) concepts: Vec<String>,
    #[serde(default)]
    pub(super) exercises: Vec<ExerciseEntry>,
}

/// An exercise with its ladder of hints and its canonical solution.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExerciseEntry {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) concept: String,
    pub(super) language: String,
    pub(super) prompt: String,
    pub(super) solution: String,
    pub(super) hints: Hints,
}

fn yes() -> bool {
    true
}

impl LessonFile {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let source = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(path, &source).with_context(|| path.display().to_string())
    }

    fn parse(path: &Path, source: &str) -> anyhow::Result<Self> {
        ensure!(!source.contains('\0'), "it contains the character U+0000");
        let (matter, markdown) = prose::split_front_matter(source)?;
        ensure!(!matter.is_empty(), "no front matter: a lesson begins with `+++`");
        let matter: FrontMatter = toml::from_str(matter).context("the front matter is not that of a lesson")?;
        check_slug(&matter.slug)?;
        for exercise in &matter.exercises {
            check_slug(&exercise.slug)?;
            ensure!(!exercise.solution.trim().is_empty(), "the exercise `{}` has no solution", exercise.slug);
        }
        ensure!(matter.minutes >= 0, "`minutes` is negative");
        ensure!(!markdown.trim().is_empty(), "the lesson has no text");
        let digest = hex(digest(&SHA256, source.as_bytes()).as_ref());
        Ok(Self { path: path.to_owned(), matter, markdown: markdown.trim_start().to_owned(), digest })
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// Lessons' and exercises' slugs are addresses: each must be there once.
pub(super) fn refuse_duplicates<'a>(lessons: impl Iterator<Item = &'a LessonFile>) -> anyhow::Result<()> {
    let mut seen: HashMap<(&str, &str), &Path> = HashMap::new();
    for lesson in lessons {
        let exercises = lesson.matter.exercises.iter().map(|exercise| ("exercise", &*exercise.slug));
        for (kind, slug) in std::iter::once(("lesson", &*lesson.matter.slug)).chain(exercises) {
            if let Some(other) = seen.insert((kind, slug), &lesson.path) {
                bail!("{}: the {kind} `{slug}` is also in {}", lesson.path.display(), other.display());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const LESSON: &str = "+++\nslug = \"a\"\ntitle = \"A\"\nsummary = \"S\"\nminutes = 5\n+++\n\nText.\n";

    fn parse(source: &str) -> anyhow::Result<LessonFile> {
        LessonFile::parse(Path::new("a.md"), source)
    }

    #[test]
    fn a_lesson_is_read_and_required_unless_it_says_otherwise() {
        let lesson = parse(LESSON).unwrap();
        assert!(lesson.matter.required);
        assert_eq!(lesson.markdown, "Text.\n");
        assert_eq!(lesson.digest.len(), 64);
    }

    #[test]
    fn faults_are_named() {
        for (source, fault) in [
            ("Text", "no front matter"),
            (&LESSON.replace("minutes", "minuets"), "unknown field `minuets`"),
            (&LESSON.replace("\"a\"", "\"A b\""), "is no slug"),
            (&LESSON.replace("Text.", ""), "has no text"),
        ] {
            let error = format!("{:#}", parse(source).unwrap_err());
            assert!(error.contains(fault), "{error}");
        }
    }

    #[test]
    fn a_slug_used_twice_is_refused() {
        let twice = [parse(LESSON).unwrap(), parse(LESSON).unwrap()];
        assert!(refuse_duplicates(twice.iter()).unwrap_err().to_string().contains("lesson `a`"));
    }
}
