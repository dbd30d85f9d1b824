//! The account page: every form on it, without a script.

use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    letters::{link, mails_to},
    server::{PASSWORD, Server, location, session_cookie},
};

async fn html(server: &Server, path: &str, cookie: &str) -> String {
    let response = server.get(path).header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

fn went_to(response: &Response) -> (u16, String) {
    (response.status().as_u16(), location(response))
}

#[tokio::test]
async fn the_profile_is_saved_and_mistakes_keep_what_was_typed() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let fields = [("name", "Ada Lovelace"), ("image", "https://x.test/ada.png")];
    let saved = server.form("/account/profile", Some(&cookie), &fields).await;
    assert_eq!(went_to(&saved), (303, "/account?done=profile".to_owned()));
    let page = html(&server, "/account?done=profile", &cookie).await;
    assert!(!page.contains("notice-danger"), "{page}");
    assert!(page.contains("Your profile is saved") && page.contains("value=\"Ada Lovelace\""), "{page}");
    let bad = [("name", "Countess"), ("image", "javascript:alert(1)")];
    let refused = server.form("/account/profile", Some(&cookie), &bad).await;
    assert_eq!(refused.status(), 400);
    let page = refused.text().await.unwrap();
    assert!(page.contains("id=\"image-error\"") && page.contains("value=\"Countess\""), "{page}");
    let session: Value = server.api_get("/get-session", Some(&cookie)).await.json().await.unwrap();
    assert_eq!(session["user"]["name"], "Ada Lovelace", "nothing of a refused form is kept");
}

#[tokio::test]
async fn another_address_is_asked_for_and_confirmed() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for bad in ["nonsense", "ADA@example.test"] {
        let refused = server.form("/account/email", Some(&cookie), &[("email", bad)]).await;
        assert_eq!(refused.status(), 400);
        assert!(refused.text().await.unwrap().contains("id=\"email-error\""), "{bad}");
    }
    let asked = server.form("/account/email", Some(&cookie), &[("email", " New@example.test ")]).await;
    assert_eq!(went_to(&asked), (303, "/account?done=email".to_owned()));
    let mail = mails_to(&server, "new@example.test", 1).await.remove(0);
    let opened = html(&server, &link(&server, &mail), &cookie).await;
    assert!(opened.contains("new@example.test"), "{opened}");
    assert!(html(&server, "/account", &cookie).await.contains("confirmed"));
}

#[tokio::test]
async fn the_password_is_changed_with_the_old_one_and_never_shown() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let change = |old: &'static str, new: &'static str| {
        let (server, cookie) = (&server, &cookie);
        async move {
            let fields = [("current-password", old), ("password", new), ("others", "yes")];
            server.form("/account/password", Some(cookie), &fields).await
        }
    };
    for (old, new, field) in
        [("Wrong-Horse-77", "Better-Horse-8", "current-password-error"), (PASSWORD, "weak", "password-error")]
    {
        let refused = change(old, new).await;
        assert_eq!(refused.status(), 400);
        let page = refused.text().await.unwrap();
        assert!(page.contains(&format!("id=\"{field}\"")) && !page.contains(old), "{page}");
    }
    let changed = change(PASSWORD, "Better-Horse-8").await;
    assert_eq!(went_to(&changed), (303, "/account?done=password".to_owned()));
    let new = session_cookie(&changed).unwrap();
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
    html(&server, "/account", &new).await;
}

#[tokio::test]
async fn who_has_no_password_gets_one_by_mail() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sql("update auth.account set password = null").await;
    assert!(!html(&server, "/account", &cookie).await.contains("current-password"));
    let asked = server.form("/account/password-link", Some(&cookie), &[]).await;
    assert_eq!(went_to(&asked), (303, "/account?done=password-link".to_owned()));
    assert!(mails_to(&server, "ada@example.test", 2).await[1].contains("reset-password"));
}

