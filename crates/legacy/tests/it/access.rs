//! Passwords and links: who has which way in.

use crate::world::{World, user};

#[tokio::test]
async fn oauth_only() {
    let world = World::migrated().await;
    for (number, provider) in [(16, "google"), (22, "google"), (23, "github"), (40, "github")] {
        assert_eq!(world.ways_in(number).await, [provider], "U{number}");
    }
}

#[tokio::test]
async fn no_usable_hash() {
    let world = World::migrated().await;
    for (number, ways) in [(49, &["google"][..]), (50, &[]), (52, &[]), (54, &["github"])] {
        assert_eq!(world.ways_in(number).await, ways, "U{number}");
    }
    assert_eq!(world.notes("no_way_in").await, [user(50), user(52)]);
}

#[tokio::test]
async fn password_plus_later_links() {
    let world = World::migrated().await;
    assert_eq!(world.ways_in(24).await, ["credential", "google"]);
    assert_eq!(world.ways_in(25).await, ["credential", "github", "google"]);
    assert_eq!(world.ways_in(26).await, ["credential", "google", "google"]);
}

#[tokio::test]
async fn one_identity_on_two_users_and_an_unknown_provider() {
    let world = World::migrated().await;
    let owner =
        "select user_id::text from auth.account where provider_id = 'google' and account_id = '100000000000000000024'";
    assert_eq!(world.one::<String>(owner).await, user(24));
    assert_eq!(world.ways_in(48).await, ["credential"]);
    let lost = "40000000-0000-4000-8000-000000000012";
    assert_eq!(world.outcome("oauth_accounts", lost).await, "archived identity_of_another");
    assert_eq!(world.notes("identity_of_two").await, [lost]);
    assert_eq!(world.ways_in(33).await, ["credential", "facebook"]);
    assert_eq!(world.notes("unknown_provider").await, ["40000000-0000-4000-8000-000000000013"]);
}

#[tokio::test]
async fn one_identity_on_two_users_of_a_database_without_the_constraint() {
    use crate::world::Form;
    let world = World::new(Form::Models).await;
    world
        .execute(
            "insert into legacy.oauth_accounts (id, user_id, provider, provider_account_id, created_at)
             select '40000000-0000-4000-8000-0000000000aa', user_id, provider, provider_account_id, '2026-03-01+00'
             from legacy.oauth_accounts where id = '40000000-0000-4000-8000-000000000006';
             update legacy.oauth_accounts set user_id = '10000000-0000-4000-8000-000000000001'
             where id = '40000000-0000-4000-8000-0000000000aa'",
        )
        .await;
    assert!(world.migrate().await.is_complete());
    assert_eq!(world.ways_in(25).await, ["credential", "github", "google"], "the oldest row keeps it");
    assert_eq!(world.ways_in(1).await, ["credential"]);
}

#[tokio::test]
async fn tokens_of_providers_are_sealed_and_open_again() {
    use auth_server::{keys::seal::Sealer, social::store};
    let world = World::migrated().await;
    let sealer = Sealer::new(&service::Secret::new(crate::world::SECRET));
    let id = "40000000-0000-4000-8000-000000000001".parse().unwrap();
    let (account, tokens) = store::tokens(&world.pool, &sealer, user(16).parse().unwrap(), id).await.unwrap().unwrap();
    assert_eq!(account.account_id, "100000000000000000016");
    assert_eq!(tokens.access.as_deref(), Some("ya29.sample-16"));
    assert_eq!(tokens.refresh.as_deref(), Some("1//sample-refresh-16"));
    assert_eq!(tokens.scopes.first().map(String::as_str), Some("openid"), "{:?}", tokens.scopes);
    let clear = "auth.legacy_archive where content::text ~ 'ya29|gho_|sample-refresh|\\$2b\\$'";
    assert_eq!(world.count(clear).await, 0, "no secret lies in the archive");
}

#[tokio::test]
async fn reset_tokens() {
    let world = World::migrated().await;
    assert_eq!(world.count("auth.verification").await, 0);
    assert_eq!(world.count("auth.legacy_archive where source_table = 'password_reset_tokens'").await, 7);
    assert_eq!(world.notes("open_reset_token").await.len(), 5);
    assert_eq!(world.count("auth.legacy_archive where content ? 'token_hash'").await, 0);
}
