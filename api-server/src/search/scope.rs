//! Which stages a person's searches may see.

use retrieval::Scope;
use sqlx::PgPool;

use crate::caller::Caller;

/// Staff see every stage; others the ones that opened for them in courses in which they take part now. Nobody with
/// an unproved address sees any.
///
/// # Errors
/// Those of the database.
pub async fn of(pool: &PgPool, caller: &Caller) -> Result<Scope, sqlx::Error> {
    if !caller.email_verified {
        return Ok(Scope::default());
    }
    let stage_ids = if caller.is_staff() {
        sqlx::query_scalar!("select id from learn.stage").fetch_all(pool).await?
    } else {
        sqlx::query_scalar!(
            "select s.id from learn.stage s
             join learn.stage_unlock u on u.stage_id = s.id and u.user_id = $1
             join learn.enrollment e on e.course_id = s.course_id and e.user_id = $1 and e.ended_at is null",
            caller.id
        )
        .fetch_all(pool)
        .await?
    };
    Ok(Scope { stage_ids })
}
