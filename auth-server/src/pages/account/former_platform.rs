//! Badges and certificates that somebody earned on the legacy platform.

use leptos::prelude::*;
use sqlx::PgPool;
use uuid::Uuid;

use super::Section;

/// Something earned.
pub(super) struct Award {
    title: String,
    day: String,
}

/// What the person earned there, oldest first; a badge that was given twice is one.
///
/// # Errors
/// When the database is away.
pub(super) async fn awards(pool: &PgPool, user: Uuid) -> Result<Vec<Award>, sqlx::Error> {
    sqlx::query_as!(
        Award,
        r#"select title as "title!", min(day) as "day!" from (
               select case source_table
                          when 'certificates' then 'Certificate ' || coalesce(content ->> 'certificate_number', '')
                          else coalesce(content ->> 'badge', 'Badge')
                      end as title,
                      left(coalesce(content ->> 'issued_at', content ->> 'awarded_at', ''), 10) as day
               from auth.legacy_archive
               where user_id = $1 and source_table in ('user_badges', 'certificates')) earned
           group by title order by min(day), title"#,
        user
    )
    .fetch_all(pool)
    .await
}

/// The section, for whom has something to show.
pub(super) fn section(awards: Vec<Award>) -> Option<impl IntoView> {
    if awards.is_empty() {
        return None;
    }
    let list =
        awards.into_iter().map(|award| view! { <li>{award.title}" "<span class="muted">{award.day}</span></li> });
    let list = list.collect_view();
    Some(view! {
        <Section id="former-platform" title="Earned before" about="Badges and certificates of the former platform.">
            <ul>{list}</ul>
        </Section>
    })
}
