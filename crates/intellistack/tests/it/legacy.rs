//! `intellistack legacy …`: a whole night of moving in by the operator's words, and what the exit codes say.

use std::path::Path;

use crate::operator::{Done, Operator};

/// The old database as it may be met: every edge case that is known of.
const SAMPLE: &str = include_str!("../../../legacy/tests/sample.sql");

/// A database with the old platform's in its schema `legacy`.
async fn with_the_old_platform() -> Operator {
    let operator = Operator::start().await;
    sqlx::raw_sql(SAMPLE).execute(&operator.database.pool().await.unwrap()).await.unwrap();
    operator
}

/// Calls `intellistack legacy WORDS`, with the programs of Postgres in reach.
fn legacy(operator: &Operator, words: &str) -> Done {
    let path = std::env::var("PATH").unwrap();
    operator.run(&format!("legacy {words}"), "", &[("PATH", path.as_str())])
}

/// Wants success; gives what was printed.
fn done(operator: &Operator, words: &str) -> String {
    let done = legacy(operator, words);
    assert_eq!(done.code, 0, "{words}: {done:?}");
    done.out
}

async fn count(operator: &Operator, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&operator.database.pool().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_night_of_moving_in_and_back_out() {
    let operator = with_the_old_platform().await;
    let folder = std::env::temp_dir().join(format!("intellistack-legacy-{}", std::process::id()));
    let to = folder.to_str().unwrap();

    let found = done(&operator, "inspect");
    assert!(found.contains('C'), "{found}");
    assert!(done(&operator, "inspect --json").trim_start().starts_with('{'));

    assert_eq!(legacy(&operator, "migrate").code, 2, "without a backup");
    let stopped = legacy(&operator, "migrate --scratch --on-collision stop");
    assert_eq!(stopped.code, 3, "{stopped:?}");
    assert!(done(&operator, "migrate --dry-run").contains("users"));
    assert_eq!(count(&operator, r#"select count(*) from auth."user""#).await, 0, "nothing was written");

    assert!(done(&operator, &format!("backup --to {to}")).contains("SHA-256"));
    let report = done(&operator, &format!("migrate --backup {to}"));
    assert_eq!(report, done(&operator, "report"));
    assert_eq!(count(&operator, r#"select count(*) from auth."user""#).await, 54);
    assert!(done(&operator, "validate").contains("rows compared"));

    sqlx::query(
        r#"update auth."user" set name = 'Somebody else' where id = (select min(id::text)::uuid from auth."user")"#,
    )
    .execute(&operator.database.pool().await.unwrap())
    .await
    .unwrap();
    let differs = legacy(&operator, "validate");
    assert_eq!(differs.code, 4, "{differs:?}");
    assert!(differs.out.contains("differs: "), "{differs:?}");

    assert!(done(&operator, &format!("rollback --backup {to}")).contains("as it was"));
    assert_eq!(count(&operator, r#"select count(*) from auth."user""#).await, 0);
    std::fs::remove_dir_all(Path::new(to)).unwrap();
    let lost = legacy(&operator, &format!("migrate --backup {to}"));
    assert_eq!(lost.code, 1, "{lost:?}");
}

#[tokio::test]
async fn a_move_that_is_killed_goes_on_where_it_was() {
    const KILLS: u32 = 12;
    let whole = with_the_old_platform().await;
    let begun = std::time::Instant::now();
    let expected = done(&whole, "migrate --scratch --batch 2");
    let usual = begun.elapsed();

    let operator = with_the_old_platform().await;
    for kill in 1..=KILLS {
        let mut child = operator.spawn("legacy migrate --scratch --batch 2", &[]);
        tokio::time::sleep(usual * kill / KILLS).await;
        // It may have ended by now.
        let _gone = child.kill();
        child.wait().unwrap();
    }
    assert_eq!(figures(&done(&operator, "migrate --scratch --batch 2")), figures(&expected));
    assert_eq!(legacy(&operator, "validate").code, 0);
}

/// What a report says, but for its moments.
fn figures(report: &str) -> Vec<&str> {
    report.lines().filter(|line| !line.starts_with("cutover moment") && !line.ends_with("+00")).collect()
}
