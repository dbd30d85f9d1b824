//! Addresses: collisions, spellings, and what cannot be an address any more.

use crate::world::{World, user};

async fn email(world: &World, number: u32) -> String {
    world.of_user(number, "email").await
}

/// Who keeps `address`, and who is parked.
async fn keeps(address: &str, winner: u32, losers: &[u32]) {
    let world = World::migrated().await;
    assert_eq!(email(&world, winner).await, address);
    assert_eq!(world.outcome("users", &user(winner)).await, "migrated");
    for loser in losers {
        assert_eq!(email(&world, *loser).await, format!("{}@duplicate.invalid", user(*loser)));
        assert_eq!(world.outcome("users", &user(*loser)).await, "parked address_collision");
        assert_eq!(world.of_user(*loser, "banned").await, "true");
        assert!(world.notes("address_parked").await.contains(&user(*loser)));
    }
}

#[tokio::test]
async fn same_address_in_another_case_of_two_live_users() {
    keeps("priya.nair@example.com", 16, &[15]).await;
    let world = World::migrated().await;
    assert_eq!(world.of_user(15, "ban_reason").await, "legacy_email_collision");
    assert_eq!(world.ways_in(15).await, ["credential"], "nobody's password moves to somebody else");
    assert_eq!(world.ways_in(16).await, ["google"]);
    assert_eq!(
        world
            .of_user(
                15,
                "select content ->> 'email' from auth.legacy_archive where source_table = 'users'
                                  and user_id = u.id"
            )
            .await,
        "Priya.Nair@example.com"
    );
}

#[tokio::test]
async fn same_address_live_and_soft_deleted() {
    keeps("marco.rossi@example.com", 18, &[17]).await;
    assert_eq!(World::migrated().await.of_user(17, "ban_reason").await, "legacy_deleted");
}

#[tokio::test]
async fn same_address_in_three_spellings() {
    keeps("team@example.org", 19, &[20, 21]).await;
}

#[tokio::test]
async fn same_address_composed_and_decomposed() {
    keeps("ren\u{e9}.dupont@example.org", 40, &[39]).await;
}

#[tokio::test]
async fn spaces_around_the_address() {
    let world = World::migrated().await;
    assert_eq!(email(&world, 51).await, "padded.address@example.com");
    assert_eq!(world.of_user(51, "name").await, "Padded Address");
}

#[tokio::test]
async fn plus_tag_apostrophe_quotes_and_sql_in_a_name() {
    let world = World::migrated().await;
    assert_eq!(email(&world, 48).await, "o'brien+ros@example.com");
    assert_eq!(world.of_user(48, "name").await, "Niamh \"Nee\" O'Brien; DROP TABLE users;--");
}

#[tokio::test]
async fn non_ascii_local_part_unicode_domain_and_dotted_capital_i() {
    let world = World::migrated().await;
    assert_eq!(email(&world, 37).await, "zo\u{eb}.\u{e5}kesson@example.org");
    assert_eq!(email(&world, 38).await, "salma@m\u{fc}nchen.example.com");
    assert_eq!(email(&world, 41).await, "i\u{307}rem.y\u{131}ld\u{131}z@example.com");
}

#[tokio::test]
async fn longest_address_name_and_url() {
    let world = World::migrated().await;
    assert_eq!(world.of_user(42, "length(email)").await, "254");
    assert_eq!(world.of_user(42, "length(name) || ' ' || octet_length(name)").await, "255 765");
    assert_eq!(world.of_user(2, "length(image)").await, "500");
}

#[tokio::test]
async fn empty_blank_and_null_name() {
    let world = World::migrated().await;
    for (number, name) in [(35, "empty.name"), (36, "blank.name"), (53, "null.name")] {
        assert_eq!(world.of_user(number, "name").await, name);
    }
    assert_eq!(world.of_user(35, "image").await, "null", "an empty address of a picture is none");
}
