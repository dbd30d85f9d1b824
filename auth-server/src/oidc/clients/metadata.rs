//! What a registration says (RFC 7591 section 2), and whether it may.

use oauth::{
    ApplicationType, ErrorCode, ScopeSet,
    registration::{check_callback, check_link, check_redirect_uri},
};
use serde::Deserialize;

use super::{AuthMethod, Client};

/// Scopes of a client that names none.
pub const DEFAULT_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
/// The longest name of a client, in characters.
const MAX_NAME: usize = 100;
/// The longest contact, in characters.
const MAX_CONTACT: usize = 254;
/// The most URIs or contacts of one kind.
const MAX_ITEMS: usize = 20;

/// Members of a registration as they were sent. What is absent or null stays as it is; an empty text or list takes an
/// optional member away. Members that are not listed here are ignored, as RFC 7591 section 2 asks.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ClientMetadata {
    /// The name that people see.
    pub client_name: Option<String>,
    /// Where codes may be sent.
    pub redirect_uris: Option<Vec<String>>,
    /// Where people may be sent after a sign-out.
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// What it may ask for, separated by spaces.
    pub scope: Option<String>,
    /// client_secret_basic, client_secret_post or none.
    pub token_endpoint_auth_method: Option<String>,
    /// web or native.
    pub application_type: Option<String>,
    /// authorization_code, refresh_token.
    pub grant_types: Option<Vec<String>>,
    /// code.
    pub response_types: Option<Vec<String>>,
    /// The home page.
    pub client_uri: Option<String>,
    /// The logo.
    pub logo_uri: Option<String>,
    /// The terms of service.
    pub tos_uri: Option<String>,
    /// The privacy policy.
    pub policy_uri: Option<String>,
    /// Who answers for it.
    pub contacts: Option<Vec<String>>,
    /// Where it hears that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// Whether it needs to hear which.
    pub backchannel_logout_session_required: Option<bool>,
    /// Whether its requests must carry a PKCE challenge; for admins.
    pub require_pkce: Option<bool>,
    /// Whether nobody is asked for consent; for admins.
    pub skip_consent: Option<bool>,
    /// Whether it is switched off.
    pub disabled: Option<bool>,
}

/// A registration that cannot be (RFC 7591 section 3.2.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct Rejection {
    /// invalid_redirect_uri or invalid_client_metadata.
    pub code: ErrorCode,
    /// Words for the client's developer.
    pub description: String,
}

impl Rejection {
    fn metadata(description: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidClientMetadata, description: description.into() }
    }

    fn redirect_uri(description: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidRedirectUri, description: description.into() }
    }
}

impl ClientMetadata {
    /// Whether it asks for what only the admin API gives.
    #[must_use]
    pub fn needs_admin_api(&self) -> bool {
        let asks = |flag: Option<bool>, harmless: bool| flag.is_some_and(|flag| flag != harmless);
        let admin_scope = self.scope.as_deref().is_some_and(|scope| scope.split(' ').any(|name| name == "admin"));
        asks(self.skip_consent, false) || asks(self.require_pkce, true) || admin_scope
    }

    /// Puts it over `client`.
    ///
    /// # Errors
    /// For words that this server does not know.
    pub fn apply(&self, client: &mut Client) -> Result<(), Rejection> {
        self.check_flow()?;
        if let Some(text) = &self.application_type {
            client.application_type = match text.as_str() {
                "web" => ApplicationType::Web,
                "native" => ApplicationType::Native,
                _ => return Err(Rejection::metadata("application_type is web or native")),
            };
        }
        if let Some(text) = &self.token_endpoint_auth_method {
            client.auth_method = AuthMethod::parse(text).ok_or_else(|| {
                Rejection::metadata("token_endpoint_auth_method is client_secret_basic, client_secret_post or none")
            })?;
        }
        if let Some(text) = &self.scope {
            client.scopes = text.parse().map_err(|_| Rejection::metadata("scope is malformed"))?;
        }
        if let Some(name) = &self.client_name {
            client.name = name.trim().to_owned();
        }
        self.apply_links(client);
        set(&mut client.redirect_uris, &self.redirect_uris);
        set(&mut client.post_logout_redirect_uris, &self.post_logout_redirect_uris);
        set(&mut client.contacts, &self.contacts);
        set(&mut client.backchannel_logout_session_required, &self.backchannel_logout_session_required);
        set(&mut client.require_pkce, &self.require_pkce);
        set(&mut client.skip_consent, &self.skip_consent);
        set(&mut client.disabled, &self.disabled);
        Ok(())
    }

