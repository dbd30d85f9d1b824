//! What operations have in common: who may, and how they are refused.

use service::openapi::operation::Operation;

const TOKEN: &str = "token_missing, token_invalid, token_expired, token_stale: there is no access token that counts";

/// For who has an access token, in `area`. Adds whatever every such operation may answer besides what is its own; a
/// path that names something may name what is not there.
pub fn in_area(area: &'static str) -> impl Fn(Operation) -> Operation {
    move |operation| {
        let names = operation.path.contains('{');
        let takes_body = operation.takes_body();
        let common: [(u16, bool, &str); 6] = [
            (401, true, TOKEN),
            (404, names, "not_found: there is no such thing, or it is not the caller's"),
            (413, takes_body, "too_large: the body is larger than 1 MiB"),
            (415, takes_body, "not_json: the body's type is not application/json"),
            (500, true, "internal: our fault"),
            (503, true, "database_unavailable, keys_unavailable: come back after `Retry-After` seconds"),
        ];
        let operation = operation.tagged(area).proves("accessToken");
        common.into_iter().filter(|(_, applies, _)| *applies).fold(operation, |operation, (status, _, codes)| {
            if operation.has(status) { operation } else { operation.problem(status, codes) }
        })
    }
}