#[tokio::test]
async fn sessions_are_named_after_their_devices_and_end_one_by_one_or_together() {
    let server = Server::start().await;
    let own = server.sign_up("ada@example.test").await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36";
    let sign_in = || async {
        let body = json!({"email": "ada@example.test", "password": PASSWORD});
        let request = server.post("/api/auth/sign-in/email").header("user-agent", agent).json(&body);
        session_cookie(&request.send().await.unwrap()).unwrap()
    };
    let other = sign_in().await;
    let page = html(&server, "/account", &own).await;
    assert!(page.contains("Chrome on Linux") && page.contains("127.0.0.1") && page.contains("this browser"), "{page}");
    let start = page.find("name=\"session\" value=\"").unwrap() + 22;
    let ended = server.form("/account/end-session", Some(&own), &[("session", &page[start..start + 36])]).await;
    assert_eq!(went_to(&ended), (303, "/account?done=sessions".to_owned()));
    assert_eq!(server.api_get("/get-session", Some(&other)).await.text().await.unwrap(), "null");
    let other = sign_in().await;
    server.form("/account/end-sessions", Some(&own), &[("which", "others")]).await;
    assert_eq!(server.api_get("/get-session", Some(&other)).await.text().await.unwrap(), "null");
    let all = server.form("/account/end-sessions", Some(&own), &[("which", "all")]).await;
    assert_eq!(went_to(&all), (303, "/sign-in".to_owned()));
    assert_eq!(server.api_get("/get-session", Some(&own)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn the_file_needs_the_password_once_the_session_is_old() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let file = server.form("/account/data", Some(&cookie), &[]).await;
    assert!(file.headers()["content-disposition"].to_str().unwrap().contains("attachment"));
    server.sql("update auth.session set created_at = now() - interval '25 hours'").await;
    assert!(html(&server, "/account/data", &cookie).await.contains("type=\"password\""));
    let refused = server.form("/account/data", Some(&cookie), &[("password", "Wrong-Horse-77")]).await;
    assert_eq!(refused.status(), 400);
    assert!(refused.text().await.unwrap().contains("id=\"password-error\""));
    let file = server.form("/account/data", Some(&cookie), &[("password", PASSWORD)]).await;
    assert_eq!(file.json::<Value>().await.unwrap()["profile"]["name"], "Ada");
}

#[tokio::test]
async fn deleting_asks_for_the_password_on_a_page_of_its_own() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    assert!(html(&server, "/account/delete", &cookie).await.contains("type=\"password\""));
    let refused = server.form("/account/delete", Some(&cookie), &[]).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(server.count("select count(*) from auth.\"user\"").await, 1);
    let gone = server.form("/account/delete", Some(&cookie), &[("password", PASSWORD)]).await;
    assert_eq!(went_to(&gone), (303, "/account/deleted".to_owned()));
    assert_eq!(server.count("select count(*) from auth.\"user\"").await, 0);
    assert_eq!(server.get("/account/deleted").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn no_form_of_the_account_page_is_taken_from_elsewhere() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for path in ["profile", "email", "password", "password-link", "end-session", "end-sessions", "data", "delete"] {
        let path = format!("/account/{path}");
        let request = server.post(&path).header("cookie", &cookie).header("origin", "https://evil.test");
        assert_eq!(request.form(&[("password", PASSWORD)]).send().await.unwrap().status(), 403, "{path}");
        let stranger = server.form(&path, None, &[]).await;
        assert_eq!(went_to(&stranger), (303, "/sign-in".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn the_rules_are_text_and_one_script_alone_may_run() {
    let server = Server::start().await;
    let response = server.get("/sign-up").send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let page = response.text().await.unwrap();
    let start = page.find("/assets/password.").unwrap();
    let path = page[start..].split('"').next().unwrap();
    assert!(policy.ends_with(&format!("; script-src {}{path}", server.url)), "{policy}");
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    for rule in
        ["at least 12 characters", "an upper-case letter", "a lower-case letter", "a digit", "a special character"]
    {
        assert!(page.contains(rule), "{rule}");
    }
    let script = server.get(path).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let sign_in = server.get("/sign-in").send().await.unwrap();
    assert!(!sign_in.headers()["content-security-policy"].to_str().unwrap().contains("script-src"));
    let lax = Server::start_with(&[("PASSWORD_REQUIRE_UPPER", "false")]).await;
    assert!(!lax.get("/sign-up").send().await.unwrap().text().await.unwrap().contains("upper-case"));
}
