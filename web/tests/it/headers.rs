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
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
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
    assert!(assets.len() >= 3, "{assets:?}");
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

#[tokio::test]
async fn style_and_script_are_sent_compressed_as_small_as_they_get() {
    let site = Site::start().await;
    let browser = site.browser();
    let html = browser.get("/").await.text().await.unwrap();
    let style = html.split('"').find(|part| part.starts_with("/assets/web.")).unwrap().to_owned();
    let plain = browser.get(&style).await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let whole = plain.bytes().await.unwrap().len();
    let packed = browser.request(http::Method::GET, &style).header("accept-encoding", "gzip, deflate, br, zstd");
    let packed = packed.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "br");
    assert!(packed.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
    assert!(packed.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let small = packed.bytes().await.unwrap().len();
    assert!(small * 3 < whole, "{small} of {whole} bytes");
}

#[tokio::test]
async fn the_code_of_islands_is_only_asked_for_by_pages_that_have_one() {
    let folder = std::env::temp_dir().join(format!("site-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(folder.join("pkg")).unwrap();
    std::fs::write(folder.join("pkg/manifest.json"), r#"{"js":"web.1.js","wasm":"web_bg.1.wasm"}"#).unwrap();
    std::fs::write(folder.join("pkg/web.1.js"), "export default 1").unwrap();
    let site = Site::start_with(&[("SITE_DIR", folder.to_str().unwrap())]).await;
    site.world.answer("/api/v1/courses", 200, &serde_json::json!({"courses": []}));
    let browser = site.signed_in().await;
    for path in ["/", "/dashboard", "/courses", "/account", "/nothing-here", "/offline"] {
        let html = browser.get(path).await.text().await.unwrap();
        assert!(!html.contains("/pkg/") && !html.contains("leptos-island"), "{path}");
    }
    let code = browser.get("/pkg/web.1.js").await;
    assert!(code.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_site_can_be_installed_and_has_a_page_for_when_it_is_out_of_reach() {
    let site = Site::start().await;
    let browser = site.browser();
    let manifest = browser.get("/manifest.webmanifest").await;
    assert_eq!(manifest.headers()["content-type"], "application/manifest+json");
    let manifest: serde_json::Value = manifest.json().await.unwrap();
    for icon in manifest["icons"].as_array().unwrap() {
        let picture = browser.get(icon["src"].as_str().unwrap()).await;
        assert_eq!(picture.headers()["content-type"], "image/png");
        assert!(picture.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }
    let worker = browser.get("/worker.js").await;
    assert_eq!(worker.headers()["cache-control"], "no-cache", "a browser must learn of a new one");
    let worker = worker.text().await.unwrap();
    let files = worker.split("const FILES = ").nth(1).unwrap().split(";\n").next().unwrap();
    for path in serde_json::from_str::<Vec<String>>(files).unwrap() {
        assert_eq!(browser.get(&path).await.status(), 200, "{path}");
    }
    let signed_in = site.signed_in().await;
    let page = signed_in.get("/offline").await.text().await.unwrap();
    assert!(page.contains("No connection") && !page.contains("Test Person"), "it is kept, and the same for everybody");
}

#[tokio::test]
async fn a_link_to_the_site_can_be_previewed() {
    let site = Site::start().await;
    let browser = site.browser();
    let html = browser.get("/").await.text().await.unwrap();
    for part in [
        "property=\"og:title\" content=\"Physical AI",
        "property=\"og:description\" content=\"A course",
        "twitter:card",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    let image = html.split("property=\"og:image\" content=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let path = image.strip_prefix(&site.url).expect("whole addresses, since others fetch it");
    assert_eq!(browser.get(path).await.headers()["content-type"], "image/png");
}

#[tokio::test]
async fn pictures_of_lessons_come_from_the_operators_folder_and_run_nothing() {
    let folder = media_folder();
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    std::fs::create_dir_all(folder.join("arms")).unwrap();
    std::fs::write(folder.join("arms/arm.svg"), drawing).unwrap();
    std::fs::write(folder.join("arms/index.html"), "<p>hello</p>").unwrap();
    let site = Site::start_with(&[("MEDIA_DIR", folder.to_str().unwrap())]).await;
    let browser = site.browser();
    let answer = browser.get("/media/arms/arm.svg").await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"image/svg+xml".parse().unwrap()));
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.text().await.unwrap(), drawing);
    for path in ["/media/arms/", "/media/none.svg", "/media/..%2f..%2fCargo.toml"] {
        assert_eq!(browser.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(Site::start().await.browser().get("/media/arms/arm.svg").await.status(), 404, "none by default");
    std::fs::remove_dir_all(folder).unwrap();
}

fn media_folder() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("intellistack-media-{}", std::process::id()))
}
