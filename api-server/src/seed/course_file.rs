//! `course.toml`.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use crate::courses::slug::is_slug;

/// A course and its stages, in order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CourseFile {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: String,
    #[serde(default = "english")]
    pub(super) language: String,
    pub(super) stages: Vec<StageEntry>,
}

/// A stage as `course.toml` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageEntry {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) hours: i32,
    #[serde(default)]
    pub(super) outcomes: Vec<String>,
}

fn english() -> String {
    "en".to_owned()
}

impl CourseFile {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let course: Self = toml::from_str(&text).with_context(|| format!("{}: not a course", path.display()))?;
        course.check().with_context(|| path.display().to_string())?;
        Ok(course)
    }

    fn check(&self) -> anyhow::Result<()> {
        check_slug(&self.slug)?;
        ensure!(!self.stages.is_empty(), "a course needs at least one stage");
        for (at, stage) in self.stages.iter().enumerate() {
            check_slug(&stage.slug)?;
            ensure!(
                self.stages[..at].iter().all(|earlier| earlier.slug != stage.slug),
                "the stage `{}` is there twice",
                stage.slug
            );
        }
        Ok(())
    }

    /// The number of the stage that a folder holds: its name is the stage's slug after an optional `N-`.
    pub(super) fn stage_of(&self, dir: &Path) -> anyhow::Result<usize> {
        let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let slug = name.split_once('-').filter(|(number, _)| number.parse::<u32>().is_ok()).map_or(&*name, |(_, s)| s);
        match self.stages.iter().position(|stage| stage.slug == slug) {
            Some(at) => Ok(at + 1),
            None => bail!("{}: course.toml has no stage `{slug}`", dir.display()),
        }
    }
}

/// Refuses what cannot stand in an address.
pub(super) fn check_slug(slug: &str) -> anyhow::Result<()> {
    ensure!(is_slug(slug), "`{slug}` is no slug: use lower-case letters, digits and single hyphens");
    Ok(())
}
