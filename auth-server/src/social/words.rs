//! What the codes in a redirect mean, in words for a person.

/// Words for `code`; `None` for codes that are not of a social sign-in.
#[must_use]
pub fn words(code: &str) -> Option<&'static str> {
    Some(match code {
        "state_not_found" | "state_mismatch" => {
            "This sign-in was begun too long ago, in another browser, or was finished already. Please start again."
        }
        "access_denied" => {
            "You did not allow it, so nothing happened. You can try again, or use another way to sign in."
        }
        "temporarily_unavailable" | "server_error" => {
            "The service you chose to sign in with does not answer at the moment. Please try again in a minute, or use \
             another way to sign in."
        }
        "no_code" | "invalid_code" | "unable_to_get_user_info" => {
            "The service you chose did not tell us who you are. Please try again."
        }
        "oauth_provider_not_found" => "This way to sign in is not offered here.",
        "email_not_found" => {
            "The service you chose gave us no e-mail address that we can use. Allow it to share your address, or \
             register with a password."
        }
        "account_not_linked" => {
            "There is an account with this e-mail address already, and the service you chose has not confirmed that \
             the address is yours. Confirm it there, or sign in with your password."
        }
        "BANNED_USER" => "This account has been shut out. If you think that this is a mistake, ask your school.",
        "email_does_not_match" => "That account has another e-mail address than yours here, so it was not linked.",
        "account_already_linked_to_different_user" => "That account belongs to somebody else here.",
        "unable_to_link_account" => {
            "The account was not linked. Your e-mail address must be confirmed here and there, and you must still be \
             signed in."
        }
        "FAILED_TO_UNLINK_LAST_ACCOUNT" => {
            "This is your only way to sign in. Set a password or link another account first."
        }
        "SESSION_NOT_FRESH" => "For this you must have signed in within the last day. Please sign out and in again.",
        _ => return None,
    })
}
