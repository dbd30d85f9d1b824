//! What a turn was about: kept with it for the course's staff, who see sums of it and never who asked.

use serde::Serialize;
use tutor::{Citation, Decision, Passage};
use uuid::Uuid;

use super::course::Surroundings;

/// What a turn was about.
#[derive(Clone, Debug, Default, Serialize)]
pub struct About {
    /// The course that was spoken of.
    pub course: Option<Uuid>,
    /// The lesson on the page.
    pub lesson: Option<Uuid>,
    /// Slug of the exercise that help was given with.
    pub exercise: Option<String>,
    /// The rung of its ladder that was given, from 1.
    pub rung: Option<i16>,
    /// Passages that were cited, each once.
    pub passages: Vec<CitedPassage>,
}

/// A cited place in the lessons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitedPassage {
    /// The lesson's id.
    pub lesson: Uuid,
    /// Where in it the passage begins, without `#`.
    pub anchor: String,
    /// The headings above it.
    pub heading: String,
}

/// What a turn was about; `lessons` and `passages` are what was found, in the same order.
#[must_use]
pub fn of(
    around: &Surroundings,
    decision: &Decision,
    citations: &[Citation],
    lessons: &[Uuid],
    passages: &[Passage],
) -> About {
    let (exercise, rung) = match decision {
        Decision::Hint { exercise, rung } | Decision::RefuseSolution { exercise, rung } => {
            (Some(*exercise), Some(*rung as i16 + 1))
        }
        Decision::ShowSolution { exercise } => (Some(*exercise), None),
        _ => (None, None),
    };
    About {
        course: around.course_id,
        lesson: around.lesson.as_ref().map(|lesson| lesson.id),
        exercise: exercise.and_then(|index| around.exercises.get(index)).map(|exercise| exercise.slug.clone()),
        rung,
        passages: cited(citations, lessons, passages),
    }
}

fn cited(citations: &[Citation], lessons: &[Uuid], passages: &[Passage]) -> Vec<CitedPassage> {
    let mut cited = Vec::new();
    for citation in citations {
        let found = lessons.get(citation.passage).zip(passages.get(citation.passage));
        let Some((lesson, passage)) = found else { continue };
        let place =
            CitedPassage {
                lesson: *lesson, anchor: passage.anchor.clone(), heading: passage.heading_path.join(" › ")
            };
        if !cited.contains(&place) {
            cited.push(place);
        }
    }
    cited
}
