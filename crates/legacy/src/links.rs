//! Links to identity providers. Their tokens were stored in clear; here they are sealed, which only the program can.

use auth_server::{
    keys::seal::Sealer,
    social::{Tokens, store::Sealed},
};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::LegacyError;

/// The statement of a page.
pub(crate) const INSERT: &str = include_str!("sql/oauth_accounts.sql");

/// Moves one page of `oauth_accounts` by `insert`, which is [`INSERT`] for this page.
pub(crate) async fn page(
    connection: &mut PgConnection,
    sealer: &Sealer,
    page: &str,
    insert: String,
) -> Result<(), LegacyError> {
    let sql = format!(
        "select id, uuid, access_token, refresh_token, id_token from move_in_source.oauth_accounts where {page}"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
    let mut ids = Vec::<String>::new();
    let (mut access, mut refresh, mut identity) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let account: Uuid = row.get(1);
        let tokens = Tokens { access: row.get(2), refresh: row.get(3), id: row.get(4), ..Tokens::default() };
        let sealed = Sealed::new(sealer, account, &tokens)?;
        ids.push(row.get(0));
        access.push(sealed.access);
        refresh.push(sealed.refresh);
        identity.push(sealed.id);
    }
    sqlx::query(sqlx::AssertSqlSafe(insert))
        .bind(&ids)
        .bind(&access)
        .bind(&refresh)
        .bind(&identity)
        .execute(connection)
        .await?;
    Ok(())
}
