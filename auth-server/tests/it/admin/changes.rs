//! What admins change about people.

use serde_json::{Value, json};

use super::{admin, code, events, id, person, post, run};
use crate::server::{PASSWORD, Server};

async fn sign_in(server: &Server, email: &str, password: &str) -> (u16, Value) {
    let response = server.api("/sign-in/email", None, json!({"email": email, "password": password})).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_role_is_set_by_name_or_by_a_list_of_one() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let set =
        async |role: Value| post(&server, &root, "set-role", json!({"userId": target["userId"], "role": role})).await;
    assert_eq!(set(json!("instructor")).await.1["user"]["role"], "instructor");
    assert_eq!(set(json!(["student"])).await.1["user"]["role"], "student");
    assert_eq!(set(json!("student")).await.0, 200, "no change, no event");
    assert_eq!(code(&set(json!("king")).await), (400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE"));
    assert_eq!(code(&set(json!(null)).await), (400, "VALIDATION_ERROR"));
    let nobody = post(&server, &root, "set-role", json!({"userId": "x", "role": "student"})).await;
    assert_eq!(code(&nobody), (404, "USER_NOT_FOUND"));
    let events = events(&server, &root, "role_changed").await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1]["details"], json!({"from": "student", "to": "instructor"}));
    assert_eq!(events[1]["actorEmail"], "root@example.test");
}

#[tokio::test]
async fn a_ban_ends_everything_and_its_end_lets_in_again() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    let tokens = server.tokens(&ada).await;
    let ban = json!({"userId": target["userId"], "banReason": "spam", "banExpiresIn": 3600});
    let (status, answer) = post(&server, &root, "ban-user", ban).await;
    assert_eq!(status, 200);
    assert_eq!((&answer["user"]["banned"], &answer["user"]["banReason"]), (&json!(true), &json!("spam")));
    assert_eq!(server.api_get("/get-session", Some(&ada)).await.text().await.unwrap(), "null");
    assert_eq!(server.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400);
    assert_eq!(sign_in(&server, "ada@example.test", PASSWORD).await.0, 403);

    run(&server, r#"update auth."user" set ban_expires = now() - interval '1 second' where banned"#).await;
    assert_eq!(sign_in(&server, "ada@example.test", PASSWORD).await.0, 200, "a ban that ran out is over");
    auth_server::admin::users::ban::lift_expired(&server.pool).await.unwrap();
    auth_server::admin::users::ban::lift_expired(&server.pool).await.unwrap();
    let lifted = events(&server, &root, "user_unbanned").await;
    assert_eq!((lifted.len(), &lifted[0]["reason"]), (1, &json!("expired")));

    let (_, answer) = post(&server, &root, "ban-user", target.clone()).await;
    assert_eq!((&answer["user"]["banReason"], &answer["user"]["banExpires"]), (&json!("No reason"), &Value::Null));
    let (_, answer) = post(&server, &root, "unban-user", target.clone()).await;
    let user = &answer["user"];
    assert_eq!((&user["banned"], &user["banReason"], &user["banExpires"]), (&json!(false), &Value::Null, &Value::Null));
    for seconds in [json!(0), json!(-1), json!("1"), json!(1e300)] {
        let ban = json!({"userId": target["userId"], "banExpiresIn": seconds});
        assert_eq!(code(&post(&server, &root, "ban-user", ban).await), (400, "VALIDATION_ERROR"));
    }
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let own = json!({"userId": id(&server, "root@example.test").await});
    let demotion = json!({"userId": own["userId"], "role": "student"});
    assert_eq!(code(&post(&server, &root, "set-role", demotion.clone()).await), (400, "LAST_ADMIN"));
    let update = json!({"userId": own["userId"], "data": {"role": "student"}});
    assert_eq!(code(&post(&server, &root, "update-user", update).await), (400, "LAST_ADMIN"));
    assert_eq!(code(&post(&server, &root, "ban-user", own.clone()).await), (400, "YOU_CANNOT_BAN_YOURSELF"));
    assert_eq!(code(&post(&server, &root, "remove-user", own).await), (400, "YOU_CANNOT_REMOVE_YOURSELF"));
    // A banned admin governs nothing.
    admin(&server, "gone@example.test").await;
    run(&server, r#"update auth."user" set banned = true where email = 'gone@example.test'"#).await;
    assert_eq!(code(&post(&server, &root, "set-role", demotion.clone()).await), (400, "LAST_ADMIN"));
    admin(&server, "other@example.test").await;
    assert_eq!(post(&server, &root, "set-role", demotion).await.0, 200);
}

#[tokio::test]
async fn two_admins_who_demote_each_other_leave_one() {
    let server = Server::start().await;
    let (one, two) = (admin(&server, "one@example.test").await, admin(&server, "two@example.test").await);
    let demote = async |email: &str| json!({"userId": id(&server, email).await, "role": "student"});
    let (first, second) = (demote("two@example.test").await, demote("one@example.test").await);
    let answers = tokio::join!(post(&server, &one, "set-role", first), post(&server, &two, "set-role", second));
    assert!(answers.0.0 == 200 || answers.1.0 == 200, "{answers:?}");
    assert_eq!(server.count(r#"select count(*) from auth."user" where role = 'admin'"#).await, 1);
}

#[tokio::test]
async fn fields_of_a_person_are_changed_and_the_rest_is_refused() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let update = async |data: Value| {
        post(&server, &root, "update-user", json!({"userId": target["userId"], "data": data})).await
    };
    let (status, user) = update(json!({"name": "Countess", "emailVerified": true, "unknown": 1})).await;
    assert_eq!((status, &user["name"], &user["emailVerified"]), (200, &json!("Countess"), &json!(true)));
    let (_, user) = update(json!({"email": "NEW@example.test"})).await;
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!("new@example.test"), &json!(false)));
    let (_, user) = update(json!({"role": "instructor", "banned": true, "banReason": "x"})).await;
    assert_eq!((&user["role"], &user["banned"]), (&json!("instructor"), &json!(true)));
    for (data, expected) in [
        (json!({}), "NO_DATA_TO_UPDATE"),
        (json!({"unknown": 1}), "NO_DATA_TO_UPDATE"),
        (json!({"password": "Correct-Horse-8"}), "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER"),
        (json!({"id": "x"}), "USER_ID_CANNOT_BE_UPDATED"),
        (json!({"email": "root@example.test"}), "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"),
        (json!({"email": "no address"}), "VALIDATION_ERROR"),
        (json!({"image": "javascript:alert(1)"}), "VALIDATION_ERROR"),
        (json!("x"), "VALIDATION_ERROR"),
    ] {
        assert_eq!(code(&update(data.clone()).await), (400, expected), "{data}");
    }
    let kinds = ["user_updated", "role_changed", "user_banned"];
    let mut counts = Vec::new();
    for kind in kinds {
        counts.push(events(&server, &root, kind).await.len());
    }
    assert_eq!(counts, [2, 1, 1], "each change once, under its own name");
}

