//! `GET /api/v1/instructor/courses/{course}/insights?from=&to=`.

use axum::{Json, extract::State};
use chrono::{NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    ENOUGH,
    alike::ALIKE,
    asked,
    period::Period,
    store::{self, ByLesson, CitedOften, LessonName, Tried},
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Named, Params},
    instructor::access,
    state::AppState,
};

/// The most questions that are told.
const MOST: usize = 20;

/// How a course was learned on some days.
#[derive(Debug, Serialize)]
pub struct Insights {
    course: CourseName,
    from: NaiveDate,
    to: NaiveDate,
    questions: Sums,
    by_lesson: Vec<ByLesson>,
    most_cited: Vec<CitedOften>,
    exercises: Vec<Tried>,
    asked_alike: Alike,
}

#[derive(Debug, Serialize)]
struct CourseName {
    id: Uuid,
    slug: String,
    title: String,
}

#[derive(Debug, Serialize)]
struct Sums {
    total: i64,
    stuck: i64,
    positive: i64,
    negative: i64,
}

/// Questions in their words, and the rule by which they are told.
#[derive(Debug, Serialize)]
struct Alike {
    /// So many different students must have asked alike, and used every telling word that is shown.
    students_at_least: usize,
    /// The share of telling words that two questions must have in common.
    similarity_at_least: f64,
    /// How many questions were compared, the newest of the period.
    compared: usize,
    questions: Vec<CommonQuestion>,
}

#[derive(Debug, Serialize)]
struct CommonQuestion {
    text: String,
    students: usize,
    times: usize,
    lesson: Option<LessonName>,
}

/// Sums of what students asked and tried, for those who teach the course.
///
/// # Errors
/// As [`access::course`]; 422 for days that are no period.
pub async fn insights(
    State(state): State<AppState>,
    caller: Caller,
    course: Named,
    Params(period): Params<Period>,
) -> Result<Json<Insights>, Problem> {
    let course = access::course(&state.pool, &caller, &course).await?;
    let span = period.span(Utc::now().date_naive())?;
    let by_lesson = store::by_lesson(&state.pool, course.id, span).await?;
    let sum = |number: fn(&ByLesson) -> i64| by_lesson.iter().map(number).sum();
    let questions = Sums {
        total: sum(|lesson| lesson.questions),
        stuck: sum(|lesson| lesson.stuck),
        positive: sum(|lesson| lesson.positive),
        negative: sum(|lesson| lesson.negative),
    };
    let (common, compared) = asked::common(&state.pool, course.id, span).await?;
    let lesson =
        |id: Option<Uuid>| by_lesson.iter().filter_map(|row| row.lesson.as_ref()).find(|name| Some(name.id) == id);
    let common = common.into_iter().take(MOST).map(|question| CommonQuestion {
        text: question.text,
        students: question.students,
        times: question.times,
        lesson: lesson(question.lesson).cloned(),
    });
    let asked_alike =
        Alike { students_at_least: ENOUGH, similarity_at_least: ALIKE, compared, questions: common.collect() };
    Ok(Json(Insights {
        course: CourseName { id: course.id, slug: course.slug, title: course.title },
        from: span.from,
        to: span.to,
        questions,
        most_cited: store::cited(&state.pool, course.id, span).await?,
        exercises: store::exercises(&state.pool, course.id, span).await?,
        asked_alike,
        by_lesson,
    }))
}
