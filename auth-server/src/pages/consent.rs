//! `/consent`: a client asks, the person allows or denies.
//!
//! The page works on a pending request with our signature alone, so no link can put a question that the authorization
//! endpoint did not. It names the person it asks; an answer for somebody else than is signed in is not taken.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::{ErrorCode, Parameters, ScopeSet, redirect};
use ui::{Badge, Button, ButtonKind, Card, Notice, Tone};
use url::Url;

use super::{OwnForm, PageError, error_page, see_other, send, shell::Page, web};
use crate::{
    oidc::{
        authorize,
        clients::Client,
        consents::{self, check_person},
        interaction::{self, Asked, Pending},
    },
    request::Caller,
    session::{self, Current},
    state::AppState,
};

/// The question.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    match read(&state, &headers, &parameters).await? {
        Ok(question) => render(&state, question, StatusCode::OK, None).await,
        Err(response) => Ok(response),
    }
}

/// The answer.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let question = match read(&state, &headers, &form).await? {
        Ok(question) => question,
        Err(response) => return Ok(response),
    };
    let Question { asked, current, .. } = &question;
    // Somebody else signed in meanwhile, in another tab: they shall see what they would allow.
    if form.get("user") != Some(current.user.id.to_string().as_str()) {
        return render(&state, question, StatusCode::OK, None).await;
    }
    if check_person(current).is_err() {
        let words = "While you act as somebody else, you cannot answer for them.";
        return Ok(error_page(&state, StatusCode::FORBIDDEN, words));
    }
    if form.get("answer") != Some("allow") {
        consents::deny(&state, &caller, current.user.id, &asked.request.client).await?;
        let answer = asked.request.refusal(ErrorCode::AccessDenied, "the person denied access");
        return Ok(see_other(authorize::error_uri(&state, &answer).as_str()));
    }
    let scopes = chosen(&form, &asked.scopes);
    if scopes.is_empty() {
        let words = "Choose at least one thing to allow, or deny.";
        return render(&state, question, StatusCode::BAD_REQUEST, Some(words)).await;
    }
    consents::allow(&state, &caller, current.user.id, &asked.request.client, &scopes, asked.since).await?;
    Ok(see_other(&Asked::path(&asked.narrowed(&state, &scopes)?)))
}

/// What was left ticked, of what was asked. `openid` is not a choice: without it nobody is signed on.
fn chosen(form: &Parameters, asked: &ScopeSet) -> ScopeSet {
    let ticked = |name: &&String| *name == "openid" || form.get(&format!("scope-{name}")).is_some();
    ScopeSet::of(asked.names().iter().filter(ticked).cloned())
}

/// A question to somebody.
struct Question {
    asked: Asked,
    current: Current,
    path: String,
}

