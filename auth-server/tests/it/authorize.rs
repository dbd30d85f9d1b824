//! The authorization endpoint.

use crate::server::{
    CALLBACK, PASSWORD, Server, VERIFIER, authorization, challenge, location, query, replaced, session_cookie,
};

#[tokio::test]
async fn a_signed_in_person_goes_back_with_code_state_and_iss() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let response = server.authorize(Some(&cookie), &authorization(&challenge(VERIFIER))).await;
    assert_eq!((response.status().as_u16(), response.headers()["cache-control"].to_str().unwrap()), (302, "no-store"));
    let target = location(&response);
    assert!(target.starts_with(CALLBACK));
    assert_eq!(query(&target, "state").as_deref(), Some("st&te"));
    assert_eq!(query(&target, "iss").as_deref(), Some(server.url.as_str()));
    assert_eq!(query(&target, "code").unwrap().len(), 43);
}

#[tokio::test]
async fn what_cannot_be_trusted_stays_on_our_page() {
    let server = Server::start().await;
    let challenge = challenge(VERIFIER);
    let request = authorization(&challenge);
    for parameters in [
        replaced(request, "client_id", "stranger"),
        replaced(request, "redirect_uri", "http://localhost:3000/auth/callback/"),
        replaced(request, "redirect_uri", "http://localhost:3001/auth/callback"),
        replaced(request, "redirect_uri", ""),
    ] {
        let response = server.authorize(None, &parameters).await;
        assert_eq!(response.status(), 400, "{parameters:?}");
        assert_eq!(response.headers().get("location"), None);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn what_is_wrong_otherwise_is_told_to_the_client() {
    let server = Server::start().await;
    let challenge = challenge(VERIFIER);
    let request = authorization(&challenge);
    let cases = [
        (replaced(request, "response_type", "token"), "unsupported_response_type"),
        (replaced(request, "scope", "openid everything"), "invalid_scope"),
        (replaced(request, "code_challenge", ""), "invalid_request"),
        (replaced(request, "code_challenge_method", "plain"), "invalid_request"),
        ([request.as_slice(), &[("prompt", "none login")]].concat(), "invalid_request"),
        ([request.as_slice(), &[("request", "jwt")]].concat(), "request_not_supported"),
        ([request.as_slice(), &[("prompt", "none")]].concat(), "login_required"),
    ];
    for (parameters, error) in cases {
        let target = location(&server.authorize(None, &parameters).await);
        assert!(target.starts_with(CALLBACK), "{target}");
        assert_eq!(query(&target, "error").as_deref(), Some(error));
        assert_eq!(query(&target, "state").as_deref(), Some("st&te"));
        assert_eq!(query(&target, "iss").as_deref(), Some(server.url.as_str()));
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let server = Server::start().await;
    let challenge = challenge(VERIFIER);
    let twice = [authorization(&challenge).as_slice(), &[("state", "other")]].concat();
    assert_eq!(server.authorize(None, &twice).await.status(), 400);
}

#[tokio::test]
async fn the_request_survives_sign_in() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let page = location(&server.authorize(None, &authorization(&challenge)).await);
    assert!(page.starts_with("/sign-in?continue="), "{page}");
    let pending = query(&page, "continue").unwrap();
    let form = server.get(&page).send().await.unwrap();
    let policy = form.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://localhost:3000"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");

    let wrong = [("email", "ada@example.test"), ("password", "Wrong-Horse-77"), ("continue", &pending)];
    let response = server.form("/sign-in", None, &wrong).await;
    assert_eq!(response.status(), 401);
    let html = response.text().await.unwrap();
    assert!(
        html.contains("ada@example.test") && !html.contains("Wrong-Horse-77"),
        "keeps the address, not the password"
    );
    assert!(html.contains("name=\"continue\""));

    let right = [("email", "ada@example.test"), ("password", PASSWORD), ("continue", &pending)];
    let response = server.form("/sign-in", None, &right).await;
    assert_eq!(response.status(), 303);
    let cookie = session_cookie(&response).unwrap();
    let response = server.get(&location(&response)).header("cookie", &cookie).send().await.unwrap();
    assert!(query(&location(&response), "code").is_some());
}

#[tokio::test]
async fn a_foreign_continue_is_ignored() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    for bad in
        ["https://evil.test/", "//evil.test", "/oauth2/authorize?client_id=stranger", "/oauth2/authorize@evil.test"]
    {
        let fields = [("email", "ada@example.test"), ("password", PASSWORD), ("continue", bad)];
        let response = server.form("/sign-in", None, &fields).await;
        assert_eq!(location(&response), "http://localhost:3000/dashboard", "{bad}");
    }
}

#[tokio::test]
async fn prompt_login_asks_again_once() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let request = [authorization(&challenge).as_slice(), &[("prompt", "login")]].concat();
    let page = location(&server.authorize(Some(&cookie), &request).await);
    let pending = query(&page, "continue").unwrap();
    let back = location(&server.get(&pending).header("cookie", &cookie).send().await.unwrap());
    assert!(back.starts_with("/sign-in"), "the old sign-in does not do: {back}");
    let forged = pending.replace("interaction=", "interaction=1");
    let back = location(&server.get(&forged).header("cookie", &cookie).send().await.unwrap());
    assert!(back.starts_with("/sign-in"), "{back}");
    let fields = [("email", "ada@example.test"), ("password", PASSWORD), ("continue", &pending)];
    let response = server.form("/sign-in", Some(&cookie), &fields).await;
    let fresh = session_cookie(&response).unwrap();
    let response = server.get(&location(&response)).header("cookie", &fresh).send().await.unwrap();
    assert!(query(&location(&response), "code").is_some(), "{}", location(&response));
}

