//! Clients as JSON (RFC 7591 section 3.2.1). Empty members are left out.

use serde::Serialize;
use uuid::Uuid;

use super::Client;

/// A client as its owner and admins see it.
#[derive(Debug, Serialize)]
pub struct ClientInformation {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u8>,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<Uuid>,
    scope: String,
    redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    post_logout_redirect_uris: Vec<String>,
    token_endpoint_auth_method: &'static str,
    grant_types: Vec<&'static str>,
    response_types: [&'static str; 1],
    application_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_session_required: Option<bool>,
    require_pkce: bool,
    skip_consent: bool,
    disabled: bool,
    dpop_bound_access_tokens: bool,
    #[serde(flatten)]
    public: PublicInformation,
}

/// What a consent page tells about a client.
#[derive(Debug, Serialize)]
pub struct PublicInformation {
    client_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_uri: Option<String>,
}

impl From<&Client> for PublicInformation {
    fn from(client: &Client) -> Self {
        Self {
            client_name: client.name.clone(),
            client_uri: client.client_uri.clone(),
            logo_uri: client.logo_uri.clone(),
            contacts: client.contacts.clone(),
            tos_uri: client.tos_uri.clone(),
            policy_uri: client.policy_uri.clone(),
        }
    }
}

impl ClientInformation {
    /// Without the secret: nothing that is stored can tell it.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        let refreshes = client.scopes.contains("offline_access");
        let hears_logouts = client.backchannel_logout_uri.is_some();
        Self {
            client_id: client.client_id.clone(),
            client_secret: None,
            client_secret_expires_at: None,
            client_id_issued_at: client.created_at.timestamp(),
            user_id: client.owner,
            scope: client.scopes.to_string(),
            redirect_uris: client.redirect_uris.clone(),
            post_logout_redirect_uris: client.post_logout_redirect_uris.clone(),
            token_endpoint_auth_method: client.auth_method.as_str(),
            grant_types: ["authorization_code"].into_iter().chain(refreshes.then_some("refresh_token")).collect(),
            response_types: ["code"],
            application_type: client.application_type.as_str(),
            backchannel_logout_uri: client.backchannel_logout_uri.clone(),
            backchannel_logout_session_required: hears_logouts.then_some(client.backchannel_logout_session_required),
            require_pkce: client.require_pkce,
            skip_consent: client.skip_consent,
            disabled: client.disabled,
            dpop_bound_access_tokens: false,
            public: PublicInformation::from(client),
        }
    }

    /// With the secret, at the one moment when there is one to show. It does not expire.
    #[must_use]
    pub fn with_secret(client: &Client, secret: Option<String>) -> Self {
        let client_secret_expires_at = secret.is_some().then_some(0);
        Self { client_secret: secret, client_secret_expires_at, ..Self::of(client) }
    }
}
