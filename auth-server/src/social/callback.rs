//! `GET /api/auth/callback/{provider}`: the person comes back from the provider.
//!
//! Everything ends in a redirect. What is wrong stands in its `error`; [`super::words`] has the words for people.

use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use oauth::Parameters;
use serde_json::json;
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::{
    Identity, Provider,
    flow::{self, Flow},
    link,
    sign_in::{self, Outcome},
};
use crate::{
    account::device::Device,
    error::Failure,
    events::{self, Event, EventType},
    oidc::form::FormParameters,
    pages::{PageError, see_other},
    request::Caller,
    session::{self, cookie},
    state::AppState,
};

/// Where the journey ends.
struct End {
    target: String,
    cookies: Vec<String>,
}

/// Why it ends badly: `error` and `error_description`.
struct Bad {
    code: String,
    description: Option<String>,
}

impl Bad {
    fn code(code: &str) -> Self {
        Self { code: code.to_owned(), description: None }
    }

    fn described(code: &str, description: &str) -> Self {
        Self { code: code.to_owned(), description: Some(description.to_owned()) }
    }
}

/// The redirect.
///
/// # Errors
/// When the database is away.
pub async fn callback(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let own_error = format!("{}/api/auth/error", state.issuer);
    let Some(text) = parameters.get("state") else {
        return Ok(found(&with_error(&own_error, &Bad::code("state_not_found")), &[]));
    };
    let Some(flow) = flow::take(&state, text).await? else {
        return Ok(found(&with_error(&own_error, &Bad::code("state_mismatch")), &[]));
    };
    let journey = Journey { state: &state, caller: &caller, headers: &headers, flow: &flow };
    let mut end = match journey.finish(&provider, text, &parameters).await? {
        Ok(end) => end,
        Err(bad) => {
            let target = flow.targets.error.as_deref().unwrap_or(&own_error);
            End { target: with_error(target, &bad), cookies: Vec::new() }
        }
    };
    end.cookies.push(cookie::clear_state(&state.config));
    Ok(found(&end.target, &end.cookies))
}

/// A provider that answers by form: the same as a GET, so that the browser sends its cookies, too.
pub async fn callback_by_form(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    form: FormParameters,
) -> Response {
    let FormParameters(form) = form;
    let query = query.unwrap_or_default();
    let joined = [query, form.encode()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
    let provider: String = form_urlencoded::byte_serialize(provider.as_bytes()).collect();
    see_other(&format!("{}/api/auth/callback/{provider}?{joined}", state.issuer))
}

struct Journey<'a> {
    state: &'a AppState,
    caller: &'a Caller,
    headers: &'a HeaderMap,
    flow: &'a Flow,
}