#[tokio::test]
async fn max_age_asks_for_a_fresh_sign_in() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sql("update auth.session set created_at = now() - interval '1 hour'").await;
    let challenge = challenge(VERIFIER);
    for (age, fits) in [("60", false), ("7200", true)] {
        let request = [authorization(&challenge).as_slice(), &[("max_age", age)]].concat();
        let target = location(&server.authorize(Some(&cookie), &request).await);
        assert_eq!(target.starts_with(CALLBACK), fits, "{target}");
    }
}

#[tokio::test]
async fn registration_comes_first_with_prompt_create_and_the_request_goes_on() {
    let server = Server::start().await;
    let challenge = challenge(VERIFIER);
    let request = [authorization(&challenge).as_slice(), &[("prompt", "create")]].concat();
    let page = location(&server.authorize(None, &request).await);
    assert!(page.starts_with("/sign-up?continue="), "{page}");
    let pending = query(&page, "continue").unwrap();
    let fields = [("name", "Ada"), ("email", "ada@example.test"), ("password", PASSWORD), ("continue", &pending)];
    let response = server.form("/sign-up", None, &fields).await;
    assert_eq!(response.status(), 303);
    let cookie = session_cookie(&response).unwrap();
    let page = location(&response);
    assert!(page.starts_with("/check-email?continue="), "{page}");
    let html = server.get(&page).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("/dev/mail") && html.contains("Continue to your dashboard"), "{html}");
    let response = server.get(&query(&page, "continue").unwrap()).header("cookie", &cookie).send().await.unwrap();
    assert!(query(&location(&response), "code").is_some(), "{}", location(&response));
}

#[tokio::test]
async fn a_program_gets_the_target_as_json() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let request = server.get("/oauth2/authorize").query(&authorization(&challenge)).header("cookie", &cookie);
    let body: serde_json::Value =
        request.header("accept", "application/json").send().await.unwrap().json().await.unwrap();
    assert_eq!(body["redirect"], true);
    assert!(query(body["url"].as_str().unwrap(), "code").is_some());
}

#[tokio::test]
async fn who_registered_long_ago_is_not_asked_to_register_again() {
    let server = Server::start().await;
    let challenge = challenge(VERIFIER);
    let request = [authorization(&challenge).as_slice(), &[("prompt", "create")]].concat();
    let page = location(&server.authorize(None, &request).await);
    let pending = query(&page, "continue").unwrap();
    let cookie = server.sign_up("ada@example.test").await;
    let target = location(&server.get(&pending).header("cookie", &cookie).send().await.unwrap());
    assert!(query(&target, "code").is_some(), "{target}");
    server.sql("update auth.session set created_at = now() - interval '1 day'").await;
    let target = location(&server.get(&pending).header("cookie", &cookie).send().await.unwrap());
    assert!(target.starts_with("/sign-up"), "an account of yesterday is not the new one: {target}");
}

#[tokio::test]
async fn a_script_is_told_the_whole_address_of_the_sign_in_page() {
    let server = Server::start().await;
    let challenge = challenge(VERIFIER);
    let request = server.get("/oauth2/authorize").query(&authorization(&challenge)).header("sec-fetch-mode", "cors");
    let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let wanted = format!("{}/sign-in?continue=", server.url);
    assert!(answer["redirect"] == true && answer["url"].as_str().unwrap().starts_with(&wanted), "{answer}");
}
