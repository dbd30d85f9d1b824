//! `/api/v1/admin`: for the role admin.

use service::openapi::operation::Operation;

use super::refusal::in_area;

/// The operations.
pub fn operations() -> Vec<Operation> {
    Vec::new().into_iter().map(in_area("Administration")).collect()
}
