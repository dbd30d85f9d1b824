//! What every response carries.

use crate::harness::Site;

#[tokio::test]
async fn pages_carry_a_strict_policy_with_a_nonce_of_their_own() {
    let site = Site::start().await;
    let browser = site.browser();
    let mut nonces = Vec::new();
    for path in ["/", "/nothing-here"] {
        let answer = browser.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(policy.contains(&format!("form-action 'self' {}", site.world.issuer_url)), "{policy}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let html = answer.text().await.unwrap();
        assert_eq!(html.matches("<script").count(), html.matches(&format!("nonce=\"{nonce}\"")).count(), "{path}");
        assert!(!html.contains(" style=") && !html.contains(" onclick="), "{path}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn assets_are_cached_for_ever_and_pages_are_not() {
    let site = Site::start().await;
    let browser = site.browser();
    let page = browser.get("/").await;
    assert!(page.headers()["cache-control"].to_str().unwrap().contains("no-cache"));
    let html = page.text().await.unwrap();
    let assets: Vec<_> = html.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(assets.len(), 3, "{assets:?}");
    for path in assets {
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
    }
}

#[tokio::test]
async fn over_https_cookies_are_host_bound_and_hsts_is_sent() {
    let site = Site::start_with(&[("WEB_URL", "https://learn.example.org")]).await;
    let answer = site.browser().get("/auth/login").await;
    assert!(answer.headers().contains_key("strict-transport-security"));
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-intellistack-login-") && cookie.ends_with("; Secure"), "{cookie}");
}

#[tokio::test]
async fn health_is_told() {
    let site = Site::start().await;
    assert_eq!(site.browser().get("/livez").await.status(), 200);
    assert_eq!(site.browser().get("/readyz").await.status(), 200);
}
