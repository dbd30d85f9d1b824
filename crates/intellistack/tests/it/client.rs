//! `intellistack client`.

use crate::operator::Operator;

fn value(out: &str, name: &str) -> String {
    let line = out.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {out}"));
    line.trim().to_owned()
}

#[tokio::test]
async fn clients_are_registered_changed_and_removed() {
    let operator = Operator::start().await;
    let made = operator.succeed("client create Robot --redirect-uri https://app.example.test/cb");
    let (id, secret) = (value(&made, "client_id"), value(&made, "client_secret"));
    assert!(id.len() >= 32 && secret.len() >= 40, "{made}");
    let shown = operator.succeed(&format!("client show {id}"));
    assert!(shown.contains("https://app.example.test/cb") && !shown.contains(&secret), "{shown}");
    let listed = operator.succeed("client list");
    assert!(listed.contains(&id) && listed.contains("Robot"), "{listed}");
    let changed = operator.succeed(&format!("client update {id} --name Crane --skip-consent true"));
    assert_eq!((value(&changed, "client_name"), value(&changed, "skip_consent")), ("Crane".into(), "true".into()));
    let rotated = operator.succeed(&format!("client rotate-secret {id}"));
    assert_ne!(value(&rotated, "client_secret"), secret);
    assert_eq!(operator.succeed(&format!("client disable {id}")), format!("{id} is off\n"));
    assert!(operator.succeed("client list").contains("disabled"));
    operator.succeed(&format!("client update {id} --enable"));
    assert_eq!(operator.succeed(&format!("client delete {id}")), format!("{id} is deleted\n"));
    assert_eq!(operator.succeed("client list"), "");
    let events = [
        "client_created operator",
        "client_updated operator",
        "client_secret_rotated operator",
        "client_updated operator",
        "client_updated operator",
        "client_deleted operator",
    ];
    assert_eq!(operator.events().await, events);
}

#[tokio::test]
async fn what_cannot_be_done_says_why() {
    let operator = Operator::start().await;
    for verb in ["show", "update", "rotate-secret", "disable", "delete"] {
        assert!(operator.fail(&format!("client {verb} unknown")).contains("client not found"), "{verb}");
    }
    operator.fail("client create Robot");
    operator.fail("client create Robot --redirect-uri http://app.example.test/cb");
    operator.fail("client create Robot --redirect-uri https://app.example.test/cb --scope openid --auth-method magic");
    let public = operator.succeed("client create App --application-type native --redirect-uri http://127.0.0.1/cb");
    assert!(public.contains("no secret"), "{public}");
    let id = value(&public, "client_id");
    assert!(operator.fail(&format!("client rotate-secret {id}")).contains("no secret to rotate"));
    assert_eq!(operator.call("client create").code, 2);
    assert_eq!(operator.events().await, ["client_created operator"]);
}