    fn apply_links(&self, client: &mut Client) {
        for (sent, held) in [
            (&self.client_uri, &mut client.client_uri),
            (&self.logo_uri, &mut client.logo_uri),
            (&self.tos_uri, &mut client.tos_uri),
            (&self.policy_uri, &mut client.policy_uri),
            (&self.backchannel_logout_uri, &mut client.backchannel_logout_uri),
        ] {
            if let Some(text) = sent {
                *held = (!text.is_empty()).then(|| text.clone());
            }
        }
    }

    /// There is one flow here; a client that registers for another shall hear it now, not at its first request.
    fn check_flow(&self) -> Result<(), Rejection> {
        if let Some(types) = &self.grant_types {
            let known = types.iter().all(|name| name == "authorization_code" || name == "refresh_token");
            if !known || !types.iter().any(|name| name == "authorization_code") {
                return Err(Rejection::metadata("grant_types are authorization_code and, if wanted, refresh_token"));
            }
        }
        match &self.response_types {
            Some(types) if types.as_slice() != ["code"] => Err(Rejection::metadata("response_types is code alone")),
            _ => Ok(()),
        }
    }
}

fn set<T: Clone>(held: &mut T, sent: &Option<T>) {
    if let Some(sent) = sent {
        held.clone_from(sent);
    }
}

/// Whether `client` may be registered as it stands. `development` lets loopback in.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(client: &Client, development: bool) -> Result<(), Rejection> {
    check_redirects(client, development)?;
    check_scopes(&client.scopes)?;
    check_texts(client)?;
    check_links(client, development)
}

fn check_redirects(client: &Client, development: bool) -> Result<(), Rejection> {
    if client.redirect_uris.is_empty() {
        return Err(Rejection::redirect_uri("redirect_uris is required"));
    }
    for (name, uris) in
        [("redirect_uris", &client.redirect_uris), ("post_logout_redirect_uris", &client.post_logout_redirect_uris)]
    {
        if uris.len() > MAX_ITEMS {
            return Err(Rejection::redirect_uri(format!("{name}: at most {MAX_ITEMS}")));
        }
        for uri in uris {
            check_redirect_uri(uri, client.application_type, development)
                .map_err(|why| Rejection::redirect_uri(format!("{name}: {why}")))?;
        }
    }
    Ok(())
}

fn check_scopes(scopes: &ScopeSet) -> Result<(), Rejection> {
    if scopes.is_empty() {
        return Err(Rejection::metadata("scope names nothing"));
    }
    match scopes.names().iter().find(|name| !oauth::scope::SUPPORTED.contains(&name.as_str())) {
        Some(_) => Err(Rejection::metadata(format!("scope: known are {}", oauth::scope::SUPPORTED.join(" ")))),
        None => Ok(()),
    }
}

fn check_texts(client: &Client) -> Result<(), Rejection> {
    let length = client.name.chars().count();
    if length == 0 || length > MAX_NAME || !is_plain(&client.name) {
        return Err(Rejection::metadata(format!("client_name is plain text of 1 to {MAX_NAME} characters")));
    }
    let contact_is_fine = |text: &String| !text.is_empty() && text.chars().count() <= MAX_CONTACT && is_plain(text);
    if client.contacts.len() > MAX_ITEMS || !client.contacts.iter().all(contact_is_fine) {
        return Err(Rejection::metadata(format!(
            "contacts: at most {MAX_ITEMS}, each plain text of 1 to {MAX_CONTACT} characters"
        )));
    }
    Ok(())
}

/// No control characters, and none that turn the direction of what follows or hide: a name stands in sentences of ours
/// on the consent page and must not rewrite them.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    })
}

fn check_links(client: &Client, development: bool) -> Result<(), Rejection> {
    for (name, link) in [
        ("client_uri", &client.client_uri),
        ("logo_uri", &client.logo_uri),
        ("tos_uri", &client.tos_uri),
        ("policy_uri", &client.policy_uri),
    ] {
        if let Some(link) = link {
            check_link(link, development).map_err(|why| Rejection::metadata(format!("{name}: {why}")))?;
        }
    }
    let Some(uri) = &client.backchannel_logout_uri else { return Ok(()) };
    // Back-Channel Logout 1.0 section 2.2.
    if uri.contains('#') {
        return Err(Rejection::metadata("backchannel_logout_uri has no fragment"));
    }
    check_callback(uri, development).map_err(|why| Rejection::metadata(format!("backchannel_logout_uri: {why}")))
}
