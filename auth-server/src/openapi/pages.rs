//! What people see.

use service::openapi::{
    operation::{Operation, get, post},
    schema::{anything, text},
};

/// Every page: its path, what it is for, and whether it has a form.
const PAGES: [(&str, &str, bool); 18] = [
    ("/sign-in", "Signs in", true),
    ("/sign-up", "Registers", true),
    ("/check-email", "Says that a mail was sent, and sends it again", true),
    ("/verify-email", "Opens a mailed link", false),
    ("/forgot-password", "Asks for a link to a new password", true),
    ("/reset-password", "Chooses a new password", true),
    ("/select-account", "Asks with which account to go on", true),
    ("/consent", "Asks whether a client may", true),
    ("/claim-account", "Claims an account whose address somebody else had registered", true),
    ("/claim-account/sent", "Says that a mail was sent", false),
    ("/account", "Profile, ways to sign in, sessions, clients", false),
    ("/account/data", "Everything held about the person, to take along", true),
    ("/account/delete", "Deletes the account", true),
    ("/account/deleted", "Says that it is deleted", false),
    ("/error", "Says why a flow ended", false),
    ("/docs", "This description, for people", false),
    ("/", "Leads to the account", false),
    ("/dev/mail", "What was mailed; in development only", false),
];

/// Forms of other pages.
const FORMS: [(&str, &str); 11] = [
    ("/account/profile", "Changes the name"),
    ("/account/email", "Asks for another address"),
    ("/account/password", "Changes the password"),
    ("/account/password-link", "Mails a link to choose a password"),
    ("/account/end-sessions", "Ends the other sessions"),
    ("/sign-in/social", "Begins a sign-in at a provider"),
    ("/account/link", "Begins to link a provider"),
    ("/account/unlink", "Takes a way to sign in away"),
    ("/sign-out", "Signs out"),
    ("/account/end-session", "Ends another session"),
    ("/account/take-back-consent", "Takes back what a client was allowed"),
];

/// The operations.
pub fn operations() -> Vec<Operation> {
    let shown = PAGES.iter().map(|(path, summary, _)| page(get(*path, summary)));
    let sent = PAGES.iter().filter(|(_, _, form)| *form).map(|(path, summary, _)| form(post(*path, summary)));
    let forms = FORMS.iter().map(|(path, summary)| form(post(*path, summary)));
    let pages = shown.chain(sent).chain(forms).map(|operation| operation.tagged("Pages"));
    pages.collect()
}

/// A page, or the way to the one that comes before it.
fn page(operation: Operation) -> Operation {
    operation
        .answers(200, "The page", "text/html", text())
        .leads(303, "To the page that comes first")
        .answers(400, "The link is damaged", "text/html", text())
        .answers(429, "Too many requests", "text/html", text())
        .answers(500, "Something went wrong on our side", "text/html", text())
        .answers(503, "The database is out of reach", "text/html", text())
}

/// A form of one of our own pages.
fn form(operation: Operation) -> Operation {
    page(operation)
        .form(anything())
        .answers(401, "Wrong, with the form again", "text/html", text())
        .answers(403, "Another page sent it; or not allowed", "text/html", text())
        .answers(404, "There is no such thing", "text/html", text())
        .answers(413, "The body is too large", "text/html", text())
        .answers(422, "Not taken, with the form again", "text/html", text())
}
