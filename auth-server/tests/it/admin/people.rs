//! Finding people.

use serde_json::{Value, json};

use super::{admin, get, id, post, run};
use crate::server::Server;

async fn add(server: &Server, name: &str, email: &str) {
    let sql =
        r#"insert into auth."user" (id, name, email, created_at) values (gen_random_uuid(), $1, $2, '2026-01-01')"#;
    sqlx::query(sql).bind(name).bind(email).execute(&server.pool).await.unwrap();
}

fn emails(page: &Value) -> Vec<&str> {
    page["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn people_are_found_by_parts_of_name_or_address() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    add(&server, "Grace Hopper", "grace@navy.test").await;
    add(&server, "100% Gracious", "under_score@x.test").await;
    let search = async |query: &str| get(&server, &root, &format!("list-users?{query}")).await.1;
    assert_eq!(emails(&search("searchValue=GRACE").await), ["grace@navy.test"]);
    assert_eq!(search("searchValue=grac&searchField=name").await["total"], 2);
    assert_eq!(
        emails(&search("searchValue=grace&searchField=name&searchOperator=starts_with").await),
        ["grace@navy.test"]
    );
    assert_eq!(search("searchValue=.test&searchOperator=ends_with").await["total"], 3);
    // Wildcards mean themselves.
    assert_eq!(emails(&search("searchValue=r_s").await), ["under_score@x.test"]);
    assert_eq!(search("searchValue=e_n").await["total"], 0);
    assert_eq!(search("searchValue=%25&searchField=name").await["total"], 1);
    assert_eq!(search("searchValue=%5C&searchField=name").await["total"], 0);
}

#[tokio::test]
async fn people_are_filtered_by_known_columns_only() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    add(&server, "Old", "old@x.test").await;
    add(&server, "Banned", "banned@x.test").await;
    add(&server, "Over", "over@x.test").await;
    run(&server, r#"update auth."user" set banned = true where email = 'banned@x.test'"#).await;
    run(&server, r#"update auth."user" set banned = true, ban_expires = '2026-01-02' where email = 'over@x.test'"#)
        .await;
    let filter = async |query: &str| get(&server, &root, &format!("list-users?{query}")).await;
    let total = async |query: &str| filter(query).await.1["total"].clone();
    assert_eq!(total("filterField=role&filterValue=admin").await, 1);
    assert_eq!(total("filterField=role&filterOperator=ne&filterValue=admin").await, 3);
    assert_eq!(total("filterField=role&filterOperator=in&filterValue=admin,student").await, 4);
    assert_eq!(total("filterField=role&filterOperator=in&filterValue=admin&filterValue=x").await, 1);
    assert_eq!(total("filterField=email&filterOperator=not_in&filterValue=old@x.test").await, 3);
    assert_eq!(emails(&filter("filterField=banned&filterValue=true").await.1), ["banned@x.test"]);
    assert_eq!(total("filterField=createdAt&filterOperator=lt&filterValue=2026-01-02").await, 3);
    assert_eq!(total("filterField=createdAt&filterOperator=gte&filterValue=2026-01-02T00:00:00.000Z").await, 1);
    assert_eq!(total("filterField=name&filterOperator=ends_with&filterValue=LD").await, 1);
    let unknown = (200, json!({"users": [], "total": 0}));
    for field in ["filterField=password&filterValue=x", "filterField=token_epoch&filterValue=1", "sortBy=id;drop"] {
        assert_eq!(filter(field).await, unknown, "{field}");
    }
    for bad in [
        "filterField=createdAt&filterValue=x",
        "filterField=banned&filterOperator=contains&filterValue=t",
        "filterOperator=like",
        "sortDirection=up",
        "searchOperator=x",
        "filterField=name",
    ] {
        assert_eq!(filter(bad).await.1["code"], "VALIDATION_ERROR", "{bad}");
    }
    assert_eq!(filter("searchValue=%00").await.0, 400);
}

#[tokio::test]
async fn pages_are_sorted_and_never_overlap() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    for number in 0..7 {
        add(&server, "Same name", &format!("p{number}@x.test")).await;
    }
    let mut seen = Vec::new();
    for offset in [0, 3, 6] {
        let path = format!("list-users?limit=3&offset={offset}&sortBy=name&sortDirection=desc&searchValue=x.test");
        let page = get(&server, &root, &path).await.1;
        assert_eq!((page["total"].as_i64(), page["limit"].as_i64()), (Some(7), Some(3)));
        seen.extend(emails(&page).into_iter().map(str::to_owned));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    let by_email = get(&server, &root, "list-users?sortBy=email&sortDirection=desc&searchValue=x.test").await.1;
    assert_eq!(emails(&by_email)[0], "p6@x.test");
    let odd = get(&server, &root, "list-users?limit=x&offset=0").await.1;
    assert!(odd.get("limit").is_none() && odd.get("offset").is_none(), "{odd}");
    assert_eq!(
        get(&server, &root, "list-users?offset=100").await.1["total"],
        8,
        "the total does not depend on the page"
    );
}

#[tokio::test]
async fn one_person_is_shown_without_a_wrapper() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (status, user) = get(&server, &root, &format!("get-user?id={}", id(&server, "root@example.test").await)).await;
    assert_eq!((status, &user["role"], &user["email"]), (200, &json!("admin"), &json!("root@example.test")));
    for nobody in ["nobody", "00000000-0000-0000-0000-000000000000"] {
        let (status, answer) = get(&server, &root, &format!("get-user?id={nobody}")).await;
        assert_eq!((status, answer["code"].as_str()), (404, Some("USER_NOT_FOUND")));
    }
}

#[tokio::test]
async fn a_new_person_gets_a_password_or_a_mail_that_asks_for_one() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let body = json!({"email": "NEW@example.test", "name": "New", "password": "Correct-Horse-8", "role": ["instructor"],
                      "data": {"emailVerified": true, "unknown": 1}});
    let (status, answer) = post(&server, &root, "create-user", body.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let user = &answer["user"];
    assert_eq!((&user["email"], &user["role"]), (&json!("new@example.test"), &json!("instructor")));
    assert_eq!(user["emailVerified"], true);
    let sign_in = json!({"email": "new@example.test", "password": "Correct-Horse-8"});
    assert_eq!(server.api("/sign-in/email", None, sign_in).await.status(), 200);
    assert_eq!(
        super::code(&post(&server, &root, "create-user", body).await),
        (400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
    );

    assert_eq!(post(&server, &root, "create-user", json!({"email": "inv@example.test", "name": "I"})).await.0, 200);
    assert_eq!(server.count("select count(*) from auth.mail_outbox where kind = 'invitation'").await, 1);
    for (change, code) in [
        (json!({"email": "no address"}), "INVALID_EMAIL"),
        (json!({"role": "king"}), "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE"),
        (json!({"role": ["student", "admin"]}), "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE"),
        (json!({"role": 5}), "VALIDATION_ERROR"),
        (json!({"password": "short"}), "PASSWORD_TOO_SHORT"),
        (json!({"password": "lowercaseonly"}), "PASSWORD_TOO_WEAK"),
        (json!({"name": "a\u{0}b"}), "VALIDATION_ERROR"),
    ] {
        let mut body = json!({"email": "x@example.test", "name": "X"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(super::code(&post(&server, &root, "create-user", body).await), (400, code));
    }
}
