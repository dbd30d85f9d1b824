//! A course in files → the database.
//!
//! A folder per course, `course.toml` in it, and a folder per stage with a Markdown file per lesson. A lesson gets a
//! new version when its file changed, unless a person has edited the lesson since: then the database wins. The same
//! holds for a course's title and stages, and for exercises.

mod course_file;
mod lesson_file;
mod store;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sqlx::PgPool;

use course_file::CourseFile;
use lesson_file::LessonFile;

/// What seeding did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeedReport {
    /// Courses read.
    pub courses: usize,
    /// Lessons that got a new version.
    pub new_versions: usize,
    /// Lessons whose files had not changed.
    pub unchanged: usize,
    /// Slugs of lessons that people have edited, and that were left as they are although their files changed.
    pub kept_edits: Vec<String>,
}

/// A course read from its folder, checked as a whole before anything is written.
struct Course {
    file: CourseFile,
    /// Lessons with the number of their stage, in reading order.
    lessons: Vec<(usize, LessonFile)>,
}

/// Reads every course below `content_dir` and writes what is new, each course in one transaction.
///
/// # Errors
/// A message that names the file and what is wrong with it; or the database's.
pub async fn seed(pool: &PgPool, content_dir: &Path) -> anyhow::Result<SeedReport> {
    let mut report = SeedReport::default();
    for dir in course_dirs(content_dir)? {
        let course = read_course(&dir)?;
        store::write(pool, &course, &mut report).await.with_context(|| format!("cannot store {}", dir.display()))?;
        report.courses += 1;
    }
    Ok(report)
}

/// Makes the person with `email` staff of every course: for the instructor among the demo accounts.
///
/// # Errors
/// Those of the database.
pub async fn staff_of_every_course(pool: &PgPool, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"insert into learn.course_staff (course_id, user_id)
           select c.id, u.id from learn.course c cross join auth."user" u where u.email = $1 on conflict do nothing"#,
        email
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The folder itself when it is a course, otherwise the courses in it.
fn course_dirs(content: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if content.join("course.toml").is_file() {
        return Ok(vec![content.to_owned()]);
    }
    let dirs: Vec<PathBuf> = entries(content)?.into_iter().filter(|dir| dir.join("course.toml").is_file()).collect();
    if dirs.is_empty() {
        bail!("{}: no course here: a course is a folder with a course.toml", content.display());
    }
    Ok(dirs)
}

fn read_course(dir: &Path) -> anyhow::Result<Course> {
    let file = CourseFile::read(&dir.join("course.toml"))?;
    let mut lessons = Vec::new();
    for stage_dir in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        let number = file.stage_of(&stage_dir)?;
        for path in entries(&stage_dir)?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "md")) {
            lessons.push((number, LessonFile::read(&path)?));
        }
    }
    lesson_file::refuse_duplicates(lessons.iter().map(|(_, lesson)| lesson))?;
    Ok(Course { file, lessons })
}

/// What is in a folder, by name; hidden files are left out.
fn entries(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listing = std::fs::read_dir(dir).with_context(|| format!("cannot read the folder {}", dir.display()))?;
    let mut paths = listing.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    paths.sort();
    Ok(paths)
}
