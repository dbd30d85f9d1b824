//! Opening stages. An opened stage is a fact: what changes in the content later never locks it again.

use serde::Serialize;
use sqlx::{PgConnection, PgTransaction};
use uuid::Uuid;

/// A stage that has just opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnlockedStage {
    /// Its id.
    pub id: Uuid,
    /// Its place, from 1.
    pub number: i32,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// A stage and whether one person has completed what it requires.
struct StageState {
    id: Uuid,
    number: i32,
    slug: String,
    title: String,
    unlocked: bool,
    complete: bool,
}

/// Opens the first stage, and whatever past completions have earned.
pub(crate) async fn after_enrolling(
    tx: &mut PgTransaction<'_>,
    user: Uuid,
    course: Uuid,
) -> Result<Vec<UnlockedStage>, sqlx::Error> {
    open_earned(tx, user, course).await
}

/// Opens the next stage when the one before is complete; marks the course complete when everything required is.
///
/// The caller holds the person's enrolment row locked, so that of two lessons completed at the same moment the
/// second sees the first.
pub(crate) async fn after_completing(
    tx: &mut PgTransaction<'_>,
    user: Uuid,
    course: Uuid,
) -> Result<Vec<UnlockedStage>, sqlx::Error> {
    let opened = open_earned(tx, user, course).await?;
    sqlx::query!(
        "update learn.enrollment set completed_at = now()
         where user_id = $1 and course_id = $2 and completed_at is null
           and not exists (
               select from learn.lesson l
               where l.course_id = $2 and l.required and l.published_version is not null
                 and not exists (select from learn.completion d where d.lesson_id = l.id and d.user_id = $1))",
        user,
        course
    )
    .execute(&mut **tx)
    .await?;
    Ok(opened)
}

/// Opens for everybody who takes part what a change of the content has earned them: a lesson that was retired, or
/// is required no more, keeps nobody waiting. Nothing is closed, and no course is completed by it: that would end an
/// enrolment by somebody else's deed.
pub(crate) async fn after_a_change_of_content(tx: &mut PgTransaction<'_>, course: Uuid) -> Result<(), sqlx::Error> {
    // In the order in which people who complete a lesson lock: enrolment first, then what it opens.
    sqlx::query!(
        "select user_id from learn.enrollment where course_id = $1 and ended_at is null order by user_id for update",
        course
    )
    .fetch_all(&mut **tx)
    .await?;
    let stages = sqlx::query_scalar!("select id from learn.stage where course_id = $1 order by number", course)
        .fetch_all(&mut **tx)
        .await?;
    let mut before = None;
    for stage in stages {
        open_for_everybody(tx, course, before, stage).await?;
        before = Some(stage);
    }
    Ok(())
}

/// Opens the stage for those for whom the one before is open and complete; the first for all.
async fn open_for_everybody(
    connection: &mut PgConnection,
    course: Uuid,
    before: Option<Uuid>,
    stage: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into learn.stage_unlock (user_id, stage_id)
         select e.user_id, $3
         from learn.enrollment e
         where e.course_id = $1 and e.ended_at is null
           and ($2::uuid is null
                or exists (select from learn.stage_unlock u where u.user_id = e.user_id and u.stage_id = $2)
                   and exists (select from learn.lesson l where l.stage_id = $2 and l.published_version is not null)
                   and not exists (
                       select from learn.lesson l
                       where l.stage_id = $2 and l.required and l.published_version is not null
                         and not exists (select from learn.completion d
                                         where d.lesson_id = l.id and d.user_id = e.user_id)))
         on conflict do nothing",
        course,
        before,
        stage
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn open_earned(
    connection: &mut PgConnection,
    user: Uuid,
    course: Uuid,
) -> Result<Vec<UnlockedStage>, sqlx::Error> {
    let stages = stage_states(connection, user, course).await?;
    let mut opened = Vec::new();
    for stage in earned(&stages) {
        sqlx::query!(
            "insert into learn.stage_unlock (user_id, stage_id) values ($1, $2) on conflict do nothing",
            user,
            stage.id
        )
        .execute(&mut *connection)
        .await?;
        let StageState { id, number, slug, title, .. } = stage;
        opened.push(UnlockedStage { id: *id, number: *number, slug: slug.clone(), title: title.clone() });
    }
    Ok(opened)
}

/// The stages that are due and not open yet: the first, and every one that directly follows an open, complete one.
fn earned(stages: &[StageState]) -> impl Iterator<Item = &StageState> {
    let mut reached = true;
    stages.iter().filter(move |stage| {
        let open = stage.unlocked || reached;
        let due = open && !stage.unlocked;
        reached = open && stage.complete;
        due
    })
}

/// A stage without a single published lesson is not complete: it is being written, and what follows must wait.
async fn stage_states(connection: &mut PgConnection, user: Uuid, course: Uuid) -> Result<Vec<StageState>, sqlx::Error> {
    sqlx::query_as!(
        StageState,
        r#"
        select s.id, s.number, s.slug, s.title,
               exists (select from learn.stage_unlock u where u.stage_id = s.id and u.user_id = $1) as "unlocked!",
               (exists (select from learn.lesson l where l.stage_id = s.id and l.published_version is not null)
                and not exists (
                    select from learn.lesson l
                    where l.stage_id = s.id and l.required and l.published_version is not null
                      and not exists (select from learn.completion d where d.lesson_id = l.id and d.user_id = $1)
                )) as "complete!"
        from learn.stage s
        where s.course_id = $2
        order by s.number
        "#,
        user,
        course
    )
    .fetch_all(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(states: &[(bool, bool)]) -> Vec<StageState> {
        let numbered = (1..).zip(states);
        let stage = |(number, &(unlocked, complete)): (i32, &(bool, bool))| StageState {
            id: Uuid::nil(),
            number,
            slug: String::new(),
            title: String::new(),
            unlocked,
            complete,
        };
        numbered.map(stage).collect()
    }

    fn opening(states: &[(bool, bool)]) -> Vec<i32> {
        earned(&stages(states)).map(|stage| stage.number).collect()
    }

    #[test]
    fn the_first_stage_opens_at_once_and_only_it() {
        assert_eq!(opening(&[(false, false), (false, false)]), [1]);
    }

    #[test]
    fn a_complete_stage_opens_the_next() {
        assert_eq!(opening(&[(true, true), (false, false), (false, false)]), [2]);
        assert_eq!(opening(&[(true, false), (false, false)]), [] as [i32; 0]);
    }

    #[test]
    fn stages_completed_before_open_what_follows_them() {
        assert_eq!(opening(&[(false, true), (false, true), (false, false), (false, false)]), [1, 2, 3]);
    }

    #[test]
    fn an_open_stage_stays_open_when_the_one_before_grew() {
        assert_eq!(opening(&[(true, false), (true, true), (false, false)]), [3]);
    }
}