#[tokio::test]
async fn a_password_set_by_an_admin_lets_in_and_keeps_sessions() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    let set = async |password: &str| {
        let body = json!({"userId": target["userId"], "newPassword": password});
        post(&server, &root, "set-user-password", body).await
    };
    assert_eq!(code(&set("short").await), (400, "PASSWORD_TOO_SHORT"));
    assert_eq!(code(&set(&"Aa1-".repeat(40)).await), (400, "PASSWORD_TOO_LONG"));
    assert_eq!(set("Correct-Horse-8").await, (200, json!({"status": true})));
    assert_eq!(sign_in(&server, "ada@example.test", PASSWORD).await.0, 401);
    assert_eq!(sign_in(&server, "ada@example.test", "Correct-Horse-8").await.0, 200);
    assert_ne!(server.api_get("/get-session", Some(&ada)).await.text().await.unwrap(), "null");
    let nobody = json!({"userId": "x", "newPassword": "Correct-Horse-8"});
    assert_eq!(code(&post(&server, &root, "set-user-password", nobody).await), (404, "USER_NOT_FOUND"));
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    sign_in(&server, "ada@example.test", PASSWORD).await;
    let list = async || post(&server, &root, "list-user-sessions", target.clone()).await.1["sessions"].clone();
    let sessions = list().await;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    assert_eq!(sessions[0]["token"], sessions[0]["id"], "a handle, not the secret");
    let one = json!({"sessionToken": sessions[0]["token"]});
    assert_eq!(post(&server, &root, "revoke-user-session", one).await, (200, json!({"success": true})));
    assert_eq!(list().await.as_array().unwrap().len(), 1);
    let unknown = json!({"sessionToken": "unknown"});
    assert_eq!(post(&server, &root, "revoke-user-session", unknown).await, (200, json!({"success": true})));
    assert_eq!(post(&server, &root, "revoke-user-sessions", target.clone()).await, (200, json!({"success": true})));
    assert_eq!(server.api_get("/get-session", Some(&ada)).await.text().await.unwrap(), "null");
    let nobody = post(&server, &root, "revoke-user-sessions", json!({"userId": "x"})).await;
    assert_eq!(nobody, (200, json!({"success": true})));
    assert_eq!(post(&server, &root, "list-user-sessions", json!({"userId": "x"})).await.1, json!({"sessions": []}));
    assert_eq!(events(&server, &root, "sessions_revoked").await.len(), 2);
}

#[tokio::test]
async fn a_removed_person_is_gone_and_the_log_remembers() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    assert_eq!(post(&server, &root, "remove-user", target.clone()).await, (200, json!({"success": true})));
    assert_eq!(server.api_get("/get-session", Some(&ada)).await.text().await.unwrap(), "null");
    assert_eq!(code(&post(&server, &root, "remove-user", target.clone()).await), (404, "USER_NOT_FOUND"));
    let events = events(&server, &root, "user_removed").await;
    assert_eq!((events.len(), &events[0]["email"]), (1, &Value::Null), "the id is enough");
    assert_eq!(events[0]["details"]["userId"], target["userId"]);
}
