//! What is asked of the database and stored together, and still is everybody's own.

use std::time::Duration;

use futures_util::future::join_all;
use oauth::Role;
use sqlx::PgTransaction;
use tokio::time::{sleep, timeout};

use crate::{
    app::{App, Person, create, parse, problem},
    paced::{Paced, Reading},
    resume::agrees,
};

/// The first end of a turn that comes now waits, and the next ones behind it, until this is dropped.
async fn held_back(app: &App) -> PgTransaction<'static> {
    let mut tx = app.pool.begin().await.unwrap();
    sqlx::query("lock table tutor.ai_usage_metric in exclusive mode").execute(&mut *tx).await.unwrap();
    tx
}

/// How many transactions stored the ends of all turns.
async fn commits(app: &App) -> i64 {
    sqlx::query_scalar("select count(distinct finished_at) from tutor.turn").fetch_one(&app.pool).await.unwrap()
}

async fn ask(app: &App, by: &Person) -> String {
    Reading::of(app.chatkit(by, create("Why?")).await).read_whole().await
}

#[tokio::test]
async fn turns_that_end_at_the_same_moment_each_keep_what_is_theirs() {
    let app = App::answered_by(&Paced::words(8, 2), &[]).await;
    let mut students = Vec::new();
    for _ in 0..4 {
        students.push(app.person(Role::Student).await);
    }
    let held = held_back(&app).await;
    let release = async {
        sleep(Duration::from_millis(900)).await;
        held.rollback().await
    };
    let all = join_all(students.iter().flat_map(|student| [student; 5]).map(|student| ask(&app, student)));
    let (streams, released) = tokio::join!(all, release);
    assert!(released.is_ok());
    for (student, stream) in students.iter().flat_map(|student| [student; 5]).zip(&streams) {
        agrees(&app, student, stream).await;
        let events = parse(stream);
        let title = &events.iter().find(|event| event["type"] == "thread.updated").unwrap()["thread"]["title"];
        assert_eq!(title, "A title");
    }
    let messages: Vec<i32> =
        sqlx::query_scalar("select messages from tutor.ai_usage_metric").fetch_all(&app.pool).await.unwrap();
    assert_eq!(messages, [5, 5, 5, 5]);
    let commits = commits(&app).await;
    assert!(commits <= 10, "20 ends were stored in {commits} commits");
}

#[tokio::test]
async fn a_turn_that_cannot_be_stored_costs_those_that_end_with_it_nothing() {
    let app = App::answered_by(&Paced::words(8, 2), &[]).await;
    let (first, unlucky) = (app.person(Role::Student).await, app.person(Role::Student).await);
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(app.person(Role::Student).await);
    }
    for step in [
        format!(
            "create function tutor.refuse() returns trigger language plpgsql as
             $$ begin if new.user_id = '{}' and new.finished_at is not null then raise 'refused'; end if; return new; end $$",
            unlucky.id
        ),
        "create trigger refuse before update on tutor.turn for each row execute function tutor.refuse()".to_owned(),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(step)).execute(&app.pool).await.unwrap();
    }
    let held = held_back(&app).await;
    let later = async |by| {
        sleep(Duration::from_millis(300)).await;
        ask(&app, by).await
    };
    let release = async {
        sleep(Duration::from_millis(900)).await;
        held.rollback().await
    };
    // The first one's end is under way when all others come.
    let lucky = async {
        let lucky = join_all(others.iter().map(later));
        let (streams, _, released) = tokio::join!(lucky, ask(&app, &first), release);
        assert!(released.is_ok());
        streams
    };
    let lucky = async {
        let streams = timeout(Duration::from_secs(4), lucky).await.expect("the others wait for the unlucky one");
        sqlx::query("drop trigger refuse on tutor.turn").execute(&app.pool).await.unwrap();
        streams
    };
    let (streams, last) = tokio::join!(lucky, later(&unlucky));
    for (student, stream) in others.iter().zip(&streams) {
        agrees(&app, student, stream).await;
    }
    agrees(&app, &unlucky, &last).await;
    assert_eq!(app.statuses().await, ["done"; 7]);
}

#[tokio::test]
async fn the_limit_is_exact_when_two_processes_are_asked_at_once() {
    let tutor = Paced::words(3, 1);
    let app = App::answered_by(&tutor, &[]).await;
    let replica = app.replica_answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let bases = [&app.url, &replica];
    let question = create("Why?");
    let all = (0..60).map(|n| app.chatkit_at(bases[n % 2], &student, &question));
    let statuses: Vec<_> = join_all(all).await.iter().map(|response| response.status().as_u16()).collect();
    let count = |status| statuses.iter().filter(|&&got| got == status).count();
    assert_eq!((count(200), count(429)), (20, 40), "{statuses:?}");
}

#[tokio::test]
async fn of_many_questions_that_one_person_asks_at_once_each_is_opened_under_a_number_of_its_own() {
    let app = App::answered_by(&Paced::words(3, 1), &[]).await;
    let staff = app.person(Role::Instructor).await;
    let statuses = join_all((0..40).map(|_| async { app.chatkit(&staff, create("Why?")).await.status() })).await;
    assert!(statuses.iter().all(|status| status.as_u16() == 200), "{statuses:?}");
    let numbers: Vec<i32> =
        sqlx::query_scalar("select nth from tutor.turn order by nth").fetch_all(&app.pool).await.unwrap();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_asks_far_too_much_at_once_is_told_so_and_what_was_refused_is_not_stored() {
    let app = App::answered_by(&Paced::words(3, 1), &[]).await;
    let staff = app.person(Role::Instructor).await;
    let all = join_all((0..200).map(|_| async { app.chatkit(&staff, create("Why?")).await })).await;
    let (opened, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(|response| response.status() == 200);
    let stored: i64 = sqlx::query_scalar("select count(*) from tutor.turn").fetch_one(&app.pool).await.unwrap();
    assert_eq!(usize::try_from(stored), Ok(opened.len()));
    for response in refused {
        assert!(response.headers().contains_key("retry-after"));
        assert_eq!(problem(response).await, (503, "too_many_at_once".to_owned()));
    }
}

#[tokio::test]
async fn a_question_that_waits_for_a_lock_is_opened_once_and_holds_others_back_for_seconds_at_most() {
    let app = App::answered_by(&Paced::words(3, 1), &[]).await;
    let (locked, other) = (app.person(Role::Student).await, app.person(Role::Student).await);
    let mut held = app.pool.begin().await.unwrap();
    sqlx::query("reset role").execute(&mut *held).await.unwrap();
    sqlx::query("select id from auth.\"user\" where id = $1 for update")
        .bind(locked.id)
        .execute(&mut *held)
        .await
        .unwrap();
    let others = async {
        sleep(Duration::from_millis(200)).await;
        timeout(Duration::from_secs(4), ask(&app, &other)).await.expect("one person's lock stops everybody")
    };
    let release = async {
        sleep(Duration::from_secs(5)).await;
        held.rollback().await
    };
    let (first, second, released) = tokio::join!(ask(&app, &locked), others, release);
    assert!(released.is_ok());
    agrees(&app, &locked, &first).await;
    agrees(&app, &other, &second).await;
    assert_eq!(app.statuses().await, ["done", "done"]);
}
