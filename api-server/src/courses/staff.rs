//! Who teaches a course: admins all of them, instructors those of `learn.course_staff`.

use oauth::Role;
use sqlx::PgPool;
use uuid::Uuid;

use crate::caller::Caller;

/// Whether `caller` teaches the course. A row of somebody who is no instructor any more gives nothing.
///
/// # Errors
/// Those of the database.
pub async fn teaches(pool: &PgPool, caller: &Caller, course: Uuid) -> Result<bool, sqlx::Error> {
    if !caller.is_staff() {
        return Ok(false);
    }
    let listed = sqlx::query_scalar!(
        r#"select exists (select from learn.course_staff where user_id = $1 and course_id = $2) as "listed!""#,
        caller.id,
        course
    )
    .fetch_one(pool)
    .await?;
    Ok(is_staff_of(caller, listed))
}

/// What [`teaches`] says, where the list of the course's staff has been read already.
#[must_use]
pub fn is_staff_of(caller: &Caller, listed: bool) -> bool {
    match caller.role {
        Role::Admin => true,
        Role::Instructor => listed,
        Role::Student => false,
    }
}
