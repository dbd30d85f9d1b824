//! The old tables as the statements of the move see them: the same columns of the same types whatever the shape is.
//! Every view has `key` (the id as it is, so that pages go by its index), `id` (as text), `uuid` and `raw` (the whole
//! row as `jsonb`; made for whoever names the column, so pages of large tables do not).

use crate::{catalogue::Catalogue, literal, quoted};

/// The columns that the statements read, as `name type`.
const COLUMNS: &[(&str, &str)] = &[
    (
        "users",
        "email text, password_hash text, name text, avatar_url text, bio text, locale text, \
         notification_settings text, is_active boolean, is_verified boolean, created_at timestamptz, \
         updated_at timestamptz, deleted_at timestamptz, failed_login_attempts integer, locked_until timestamptz, \
         last_login_at timestamptz, email_verified boolean, role text",
    ),
    ("roles", "user_id text, name text"),
    ("user_roles", "user_id text, role_id text, revoked_at timestamptz"),
    (
        "sessions",
        "user_id text, token text, user_agent text, ip_address text, expires_at timestamptz, created_at timestamptz, \
         revoked_at timestamptz",
    ),
    (
        "oauth_accounts",
        "user_id text, provider text, provider_account_id text, access_token text, refresh_token text, id_token text, \
         expires_at timestamptz, scope text, created_at timestamptz, updated_at timestamptz",
    ),
    ("password_reset_tokens", "user_id text, expires_at timestamptz, used_at timestamptz"),
    (
        "login_attempts",
        "email text, ip_address text, user_agent text, was_successful boolean, failure_reason text, \
         created_at timestamptz",
    ),
    (
        "auth_event_log",
        "user_id text, event_type text, email text, ip_address text, user_agent text, reason text, metadata text, \
         created_at timestamptz",
    ),
    (
        "stages",
        "number integer, name text, slug text, description text, learning_objectives text, estimated_hours integer, \
         is_active boolean",
    ),
    (
        "content_items",
        "stage_id text, title text, slug text, order integer, estimated_minutes integer, is_required boolean, \
         is_active boolean, created_at timestamptz",
    ),
    ("progress", "user_id text, started_at timestamptz, last_activity_at timestamptz"),
    ("content_completions", "progress_id text, content_item_id text, completed_at timestamptz"),
    (
        "content",
        "stage_id text, title text, description text, order_index integer, mdx_path text, current_version_id text, \
         review_status text, created_by text, created_at timestamptz, updated_at timestamptz, \
         estimated_reading_time integer",
    ),
    ("content_versions", "content_id text, title text, content_json text, created_by text, created_at timestamptz"),
    ("content_hierarchy", "user_id text, content_id text, slug text"),
    ("badges", "user_id text, stage_id text, name text, icon_url text"),
    ("user_badges", "user_id text, badge_id text"),
    ("rag_messages", "user_id text, conversation_id text"),
    ("rag_conversations", "user_id text"),
    (
        "chatkit_thread",
        "user_id text, course_id text, title text, created_at timestamptz, updated_at timestamptz, metadata text, \
         lesson_stage integer, status text, enrollment_ended_at timestamptz",
    ),
    ("chatkit_thread_item", "thread_id text, role text, content text, created_at timestamptz, metadata text"),
    ("chatkit_rate_limit", "user_id text, message_count integer, window_start timestamptz"),
    (
        "ai_usage_metric",
        "user_id text, message_count bigint, average_response_time_ms bigint, error_count bigint, date timestamptz",
    ),
];

/// Of tables that are only archived: whose they are.
const OWNED: &str = "user_id text";

/// The statements that make the schema `move_in_source` anew.
pub(crate) fn statements(catalogue: &Catalogue) -> String {
    let mut sql = "drop schema if exists move_in_source cascade;\ncreate schema move_in_source;\n".to_owned();
    let unknown = catalogue.tables.keys().filter(|table| COLUMNS.iter().all(|(known, _)| known != table));
    let archived = unknown.map(|table| (table.as_str(), OWNED));
    for (table, columns) in COLUMNS.iter().copied().chain(archived) {
        sql.push_str(&view(catalogue, table, columns));
    }
    sql.push_str(&interim_passwords(catalogue));
    sql
}

