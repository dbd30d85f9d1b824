//! Mail through the real outbox: over SMTP and Resend's API, with servers that refuse, lose, stall or are away.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use testkit::{
    resend::{KEY, ResendServer},
    smtp::{Security, SmtpServer},
};

use crate::server::{Server, free_address};

/// What became of a mail.
#[derive(Debug, sqlx::FromRow)]
struct Row {
    sent: bool,
    failed: bool,
    attempts: i32,
    last_error: Option<String>,
    wait: f64,
    content: Option<Vec<u8>>,
}

/// The only mail of a database.
async fn row(server: &Server) -> Row {
    let sql = "select sent_at is not null as sent, failed_at is not null as failed, attempts, last_error, content,
                      extract(epoch from next_attempt - now())::float8 as wait from auth.mail_outbox";
    sqlx::query_as(sql).fetch_one(&server.pool).await.unwrap()
}

async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let start = Instant::now();
    while !check().await {
        assert!(start.elapsed() < Duration::from_secs(20), "still waiting for: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// After an attempt: sent, given up, or with an error.
async fn tried(server: &Server) -> Row {
    let judged = "select count(*) from auth.mail_outbox where sent_at is not null or last_error is not null";
    until("an attempt", || async { server.count(judged).await == 1 }).await;
    row(server).await
}

/// Makes the next attempt due, and waits until the mail is gone.
async fn tried_again(server: &Server) -> Row {
    server.sql("update auth.mail_outbox set next_attempt = now()").await;
    let sent = "select count(*) from auth.mail_outbox where sent_at is not null";
    until("the second attempt", || async { server.count(sent).await == 1 }).await;
    row(server).await
}

async fn by_smtp(url: &str, more: &[(&str, &str)]) -> Server {
    Server::start_with(&[&[("SMTP_URL", url)], more].concat()).await
}

#[tokio::test]
async fn smtp_delivers_both_parts() {
    let smtp = SmtpServer::start(Security::Plain).await.unwrap();
    let server = by_smtp(&format!("smtp://{}", smtp.address), &[("MAIL_FROM", "Schule Köln <no-reply@x.test>")]).await;
    server.sign_up("ada@example.test").await;
    assert!(tried(&server).await.sent);
    let [mail] = &smtp.taken()[..] else { panic!("{:?}", smtp.taken()) };
    assert_eq!((mail.to.as_str(), mail.encrypted), ("ada@example.test", false));
    for part in ["text/plain", "text/html", "Auto-Submitted: auto-generated", "Message-ID: <", "From: =?utf-8?"] {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
    }
}

#[tokio::test]
async fn smtp_signs_in_through_tls_of_a_private_authority() {
    for (security, scheme, query) in [(Security::StartTls, "smtp", "?tls=required"), (Security::Tls, "smtps", "")] {
        let smtp = SmtpServer::start_on("127.0.0.1:0", security, Some("me@x.test:p/a:s%#")).await.unwrap();
        let authority = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(authority.path(), &smtp.certificate).unwrap();
        let url = format!("{scheme}://me%40x.test:p%2Fa%3As%25%23@localhost:{}{query}", smtp.address.port());
        let server = by_smtp(&url, &[("SMTP_CA_FILE", authority.path().to_str().unwrap())]).await;
        server.sign_up("ada@example.test").await;
        let row = tried(&server).await;
        assert!(row.sent, "{row:?}");
        let mail = &smtp.taken()[0];
        assert!(mail.encrypted && mail.login.as_deref() == Some("me@x.test:p/a:s%#"), "{mail:?}");
    }
}

#[tokio::test]
async fn no_mail_goes_to_a_server_nobody_vouches_for_or_in_the_clear() {
    let stranger = SmtpServer::start(Security::Tls).await.unwrap();
    let bare = SmtpServer::start(Security::Plain).await.unwrap();
    for url in [
        format!("smtps://localhost:{}", stranger.address.port()),
        format!("smtp://localhost:{}?tls=required", bare.address.port()),
    ] {
        let server = by_smtp(&url, &[]).await;
        server.sign_up("ada@example.test").await;
        let row = tried(&server).await;
        assert!(!row.sent && !row.failed && row.content.is_some(), "{row:?}");
    }
    assert!(stranger.taken().is_empty() && bare.taken().is_empty());
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_and_the_reason_holds_no_address() {
    let smtp = SmtpServer::start(Security::Plain).await.unwrap();
    let server = by_smtp(&format!("smtp://{}", smtp.address), &[]).await;
    server.sign_up("refused@example.test").await;
    let row = tried(&server).await;
    assert!(row.failed && row.attempts == 1 && row.content.is_none(), "{row:?}");
    let words = row.last_error.unwrap();
    assert!(words.contains("550") && !words.contains("example.test"), "{words}");
}

#[tokio::test]
async fn a_wrong_password_costs_no_mail_and_is_not_told() {
    let smtp = SmtpServer::start_on("127.0.0.1:0", Security::Plain, Some("me:right")).await.unwrap();
    let server = by_smtp(&format!("smtp://me:very-wrong-password-0123@{}", smtp.address), &[]).await;
    server.sign_up("ada@example.test").await;
    let row = tried(&server).await;
    assert!(!row.failed && row.content.is_some(), "{row:?}");
    let words = row.last_error.unwrap();
    // The server quotes what it was sent: base64 of user and password.
    assert!(words.contains("535") && !words.contains("AG1l") && !words.contains("wrong-password"), "{words}");
}

#[tokio::test]
async fn what_fails_for_now_comes_again() {
    for name in ["grey", "drop"] {
        let smtp = SmtpServer::start(Security::Plain).await.unwrap();
        let server = by_smtp(&format!("smtp://{}", smtp.address), &[]).await;
        server.sign_up(&format!("{name}@example.test")).await;
        let row = tried(&server).await;
        assert!(!row.sent && !row.failed && (6.0..=12.0).contains(&row.wait), "{name}: {row:?}");
        assert!(smtp.taken().is_empty());
        let row = tried_again(&server).await;
        assert!(row.attempts == 2 && row.last_error.is_none() && smtp.taken().len() == 1, "{name}: {row:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_repeats_the_same_mail() {
    let smtp = SmtpServer::start(Security::Plain).await.unwrap();
    let server = by_smtp(&format!("smtp://{}", smtp.address), &[]).await;
    server.sign_up("lost@example.test").await;
    assert!(!tried(&server).await.sent);
    tried_again(&server).await;
    let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
    let [first, second] = &smtp.taken()[..] else { panic!("{:?}", smtp.taken()) };
    assert_eq!(id(&first.text), id(&second.text));
}

#[tokio::test]
async fn mails_that_stall_or_fail_hold_up_no_other() {
    let smtp = SmtpServer::start(Security::Plain).await.unwrap();
    let server = by_smtp(&format!("smtp://{}", smtp.address), &[]).await;
    for name in ["stall", "refused", "grey", "ada"] {
        server.sign_up(&format!("{name}@example.test")).await;
    }
    until("the good mail", || async { smtp.taken().iter().any(|mail| mail.to == "ada@example.test") }).await;
}

#[tokio::test]
async fn a_server_that_is_away_for_hours_loses_nothing_and_slows_nobody() {
    let address = free_address().await;
    let server = by_smtp(&format!("smtp://{address}"), &[]).await;
    let start = Instant::now();
    for number in 0..12 {
        server.sign_up(&format!("person{number}@example.test")).await;
    }
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    until("twelve attempts", || async {
        server.count("select count(*) from auth.mail_outbox where last_error is not null").await == 12
    })
    .await;
    // 23 hours later.
    server.sql("update auth.mail_outbox set created_at = now() - interval '23 hours', attempts = 100").await;
    let smtp = SmtpServer::start_on(&address, Security::Plain, None).await.unwrap();
    server.sql("update auth.mail_outbox set next_attempt = now()").await;
    until("all mails", || async { smtp.taken().len() == 12 }).await;
}

#[tokio::test]
async fn after_a_day_a_mail_is_given_up() {
    let address = free_address().await;
    let server = by_smtp(&format!("smtp://{address}"), &[]).await;
    server.sign_up("ada@example.test").await;
    tried(&server).await;
    server.sql("update auth.mail_outbox set created_at = now() - interval '25 hours', next_attempt = now()").await;
    let given_up = "select count(*) from auth.mail_outbox where failed_at is not null and content is null";
    until("the end", || async { server.count(given_up).await == 1 }).await;
}

#[tokio::test]
async fn replicas_send_each_mail_once() {
    let smtp = SmtpServer::start(Security::Plain).await.unwrap();
    let url = format!("smtp://{}", smtp.address);
    let server = by_smtp(&url, &[]).await;
    server.replica_with(&[("SMTP_URL", &url)]).await;
    for number in 0..20 {
        server.sign_up(&format!("person{number}@example.test")).await;
    }
    let unsent = "select count(*) from auth.mail_outbox where sent_at is null";
    until("all sent", || async { server.count(unsent).await == 0 }).await;
    let mut recipients: Vec<String> = smtp.taken().into_iter().map(|mail| mail.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), smtp.taken().len()), (20, 20));
}

async fn by_resend(resend: &ResendServer, key: &str) -> Server {
    Server::start_with(&[("RESEND_API_KEY", key), ("RESEND_BASE_URL", &resend.url)]).await
}

#[tokio::test]
async fn resend_takes_a_mail_once_even_if_its_answer_is_lost() {
    let resend = ResendServer::start().await.unwrap();
    let server = by_resend(&resend, KEY).await;
    server.sign_up("lost@example.test").await;
    assert!(!tried(&server).await.sent);
    tried_again(&server).await;
    assert_eq!((resend.requests().len(), resend.taken().len()), (2, 1));
    let id: uuid::Uuid = sqlx::query_scalar("select id from auth.mail_outbox").fetch_one(&server.pool).await.unwrap();
    let mail = &resend.taken()[&id.to_string()];
    assert_eq!(mail["headers"]["Auto-Submitted"], "auto-generated");
    assert!(mail["text"].as_str().unwrap().contains(&server.url) && mail["html"].is_string());
}

#[tokio::test]
async fn resend_is_obeyed_when_it_refuses_or_asks_to_wait() {
    let resend = ResendServer::start().await.unwrap();
    for (name, failed, wait) in
        [("invalid", true, 6.0..=12.0), ("limited", false, 240.0..=360.0), ("down", false, 6.0..=12.0)]
    {
        let server = by_resend(&resend, KEY).await;
        server.sign_up(&format!("{name}@example.test")).await;
        let row = tried(&server).await;
        assert_eq!((row.sent, row.failed), (false, failed), "{name}: {row:?}");
        assert!(wait.contains(&row.wait), "{name}: {row:?}");
        // The refusal quotes the whole mail, link and all.
        let words = row.last_error.unwrap();
        assert!(!words.contains("token") && !words.contains("example.test"), "{words}");
    }
}

#[tokio::test]
async fn a_refused_key_costs_no_mail_and_is_not_told() {
    let resend = ResendServer::start().await.unwrap();
    let server = by_resend(&resend, "re_wrong").await;
    server.sign_up("ada@example.test").await;
    let row = tried(&server).await;
    assert!(!row.failed && row.content.is_some(), "{row:?}");
    let words = row.last_error.unwrap();
    assert!(words.contains("401") && !words.contains("re_wrong"), "{words}");
}
