//! `intellistack keys`.

use std::time::Instant;

use auth_server::{ensure_signing_key, keys::seal::Sealer};
use service::Secret;

use crate::operator::{Operator, SECRET};

async fn with_a_key() -> Operator {
    let operator = Operator::start().await;
    let pool = operator.database.pool().await.unwrap();
    ensure_signing_key(&pool, &Sealer::new(&Secret::new(SECRET))).await.unwrap();
    operator
}

fn kid(line: &str) -> String {
    line.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn keys_are_listed_rotated_and_retired() {
    let operator = with_a_key().await;
    let first = operator.succeed("keys list");
    assert!(first.lines().count() == 1 && first.contains("signing"), "{first}");
    let rotated = operator.succeed("keys rotate");
    assert_eq!(kid(&operator.succeed("keys rotate")), kid(&rotated), "one waits already");
    assert!(operator.succeed("keys list").lines().next().unwrap().contains("next"));
    let now = operator.succeed("keys rotate --now");
    let statuses = operator.succeed("keys list");
    let line = statuses.lines().find(|line| line.starts_with(&kid(&now))).unwrap();
    assert!(line.contains("signing"), "{statuses}");
    let retired = operator.succeed(&format!("keys retire {}", kid(&first)));
    assert!(retired.contains("is retired"), "{retired}");
    operator.fail(&format!("keys retire {}", kid(&first)));
    operator.fail("keys retire 00000000-0000-7000-8000-000000000000");
    assert_eq!(operator.call("keys retire not-an-id").code, 2);
    assert_eq!(operator.events().await, ["key_rotated", "key_retired", "key_rotated", "key_retired"]);
}

#[tokio::test]
async fn everything_moves_to_another_secret_and_a_wrong_one_is_refused() {
    let operator = with_a_key().await;
    let new = ("AUTH_SECRET", "Zr4mB8xT1vN7cY3pL9sD5gH2jW6fAkq0-next");
    let lost = operator.run("keys reseal", "", &[new]);
    assert!(lost.code == 1 && lost.err.contains("signing key"), "{lost:?}");
    let moved = operator.run("keys reseal", "", &[new, ("AUTH_SECRET_PREVIOUS", SECRET)]);
    assert!(moved.code == 0 && moved.out.starts_with("1 values"), "{moved:?}");
    let again = operator.run("keys reseal", "", &[new]);
    assert!(again.code == 0 && again.out.starts_with("0 values"), "{again:?}");
}

#[tokio::test]
async fn a_rotation_that_is_killed_happened_whole_or_not_at_all() {
    const KILLS: u32 = 15;
    let operator = with_a_key().await;
    let begun = Instant::now();
    operator.succeed("keys rotate --now");
    let whole = begun.elapsed();
    for kill in 1..=KILLS {
        let mut child = operator.spawn("keys rotate --now", &[]);
        // From the first moments to a little after the usual end.
        tokio::time::sleep(whole * kill / (KILLS - 2)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // Postgres may still be ending what it was told before.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let keys = operator.succeed("keys list");
        assert_eq!(keys.lines().filter(|line| line.contains("signing")).count(), 1, "{keys}");
        assert_eq!(operator.events().await.len(), keys.lines().count() - 1, "an event for each key: {keys}");
    }
    let last = operator.succeed("keys rotate --now");
    assert!(
        operator.succeed("keys list").lines().any(|line| line.starts_with(&kid(&last)) && line.contains("signing"))
    );
}
