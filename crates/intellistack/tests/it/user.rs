//! `intellistack user`.

use crate::operator::Operator;

const PASSWORD: &str = "Correct-Horse-7\n";

#[tokio::test]
async fn people_are_made_found_changed_and_shut_out() {
    let operator = Operator::start().await;
    for (email, name) in [("root@example.test", "Root"), ("ada@example.test", "Ada")] {
        let made = operator.run(&format!("user create-admin {email} --name {name}"), PASSWORD, &[]);
        assert_eq!((made.code, made.out), (0, format!("{email} is an admin\n")), "{}", made.err);
    }
    let listed = operator.succeed("user list");
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(operator.succeed("user list root").starts_with("root@example.test "));
    assert_eq!(operator.succeed("user set-role Ada@example.test student"), "ada@example.test is student now\n");
    let shown = operator.succeed("user show ada@example.test");
    for words in ["name        Ada", "role        student", "ada@example.test (verified)", "signs in by credential"] {
        assert!(shown.contains(words), "{shown}");
    }
    operator.succeed("user ban ada@example.test --reason Noise --until 2999-01-01");
    assert!(
        operator.succeed("user show ada@example.test").contains("banned      until 2999-01-01 00:00:00 UTC: Noise")
    );
    assert!(operator.succeed("user list ada").trim_end().ends_with("banned"));
    operator.succeed("user unban ada@example.test");
    operator.succeed("user sign-out-everywhere ada@example.test");
    assert_eq!(operator.succeed("user sessions ada@example.test"), "");
    let set = operator.run("user set-password ada@example.test", "Better-Horse-8\r\n", &[]);
    assert_eq!(set.code, 0, "{set:?}");
    assert!(!format!("{set:?}").contains("Better-Horse-8"), "the password is not repeated: {set:?}");
    let events = [
        "user_created operator",
        "user_created operator",
        "role_changed operator",
        "user_banned operator",
        "user_unbanned operator",
        "sessions_revoked operator",
        "password_set operator",
    ];
    assert_eq!(operator.events().await, events);
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_changes_nothing() {
    let operator = Operator::start().await;
    operator.run("user create-admin root@example.test", PASSWORD, &[]);
    for verb in ["show", "sessions", "ban", "unban", "sign-out-everywhere", "set-password"] {
        let said = operator.fail(&format!("user {verb} nobody@example.test"));
        assert!(said.to_lowercase().contains("user"), "{said}");
    }
    operator.fail("user set-role root@example.test student");
    operator.fail("user ban root@example.test");
    assert!(operator.fail("user ban root@example.test --until 2001-01-01").contains("over already"));
    for (email, password) in [("root@example.test", PASSWORD), ("no-address", PASSWORD), ("b@example.test", "weak\n")] {
        let refused = operator.run(&format!("user create-admin {email}"), password, &[]);
        assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{email}: {refused:?}");
    }
    assert_eq!(operator.events().await, ["user_created operator"]);
    assert_eq!(operator.succeed("user list").lines().count(), 1);
}

#[tokio::test]
async fn mistakes_in_the_call_and_the_surroundings_are_told_apart() {
    let operator = Operator::start().await;
    for words in ["user", "user set-role a@example.test wizard", "user ban a@example.test --until soon", "user fly"] {
        let done = operator.call(words);
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{words}: {done:?}");
        assert!(done.err.contains("Usage") || done.err.contains("--help"), "{done:?}");
    }
    let nowhere = operator.run("user list", "", &[("DATABASE_URL", "postgres://postgres@127.0.0.1:1/x")]);
    assert_eq!(nowhere.code, 1, "{nowhere:?}");
    let unset = operator.run("user list", "", &[("DATABASE_URL", "")]);
    assert!(unset.code == 1 && unset.err.contains("DATABASE_URL"), "{unset:?}");
}