/// The question that `continue` carries; the response that takes its place when there is none to put.
async fn read(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Result<Question, Response>, PageError> {
    let path = parameters.get("continue").unwrap_or_default().to_owned();
    let Some(signed) = interaction::read_signed_path(state, &path)? else {
        let words = "This page belongs to a sign-in that is over. Please start again at the application.";
        return Ok(Err(error_page(state, StatusCode::BAD_REQUEST, words)));
    };
    let Some(current) = session::current(state, headers).await? else {
        return Ok(Err(see_other(&Pending::page("/sign-in", Some(&path)))));
    };
    match Asked::read(state, signed, &current.user).await? {
        Some(asked) => Ok(Ok(Question { asked, current, path })),
        // The authorization endpoint knows what to say about it.
        None => Ok(Err(see_other(&path))),
    }
}

async fn render(
    state: &AppState,
    question: Question,
    status: StatusCode,
    error: Option<&'static str>,
) -> Result<Response, PageError> {
    let client = &question.asked.request.client;
    let known = consents::store::find(&state.pool, question.current.user.id, &client.client_id).await?;
    let known = known.map(|known| known.scopes).unwrap_or_default();
    let target = redirect::form_action_source(&question.asked.request.redirect_uri);
    let html = ui::render(|| page(&question, &known, error, web(state, "/")));
    Ok(send(status, html, &[&target]))
}

fn page(question: &Question, known: &ScopeSet, error: Option<&'static str>, home: String) -> impl IntoView + use<> {
    let Question { asked, current, path } = question;
    let client = asked.request.client.clone();
    let wants: Vec<_> = asked.scopes.names().iter().map(|name| want(name, known.contains(name))).collect();
    let switch = Pending::page("/sign-in", Some(path));
    let (user, email, path) = (current.user.id.to_string(), current.user.email.clone(), path.clone());
    let destination = destination(&asked.request.redirect_uri);
    view! {
        <Page title="Allow access?" home=home>
            <div class="row">
                <span class="initials" aria-hidden="true">{initials(&client.name)}</span>
                <h1>"Allow "{client.name.clone()}"?"</h1>
            </div>
            <p>
                <strong>{client.name.clone()}</strong>" wants to use your account "<strong>{email}</strong>". "
                <a href=switch>"Not you?"</a>
            </p>
            {error.map(|error| view! { <Notice tone=Tone::Danger>{error}</Notice> })}
            <form class="stack" method="post" action="/consent">
                <input type="hidden" name="continue" value=path/>
                <input type="hidden" name="user" value=user/>
                <fieldset class="choices">
                    <legend>"It will be able to"</legend>
                    {wants}
                </fieldset>
                <Button name="answer" value="allow" block=true>"Allow"</Button>
                <Button kind=ButtonKind::Secondary name="answer" value="deny" block=true>"Deny"</Button>
            </form>
            <Card quiet=true>
                <p class="small">"Either way you go on to "<strong>{destination}</strong>
                    ". You can take this back at any time on "<a href="/account">"your account page"</a>"."</p>
                {links(&client)}
            </Card>
        </Page>
    }
}

/// One scope, to be left ticked or not. `openid` is stated and not asked.
fn want(name: &str, known: bool) -> impl IntoView + use<> {
    let Words { what, detail, grave } = words(name);
    let (id, fixed) = (format!("scope-{name}"), name == "openid");
    let field = id.clone();
    let detail_id = format!("{id}-detail");
    view! {
        <div class="choice">
            <input type="checkbox" id=id.clone() name=(!fixed).then_some(field) value="on" checked=true disabled=fixed
                aria-describedby=detail_id.clone()/>
            <div>
                <label for=id>{what}</label>
                {grave.then(|| view! { " "<Badge tone=Tone::Danger>"powerful"</Badge> })}
                {known.then(|| view! { " "<Badge>"allowed before"</Badge> })}
                <p class="small muted" id=detail_id>{detail}</p>
            </div>
        </div>
    }
}

/// A scope in words for the person who is to allow it.
pub(super) struct Words {
    pub(super) what: &'static str,
    detail: &'static str,
    grave: bool,
}

pub(super) fn words(scope: &str) -> Words {
    let (what, detail) = match scope {
        "openid" => ("Know that it is you", "An identifier of your account here. Always part of signing in."),
        "profile" => ("See your name and picture", "As they stand on your account page."),
        "email" => ("See your e-mail address", "And whether you confirmed it."),
        "offline_access" => ("Stay connected while you are away", "For up to seven days after you sign in."),
        "api" => (
            "Learn in your name",
            "Read your courses and progress, hand in exercises, and read and write to the tutor.",
        ),
        "admin" => ("Administer IntelliStack in your name", "People, sessions, applications and signing keys."),
        _ => ("Something this page has no words for", "Allow it only if you know what it is."),
    };
    Words { what, detail, grave: scope == "admin" }
}

/// Where the person goes afterwards: an application is known by its host, or by its scheme on a device.
fn destination(uri: &Url) -> String {
    match (uri.host_str(), uri.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => format!("{} on this device", uri.scheme()),
    }
}

/// In the logo's place: nothing foreign is loaded on this page.
fn initials(name: &str) -> String {
    let words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    words.take(2).flat_map(char::to_uppercase).collect()
}

fn links(client: &Client) -> Option<AnyView> {
    let links: Vec<_> = [
        (&client.client_uri, "About the application"),
        (&client.policy_uri, "Its privacy policy"),
        (&client.tos_uri, "Its terms"),
    ]
    .into_iter()
    .filter_map(|(uri, label)| uri.clone().map(|uri| view! { <a href=uri rel="noopener noreferrer">{label}</a> }))
    .collect();
    (!links.is_empty()).then(|| view! { <p class="row small">{links}</p> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_two_letters_of_any_script() {
        assert_eq!(initials("Robot Lab Notebook"), "RL");
        assert_eq!(initials("éclair"), "É");
        assert_eq!(initials("(beta) 3D-Viewer"), "B3");
        assert_eq!(initials("…"), "");
    }

    #[test]
    fn every_scope_of_this_issuer_has_words() {
        let unknown = words("unheard").what;
        for scope in oauth::scope::SUPPORTED {
            assert_ne!(words(scope).what, unknown, "{scope}");
        }
    }
}
