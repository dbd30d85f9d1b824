//! ChatKit requests that the tutor never asks for and does not offer. They are told apart all the same: what is wrong
//! with the thread or item comes first, so that they say no more about a thread than any other request does.

use chatkit::Operation;
use http::StatusCode;
use sqlx::PgPool;
use uuid::Uuid;

use super::conversation as talk;
use crate::error::Problem;

/// Why `operation` is refused: 404 for thread or item, 409 where nothing waits for it, 501 where it is not offered.
pub(super) async fn refuse(pool: &PgPool, user: Uuid, operation: &Operation) -> Problem {
    let Err(problem) = judge(pool, user, operation).await else {
        return not_offered(&format!("This tutor does not offer `{}`.", operation.name()));
    };
    problem
}

async fn judge(pool: &PgPool, user: Uuid, operation: &Operation) -> Result<(), Problem> {
    match operation {
        Operation::AddClientToolOutput { thread_id, .. } => {
            talk::own(pool, user, thread_id).await?;
            Err(Problem::conflict("no_pending_tool_call", "Nothing in this thread waits for the output of a tool."))
        }
        Operation::AddStructuredInput { thread_id, item_id, .. } => {
            talk::own_item(pool, user, thread_id, item_id).await?;
            Err(Problem::conflict("not_a_structured_input", "This item does not ask for an input."))
        }
        Operation::CustomAction { thread_id, item_id: Some(item_id), .. }
        | Operation::SyncCustomAction { thread_id, item_id: Some(item_id), .. } => {
            talk::own_item(pool, user, thread_id, item_id).await
        }
        Operation::CustomAction { thread_id, .. } | Operation::SyncCustomAction { thread_id, .. } => {
            talk::own(pool, user, thread_id).await.map(|_| ())
        }
        Operation::CreateAttachment { .. } | Operation::DeleteAttachment { .. } => Err(Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "attachments_unsupported",
            "The tutor takes no attachments: quote the part that you want to ask about.",
        )),
        _ => Ok(()),
    }
}

fn not_offered(detail: &str) -> Problem {
    Problem::new(StatusCode::NOT_IMPLEMENTED, "not_offered", detail)
}
