//! Retrieval over the course, in memory.

#[cfg(feature = "whole")]
mod edge;
#[cfg(not(feature = "whole"))]
mod words;

use tutor::Passage;

use crate::course::Course;

/// How many passages the tutor looks at.
const PASSAGES: usize = 8;

/// Finds passages in the stages that are open.
#[derive(Debug)]
pub struct Finder {
    entries: Vec<Entry>,
    #[cfg(not(feature = "whole"))]
    words: words::Index,
    #[cfg(feature = "whole")]
    edge: edge::Index,
}

/// A passage of the course.
#[derive(Debug)]
struct Entry {
    /// The number of its stage.
    stage: usize,
    passage: Passage,
    /// The same as it is indexed.
    #[cfg(feature = "whole")]
    draft: retrieval::ChunkDraft,
}

impl Finder {
    /// Indexes the course.
    ///
    /// # Errors
    /// When the index cannot be made.
    pub fn index(course: &Course) -> anyhow::Result<Self> {
        let entries = entries(course);
        Ok(Self {
            #[cfg(not(feature = "whole"))]
            words: words::Index::of(entries.iter().map(|entry| &entry.passage)),
            #[cfg(feature = "whole")]
            edge: edge::Index::of(&entries)?,
            entries,
        })
    }

    /// What is searched by, for the report.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        #[cfg(feature = "whole")]
        return self.edge.describe();
        #[cfg(not(feature = "whole"))]
        "BM25 in memory"
    }

    /// The best passages of the first `open` stages.
    ///
    /// # Errors
    /// When the index fails.
    pub fn find(&self, text: &str, open: usize) -> anyhow::Result<Vec<Passage>> {
        let allowed = |at: &usize| self.entries[*at].stage < open;
        #[cfg(feature = "whole")]
        let ranked = self.edge.rank(text, open, PASSAGES)?;
        #[cfg(not(feature = "whole"))]
        let ranked = self.words.rank(text, allowed);
        let found = ranked.into_iter().filter(allowed).take(PASSAGES);
        Ok(found.map(|at| self.entries[at].passage.clone()).collect())
    }
}

fn entries(course: &Course) -> Vec<Entry> {
    let lessons = course.stages.iter().enumerate().flat_map(|(at, s)| s.lessons.iter().map(move |l| (at, l)));
    let all = lessons.flat_map(|(stage, lesson)| {
        lesson.passages.iter().map(move |draft| {
            let passage = Passage {
                id: format!("{}-{}", lesson.slug, draft.ordinal),
                lesson_slug: lesson.slug.clone(),
                lesson_title: lesson.title.clone(),
                heading_path: draft.heading_path.clone(),
                anchor: draft.anchor.clone(),
                text: draft.text.clone(),
                markdown: draft.markdown.clone(),
                score: 0.0,
            };
            Entry {
                stage,
                passage,
                #[cfg(feature = "whole")]
                draft: draft.clone(),
            }
        })
    });
    all.collect()
}