/// The passwords that people had at the identity server in between, whose tables stand beside the old ones with columns
/// in either spelling. A table and no view: it is no table of the source.
fn interim_passwords(catalogue: &Catalogue) -> String {
    let column = |names: [&'static str; 2]| names.into_iter().find(|name| catalogue.kind("account", name).is_some());
    let (user, provider) = (column(["userId", "user_id"]), column(["providerId", "provider_id"]));
    let select = match (user, provider, catalogue.kind("account", "password")) {
        (Some(user), Some(provider), Some(_)) => format!(
            "select distinct on (1) {user}::text as user_id, password::text as password from {schema}.account
             where {provider} = 'credential' and password ~ '^[0-9a-f]{{32}}:[0-9a-f]{{128}}$' order by 1, 2",
            user = quoted(user),
            provider = quoted(provider),
            schema = quoted(&catalogue.schema)
        ),
        _ => "select null::text as user_id, null::text as password where false".to_owned(),
    };
    format!(
        "create unlogged table move_in_source.interim_password as {select};
         create unique index on move_in_source.interim_password (user_id);
         analyze move_in_source.interim_password;\n"
    )
}

fn view(catalogue: &Catalogue, table: &str, columns: &str) -> String {
    let name = quoted(table);
    let columns = columns.split(", ").filter_map(|column| column.split_once(' '));
    if !catalogue.tables.contains_key(table) {
        let nothing: String = columns.map(|(column, kind)| format!(", null::{kind} as {}", quoted(column))).collect();
        return format!(
            "create view move_in_source.{name} as select null::uuid as key, null::text as id, null::uuid as uuid\
             {nothing}, null::jsonb as raw where false;\n"
        );
    }
    let read: String = columns.map(|(column, kind)| format!(", {}", read(catalogue, table, column, kind))).collect();
    let from = format!("{}.{name} t", quoted(&catalogue.schema));
    let (key, uuid) = match catalogue.kind(table, "id") {
        Some("uuid") => ("t.id".to_owned(), "t.id".to_owned()),
        Some(_) => ("t.id".to_owned(), converted(table)),
        // A table without an id: its rows are told apart by what they hold.
        None => {
            let row = "row_to_json(t)::text";
            let key = format!("md5({row}) || '-' || row_number() over (partition by {row})");
            (key, "null::uuid".to_owned())
        }
    };
    format!(
        "create view move_in_source.{name} as select {key} as key, ({key})::text as id, {uuid} as uuid{read}, \
         {raw} as raw from {from};\n",
        raw = raw(catalogue, table)
    )
}

/// The whole row. Only a column of `json` may hold what `jsonb` refuses; without one, or without an escape in it, the
/// way over text is saved.
fn raw(catalogue: &Catalogue, table: &str) -> String {
    let columns = catalogue.tables.get(table).into_iter().flatten();
    let loose: Vec<_> =
        columns.filter(|(_, kind)| kind == "json").map(|(name, _)| format!("t.{}", quoted(name))).collect();
    if loose.is_empty() {
        return "to_jsonb(t)".to_owned();
    }
    format!(
        "case when strpos(concat({}), '\\u') = 0 then to_jsonb(t) else move_in.clean(row_to_json(t)::text) end",
        loose.join(", ")
    )
}

/// An id that need not be a UUID.
fn converted(table: &str) -> String {
    format!(
        "case when t.id::text ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' then t.id::text::uuid \
         else (select r.uuid from move_in.renamed r where r.source_table = {} and r.id = t.id::text) end",
        literal(table)
    )
}

/// A column in the type that the statements want. Moments without a zone are UTC: an implicit cast would take the
/// session's zone.
fn read(catalogue: &Catalogue, table: &str, column: &str, kind: &str) -> String {
    let name = quoted(column);
    match catalogue.kind(table, column) {
        None => format!("null::{kind} as {name}"),
        Some("timestamp without time zone") if kind == "timestamptz" => {
            format!("(t.{name} at time zone 'UTC') as {name}")
        }
        Some(_) => format!("t.{name}::{kind} as {name}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Shape;

    fn catalogue(columns: &[(&str, &str)]) -> Catalogue {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
        Catalogue {
            schema: "old \"one\"".to_owned(),
            tables: BTreeMap::from([("roles".to_owned(), columns)]),
            shape: Shape::A,
        }
    }

    #[test]
    fn a_schema_name_cannot_break_out_of_its_quotes() {
        let view = view(&catalogue(&[("id", "uuid"), ("name", "text")]), "roles", "name text");
        assert!(view.contains("from \"old \"\"one\"\"\".\"roles\" t;"), "{view}");
    }

    #[test]
    fn moments_without_a_zone_are_utc() {
        let catalogue = catalogue(&[("id", "uuid"), ("at", "timestamp without time zone")]);
        let view = view(&catalogue, "roles", "at timestamptz, gone text");
        assert!(view.contains("(t.\"at\" at time zone 'UTC') as \"at\", null::text as \"gone\""), "{view}");
    }
}
