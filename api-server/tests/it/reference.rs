//! The description, and the page made of it.

use crate::app::App;

#[tokio::test]
async fn the_description_is_there_for_programs_and_for_people() {
    let app = App::start().await;
    let get = async |path: &str| app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    let document: serde_json::Value = get("/openapi.json").await.json().await.unwrap();
    assert_eq!((&document["openapi"], &document["servers"][0]["url"]), (&"3.1.0".into(), &app.url.as_str().into()));
    let page = get("/docs").await;
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let html = page.text().await.unwrap();
    assert!(html.contains("/api/v1/chatkit") && html.contains("daily_limit_reached"), "{html}");
    let (_, sheet) = html.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = get(sheet.split('"').next().unwrap()).await;
    assert_eq!(
        (style.status().as_u16(), &style.headers()["content-type"]),
        (200, &"text/css; charset=utf-8".parse().unwrap())
    );
}
