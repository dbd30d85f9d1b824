//! Pages beyond the authorization flow.

use crate::server::{PASSWORD, Server, location, session_cookie};

#[tokio::test]
async fn forms_from_elsewhere_change_nothing() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let fields = [("email", "ada@example.test"), ("password", PASSWORD)];
    for (name, value) in [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let request = server.post("/sign-in").header(name, value).form(&fields);
        assert_eq!(request.send().await.unwrap().status(), 403, "{name}: {value}");
    }
    let request = server.post("/sign-out").header("cookie", &cookie).header("origin", "https://evil.test");
    assert_eq!(request.send().await.unwrap().status(), 403);
    assert_ne!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn the_account_page_shows_the_person_and_signs_out() {
    let server = Server::start().await;
    let stranger = server.get("/account").send().await.unwrap();
    assert_eq!(location(&stranger), "/sign-in");
    let cookie = server.sign_up("ada@example.test").await;
    let page = server.get("/account").header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("ada@example.test") && page.contains("not confirmed") && page.contains("this browser"));
    assert_eq!(server.form("/sign-out", Some(&cookie), &[]).await.status(), 200);
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn registration_errors_stand_at_their_field() {
    let server = Server::start().await;
    let fresh = server.get("/sign-up").send().await.unwrap().text().await.unwrap();
    assert!(!fresh.contains("aria-invalid") && !fresh.contains("-error"), "{fresh}");
    let weak =
        server.form("/sign-up", None, &[("name", "Ada"), ("email", "ada@example.test"), ("password", "weak")]).await;
    assert_eq!((weak.status().as_u16(), session_cookie(&weak)), (400, None));
    let html = weak.text().await.unwrap();
    assert!(html.contains("password-error") && html.contains("value=\"ada@example.test\""), "{html}");
    server.sign_up("ada@example.test").await;
    let taken =
        server.form("/sign-up", None, &[("name", "A"), ("email", "ada@example.test"), ("password", PASSWORD)]).await;
    assert_eq!(taken.status(), 422);
    assert!(taken.text().await.unwrap().contains("email-error"));
}

#[tokio::test]
async fn text_of_people_is_never_markup() {
    let server = Server::start().await;
    let evil = "<script>alert(1)</script>";
    let fields = [("name", evil), ("email", "ada@example.test"), ("password", PASSWORD)];
    let cookie = session_cookie(&server.form("/sign-up", None, &fields).await).unwrap();
    for path in ["/account", "/check-email", "/dev/mail"] {
        let html = server.get(path).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
        assert!(!html.contains("<script>"), "{path}: {html}");
    }
}

#[tokio::test]
async fn the_mailbox_page_is_there_in_development_and_not_in_production() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let html = server.get("/dev/mail").send().await.unwrap().text().await.unwrap();
    assert!(html.contains("ada@example.test") && html.contains("/verify-email?token="), "{html}");
    let production = Server::start_with(&[("INTELLISTACK_ENV", "production")]).await;
    assert_eq!(production.get("/dev/mail").send().await.unwrap().status(), 404);
    assert_eq!(production.get("/sign-in").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_broken_link_says_so_and_offers_another() {
    let server = Server::start().await;
    let response = server.get("/verify-email?token=nonsense").send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("/check-email"));
}

#[tokio::test]
async fn a_nul_in_a_form_is_a_400() {
    let server = Server::start().await;
    let fields = [("email", "a\0@example.test"), ("password", PASSWORD)];
    assert_eq!(server.form("/sign-in", None, &fields).await.status(), 400);
}

#[tokio::test]
async fn the_style_sheet_is_served_for_ever() {
    let server = Server::start().await;
    let response = server.get(ui::style_path()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"));
}

#[tokio::test]
async fn too_many_forms_and_unknown_paths_are_told_on_a_page() {
    let server = Server::start_with(&[("LIMIT_SIGN_IN", "0")]).await;
    let limited = server.form("/sign-in", None, &[("email", "a@x.test"), ("password", PASSWORD)]).await;
    assert_eq!(limited.status(), 429);
    assert!(limited.headers().contains_key("retry-after"));
    assert!(limited.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    let unknown = server.get("/nothing").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert!(unknown.text().await.unwrap().starts_with("<!DOCTYPE html>"));
}
