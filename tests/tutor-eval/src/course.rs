//! The course in `content/`, as the tutor is told about it.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use retrieval::{ChunkDraft, chunk_lesson};
use serde::Deserialize;
use tutor::{Exercise, Hints, LockedStage};

/// A course with its stages in order.
#[derive(Debug)]
pub struct Course {
    /// Its title.
    pub title: String,
    /// Its stages.
    pub stages: Vec<Stage>,
}

/// A stage with its lessons in order.
#[derive(Debug)]
pub struct Stage {
    /// Its title.
    pub title: String,
    /// Its lessons.
    pub lessons: Vec<Lesson>,
}

/// A lesson, cut into passages.
#[derive(Debug)]
pub struct Lesson {
    /// Unique in the course.
    pub slug: String,
    /// Shown to students.
    pub title: String,
    /// Key terms.
    pub concepts: Vec<String>,
    /// Headings of the rendered page.
    pub headings: Vec<String>,
    /// Every `id` of the rendered page.
    pub anchors: HashSet<String>,
    /// Exercises as a student without attempts sees them.
    pub exercises: Vec<Exercise>,
    /// Passages, as they are indexed.
    pub passages: Vec<ChunkDraft>,
}

#[derive(Deserialize)]
struct CourseFile {
    title: String,
    stages: Vec<StageEntry>,
}

#[derive(Deserialize)]
struct StageEntry {
    slug: String,
    title: String,
}

#[derive(Deserialize)]
struct LessonFile {
    slug: String,
    title: String,
    #[serde(default)]
    concepts: Vec<String>,
    #[serde(default)]
    exercises: Vec<ExerciseEntry>,
}

#[derive(Deserialize)]
struct ExerciseEntry {
    slug: String,
    title: String,
    concept: String,
    language: String,
    prompt: String,
    solution: String,
    hints: Hints,
}

impl Course {
    /// Reads the course that belongs to this repository.
    ///
    /// # Errors
    /// When a file is missing or malformed.
    pub fn read() -> anyhow::Result<Self> {
        Self::read_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/physical-ai"))
    }

    fn read_from(folder: &Path) -> anyhow::Result<Self> {
        let file: CourseFile = toml::from_str(&fs::read_to_string(folder.join("course.toml"))?)?;
        let folders = sorted(folder)?;
        let stages = file.stages.into_iter().map(|entry| {
            let of_stage = folders.iter().find(|path| path.to_string_lossy().ends_with(&format!("-{}", entry.slug)));
            let path = of_stage.with_context(|| format!("no folder for the stage {}", entry.slug))?;
            let lessons = sorted(path)?.iter().map(|path| lesson(path)).collect::<anyhow::Result<_>>()?;
            Ok(Stage { title: entry.title, lessons })
        });
        Ok(Self { title: file.title, stages: stages.collect::<anyhow::Result<_>>()? })
    }

    /// The stage and the lesson with this slug.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, slug: &str) -> anyhow::Result<(usize, &Lesson)> {
        let mut all = self.stages.iter().enumerate().flat_map(|(at, s)| s.lessons.iter().map(move |l| (at, l)));
        all.find(|(_, lesson)| lesson.slug == slug).with_context(|| format!("there is no lesson {slug}"))
    }

    /// Every lesson.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.stages.iter().flat_map(|stage| &stage.lessons)
    }

    /// Every exercise.
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.lessons().flat_map(|lesson| &lesson.exercises)
    }

    /// The stages after `last`, as the tutor hears of them.
    #[must_use]
    pub fn locked_after(&self, last: usize) -> Vec<LockedStage> {
        let pairs = self.stages.windows(2).skip(last);
        pairs
            .map(|pair| LockedStage {
                title: pair[1].title.clone(),
                terms: pair[1]
                    .lessons
                    .iter()
                    .flat_map(|l| l.concepts.iter().cloned().chain([l.title.clone()]))
                    .collect(),
                opens_after: pair[0].title.clone(),
            })
            .collect()
    }
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths: BTreeSet<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    Ok(paths.into_iter().filter(|path| path.is_dir() || path.extension().is_some_and(|e| e == "md")).collect())
}

fn lesson(path: &Path) -> anyhow::Result<Lesson> {
    let source = fs::read_to_string(path)?;
    let (front, body) = prose::split_front_matter(&source).with_context(|| path.display().to_string())?;
    let front: LessonFile = toml::from_str(front).with_context(|| path.display().to_string())?;
    let page = prose::render(body);
    Ok(Lesson {
        headings: page.headings.into_iter().map(|heading| heading.text).collect(),
        anchors: page.html.split("id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect(),
        passages: chunk_lesson(body),
        slug: front.slug,
        title: front.title,
        concepts: front.concepts,
        exercises: front.exercises.into_iter().map(exercise).collect(),
    })
}

fn exercise(entry: ExerciseEntry) -> Exercise {
    Exercise {
        slug: entry.slug,
        title: entry.title,
        concept: entry.concept,
        prompt: entry.prompt,
        hints: entry.hints,
        solution: entry.solution,
        language: entry.language,
        attempts: 0,
        passed: false,
    }
}