impl Journey<'_> {
    async fn finish(
        &self,
        provider: &str,
        state_text: &str,
        parameters: &Parameters,
    ) -> Result<Result<End, Bad>, Failure> {
        // The state must come back to the browser that began (RFC 9700 section 4.7.1): otherwise a link could sign
        // its reader in as somebody else.
        if cookie::read_state(&self.state.config, self.headers).as_deref() != Some(state_text) {
            self.record("state_mismatch").await?;
            return Ok(Err(Bad::code("state_mismatch")));
        }
        match Provider::parse(provider) {
            None => return Ok(Err(Bad::code("oauth_provider_not_found"))),
            Some(provider) if provider != self.flow.provider => return Ok(Err(Bad::code("state_mismatch"))),
            Some(_) => {}
        }
        match self.identify(parameters).await {
            Ok(identity) => match self.flow.link {
                Some(user) => self.link(user, &identity).await,
                None => self.sign_in(&identity).await,
            },
            Err(bad) => {
                self.record(&bad.code).await?;
                Ok(Err(bad))
            }
        }
    }

    /// Whom the provider says this is.
    async fn identify(&self, parameters: &Parameters) -> Result<Identity, Bad> {
        if let Some(error) = parameters.get("error") {
            return Err(Bad { code: plain(error), description: parameters.get("error_description").map(short) });
        }
        let code = parameters.get("code").ok_or_else(|| Bad::code("no_code"))?;
        self.state.social.identify(self.flow, code).await.map_err(|fault| {
            tracing::warn!(provider = self.flow.provider.id(), %fault, "a social sign-in fails");
            Bad::code(fault.code())
        })
    }

    /// Notes that the journey ended before anybody knew whom it was about.
    async fn record(&self, why: &str) -> Result<(), Failure> {
        if let Some(user) = self.flow.link {
            return link::refuse(self.state, self.caller, user, self.flow.provider, why).await;
        }
        let details = json!({"provider": self.flow.provider.id()});
        let event = Event::new(EventType::SignInFailed).because(why).details(&details);
        Ok(events::record(&self.state.pool, self.caller, event).await?)
    }

    fn target(&self) -> String {
        self.flow.targets.callback.clone().unwrap_or_else(|| self.state.issuer.clone())
    }

    async fn sign_in(&self, identity: &Identity) -> Result<Result<End, Bad>, Failure> {
        let targets = &self.flow.targets;
        let onward = targets.callback.as_deref();
        Ok(match sign_in::by_identity(self.state, self.caller, identity, onward).await? {
            Outcome::SignedIn { user, token, new } => {
                let unproved = targets.unproved.as_ref().filter(|_| !user.email_verified);
                let target = unproved.or(targets.new_user.as_ref()).filter(|_| new).cloned();
                let device = Device::read(self.state, self.headers).remember(self.state, &user.email)?;
                let cookies = vec![cookie::set(&self.state.config, &token, true), device];
                Ok(End { target: target.unwrap_or_else(|| self.target()), cookies })
            }
            Outcome::Refused(sign_in::BANNED) => Err(Bad::described(sign_in::BANNED, sign_in::BANNED_WORDS)),
            Outcome::Refused(code) => Err(Bad::code(code)),
            Outcome::ClaimSent => match &targets.claim {
                Some(page) => Ok(End { target: page.clone(), cookies: Vec::new() }),
                None => Err(Bad::described("account_not_linked", "We sent you a mail to take over the account.")),
            },
        })
    }

    /// Who began the linking must still be signed in here, as themselves.
    async fn link(&self, user: Uuid, identity: &Identity) -> Result<Result<End, Bad>, Failure> {
        let current = session::current(self.state, self.headers).await?;
        let is_them =
            current.is_some_and(|current| current.user.id == user && current.session.impersonated_by.is_none());
        if !is_them {
            let code = "unable_to_link_account";
            self.record(code).await?;
            return Ok(Err(Bad::code(code)));
        }
        let linked = link::link(self.state, self.caller, user, identity).await?;
        Ok(linked.map(|()| End { target: self.target(), cookies: Vec::new() }).map_err(Bad::code))
    }
}

/// An error code of the provider's, in the letters that RFC 6749 allows and people see.
fn plain(error: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || "_-".contains(*c);
    error.chars().filter(allowed).take(64).collect()
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// `target` with the error in its query; a path stays a path.
fn with_error(target: &str, bad: &Bad) -> String {
    let pairs = [("error", Some(&bad.code)), ("error_description", bad.description.as_ref())];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
    if let Ok(mut url) = Url::parse(target) {
        url.query_pairs_mut().extend_pairs(pairs);
        return url.into();
    }
    let (path, fragment) = target.split_once('#').map_or((target, None), |(path, fragment)| (path, Some(fragment)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let separator = if path.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{path}{separator}{query}{fragment}")
}

fn found(target: &str, cookies: &[String]) -> Response {
    let Ok(location) = HeaderValue::from_str(target) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    cookie::append(response.headers_mut(), cookies.iter().cloned());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_joins_the_query_before_the_fragment() {
        let bad = Bad::described("a", "b c");
        assert_eq!(with_error("/x", &bad), "/x?error=a&error_description=b+c");
        assert_eq!(with_error("/x?y=1#z", &Bad::code("a")), "/x?y=1&error=a#z");
        assert_eq!(with_error("https://x.test/?y=1", &Bad::code("a")), "https://x.test/?y=1&error=a");
    }

    #[test]
    fn a_foreign_error_code_is_only_a_word() {
        assert_eq!(plain("access_denied"), "access_denied");
        assert_eq!(plain("<script>\r\n&x=%"), "scriptx");
    }
}
