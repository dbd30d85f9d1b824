//! `GET /api/v1/instructor/courses/{course}/staff`, and `PUT` and `DELETE …/staff/{user}`: who teaches the course.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::{Problem, unprocessable},
    extract::{Named, NamedWithin},
    instructor::access::{self, TaughtCourse},
    state::AppState,
};

/// Who teaches a course, besides the admins.
#[derive(Debug, Serialize)]
pub struct Staff {
    staff: Vec<Member>,
}

#[derive(Debug, Serialize)]
struct Member {
    id: Uuid,
    name: String,
    email: String,
    /// Whether they are still instructors; the list gives nothing to who is not.
    active: bool,
}

/// The list, for the course's staff.
///
/// # Errors
/// As [`access::course`].
pub async fn list(State(state): State<AppState>, caller: Caller, course: Named) -> Result<Json<Staff>, Problem> {
    let course = access::course(&state.pool, &caller, &course).await?;
    let staff = sqlx::query_as!(
        Member,
        r#"
        select u.id, u.name, u.email, u.role in ('instructor', 'admin') as "active!"
        from learn.course_staff t
        join auth."user" u on u.id = t.user_id
        where t.course_id = $1
        order by u.name, u.id
        "#,
        course.id
    )
    .fetch_all(&state.pool)
    .await?;
    Ok(Json(Staff { staff }))
}

/// Puts an instructor on the list. Repeating it changes nothing.
///
/// # Errors
/// 403 for everybody but admins; 404; 422 `not_an_instructor`.
pub async fn add(
    State(state): State<AppState>,
    caller: Caller,
    NamedWithin { outer, inner }: NamedWithin,
) -> Result<StatusCode, Problem> {
    let (course, person) = named(&state.pool, &caller, &outer, &inner).await?;
    let role = sqlx::query_scalar!(r#"select role from auth."user" where id = $1"#, person)
        .fetch_optional(&state.pool)
        .await?
        .ok_or_else(|| Problem::not_found("person"))?;
    if role == "student" {
        return Err(unprocessable("not_an_instructor", "Only instructors can teach: give the person that role first."));
    }
    sqlx::query!(
        "insert into learn.course_staff (course_id, user_id) values ($1, $2) on conflict do nothing",
        course.id,
        person
    )
    .execute(&state.pool)
    .await?;
    tracing::info!(course = course.slug, %person, by = %caller.id, "somebody teaches a course from now on");
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a person from the list; it bites at their next request. Repeating it changes nothing.
///
/// # Errors
/// 403 for everybody but admins; 404.
pub async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    NamedWithin { outer, inner }: NamedWithin,
) -> Result<StatusCode, Problem> {
    let (course, person) = named(&state.pool, &caller, &outer, &inner).await?;
    sqlx::query!("delete from learn.course_staff where course_id = $1 and user_id = $2", course.id, person)
        .execute(&state.pool)
        .await?;
    tracing::info!(course = course.slug, %person, by = %caller.id, "somebody teaches a course no more");
    Ok(StatusCode::NO_CONTENT)
}

/// The course and the person, for admins alone.
async fn named(
    pool: &PgPool,
    caller: &Caller,
    course: &Named,
    person: &Named,
) -> Result<(TaughtCourse, Uuid), Problem> {
    access::admin(caller)?;
    let course = access::course(pool, caller, course).await?;
    let person = person.id.ok_or_else(|| Problem::not_found("person"))?;
    Ok((course, person))
}
