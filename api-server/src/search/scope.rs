//! Which stages a person's searches may see.

use oauth::Role;
use retrieval::Scope;
use sqlx::PgPool;

use crate::caller::Caller;

/// Admins see every stage, instructors those of the courses they teach, and everybody the ones that opened for them in courses in which they take part now. Nobody with
/// an unproved address sees any.
///
/// # Errors
/// Those of the database.
pub async fn of(pool: &PgPool, caller: &Caller) -> Result<Scope, sqlx::Error> {
    if !caller.email_verified {
        return Ok(Scope::default());
    }
    let stage_ids = sqlx::query_scalar!(
        "select s.id from learn.stage s
         where $2
            or $3 and exists (select from learn.course_staff t where t.course_id = s.course_id and t.user_id = $1)
            or exists (select from learn.stage_unlock u
                       join learn.enrollment e on e.user_id = u.user_id and e.course_id = s.course_id
                       where u.stage_id = s.id and u.user_id = $1 and e.ended_at is null)",
        caller.id,
        caller.role == Role::Admin,
        caller.role == Role::Instructor
    )
    .fetch_all(pool)
    .await?;
    Ok(Scope { stage_ids })
}
