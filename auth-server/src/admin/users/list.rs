//! `GET /api/auth/admin/list-users`: search, filter, sort, pages.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::{
    account::body::validation,
    admin::{
        guard::Visitor,
        query::{Query, escape_like, time},
    },
    error::ApiError,
    state::AppState,
    user,
};

const DEFAULT_PAGE: i64 = 100;
const LARGEST_PAGE: i64 = 500;

/// A column that can be filtered and sorted by: its name on the wire, the SQL, what its values are.
struct Column(&'static str, &'static str, Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Switch,
    Time,
}

const COLUMNS: [Column; 11] = [
    Column("id", "id::text", Kind::Text),
    Column("name", "name", Kind::Text),
    Column("email", "email", Kind::Text),
    Column("emailVerified", "email_verified", Kind::Switch),
    Column("image", "image", Kind::Text),
    Column("role", "role", Kind::Text),
    Column("banned", "(banned and (ban_expires is null or ban_expires > now()))", Kind::Switch),
    Column("banReason", "ban_reason", Kind::Text),
    Column("banExpires", "ban_expires", Kind::Time),
    Column("createdAt", "created_at", Kind::Time),
    Column("updatedAt", "updated_at", Kind::Time),
];

fn column(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.0 == name)
}

/// What is looked for, once the query's words are checked.
#[derive(Default)]
struct Search {
    wanted: Option<(&'static str, String)>,
    filter: Option<(&'static Column, &'static str, Values)>,
    sort: Option<(&'static Column, bool)>,
    limit: Option<i64>,
    offset: Option<i64>,
}

enum Values {
    Texts(Vec<String>),
    Switches(Vec<bool>),
    Times(Vec<DateTime<Utc>>),
}

const COMPARISONS: [(&str, &str); 8] = [
    ("eq", " = any("),
    ("ne", " <> all("),
    ("in", " = any("),
    ("not_in", " <> all("),
    ("lt", " < all("),
    ("lte", " <= all("),
    ("gt", " > all("),
    ("gte", " >= all("),
];
const MATCHES: [&str; 3] = ["contains", "starts_with", "ends_with"];

/// `None`: a column that does not exist, where nobody is found.
fn read(query: &Query) -> Result<Option<Search>, ApiError> {
    let field = query.one_of("searchField", &["email", "name"])?;
    let matching = query.one_of("searchOperator", &MATCHES)?;
    let descending = query.one_of("sortDirection", &["asc", "desc"])? == "desc";
    let operators = COMPARISONS.map(|(name, _)| name);
    let operators: Vec<&'static str> = operators.into_iter().chain(MATCHES).collect();
    let operator = query.one_of("filterOperator", &operators)?;
    let mut search = Search {
        wanted: query
            .get("searchValue")
            .map(|text| (if field == "name" { "name" } else { "email" }, pattern(matching, text))),
        limit: query.number("limit").map(|limit| limit.min(LARGEST_PAGE)),
        offset: query.number("offset"),
        ..Search::default()
    };
    if let Some(name) = query.get("sortBy") {
        let Some(column) = column(name) else { return Ok(None) };
        search.sort = Some((column, descending));
    }
    if let Some(name) = query.get("filterField") {
        let Some(column) = column(name) else { return Ok(None) };
        search.filter = Some((column, operator, values(query, column.2, operator)?));
    }
    Ok(Some(search))
}

fn values(query: &Query, kind: Kind, operator: &str) -> Result<Values, ApiError> {
    let texts = match operator {
        "in" | "not_in" => query.list("filterValue"),
        _ => query.get("filterValue").map(str::to_owned).into_iter().collect(),
    };
    let wrong = || validation("[query.filterValue] Invalid input");
    match kind {
        _ if texts.is_empty() => Err(wrong()),
        Kind::Text => Ok(Values::Texts(texts)),
        _ if MATCHES.contains(&operator) => Err(validation("[query.filterOperator] Invalid option for this field")),
        Kind::Switch => {
            let switches: Result<_, _> = texts.iter().map(|text| text.parse()).collect();
            switches.map(Values::Switches).map_err(|_| wrong())
        }
        Kind::Time => texts.iter().map(|text| time(text)).collect::<Option<_>>().map(Values::Times).ok_or_else(wrong),
    }
}

/// Upper and lower case are one, and `%` and `_` mean themselves: an admin looks for a person, not for a pattern.
fn pattern(matching: &str, text: &str) -> String {
    let text = escape_like(text);
    match matching {
        "starts_with" => format!("{text}%"),
        "ends_with" => format!("%{text}"),
        _ => format!("%{text}%"),
    }
}

impl Search {
    /// Only names from [`COLUMNS`] and [`COMPARISONS`] become SQL; all values are bound. Built at run time since the
    /// column is not known before.
    fn conditions(self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(r#" from auth."user" where true"#);
        if let Some((column, pattern)) = self.wanted {
            sql.push(" and ").push(column).push(" ilike ").push_bind(pattern);
        }
        let Some((column, operator, values)) = self.filter else { return };
        sql.push(" and ").push(column.1);
        match (COMPARISONS.iter().find(|(name, _)| *name == operator), values) {
            (Some((_, comparison)), Values::Texts(texts)) => sql.push(comparison).push_bind(texts).push(")"),
            (Some((_, comparison)), Values::Switches(flags)) => sql.push(comparison).push_bind(flags).push(")"),
            (Some((_, comparison)), Values::Times(times)) => sql.push(comparison).push_bind(times).push(")"),
            (None, Values::Texts(texts)) => {
                sql.push(" ilike ").push_bind(pattern(operator, texts.first().map_or("", String::as_str)))
            }
            (None, _) => sql.push(" is null and false"),
        };
    }

    fn page(self) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new("select id");
        let (sort, limit, offset) = (&self.sort, self.limit.unwrap_or(DEFAULT_PAGE), self.offset.unwrap_or(0));
        let (key, direction) = match sort {
            Some((column, descending)) => (column.1, if *descending { " desc" } else { " asc" }),
            None => ("created_at", " desc"),
        };
        self.conditions(&mut sql);
        // By id where the rest is equal: pages never overlap.
        sql.push(" order by ").push(key).push(direction).push(" nulls last, id").push(direction);
        sql.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
        sql
    }
}

async fn page(pool: &PgPool, search: Search) -> Result<Vec<Uuid>, sqlx::Error> {
    search.page().build_query_scalar().fetch_all(pool).await
}

async fn total(pool: &PgPool, search: Search) -> Result<i64, sqlx::Error> {
    let mut sql = QueryBuilder::new("select count(*)");
    search.conditions(&mut sql);
    sql.build_query_scalar().fetch_one(pool).await
}

/// The endpoint.
///
/// # Errors
/// 400 for words that mean nothing, 401, 403.
pub async fn list_users(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let query = Query::parse(query.as_deref())?;
    let searches = (read(&query)?, read(&query)?);
    visitor.admin("YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")?;
    let (Some(search), Some(again)) = searches else { return Ok(Json(json!({"users": [], "total": 0}))) };
    let (limit, offset) = (search.limit, search.offset);
    let users = user::find_all(&state.pool, &page(&state.pool, search).await?).await?;
    let users: Vec<_> = users.iter().map(user::User::to_wire).collect();
    let mut answer = json!({"users": users, "total": total(&state.pool, again).await?});
    for (name, value) in [("limit", limit), ("offset", offset)] {
        if let Some(value) = value {
            answer[name] = value.into();
        }
    }
    Ok(Json(answer))
}
