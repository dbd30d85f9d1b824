//! OAuth clients, from the command line.

use auth_server::{
    oidc::clients::{
        Client,
        metadata::ClientMetadata,
        registrar::{ClientError, Reach, Registrar},
        store,
    },
    request::Caller,
};
use clap::{Args, Subcommand};
use service::{Common, Mode, database};
use sqlx::PgPool;

/// What can be done with clients.
#[derive(Subcommand)]
pub enum Verb {
    /// Register a client; prints its secret, once.
    Create {
        /// The name that people see.
        name: String,
        #[command(flatten)]
        metadata: Metadata,
    },
    /// All clients, newest first.
    List,
    /// Everything about one, except its secret, which nobody can tell.
    Show {
        /// Which.
        client_id: String,
    },
    /// Change a client. Options that are left out stay; '' takes a value away.
    Update {
        /// Which.
        client_id: String,
        /// The name that people see.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        metadata: Metadata,
        /// Switch it on again.
        #[arg(long)]
        enable: bool,
    },
    /// Another secret, printed once; the old one ends at once.
    RotateSecret {
        /// Which.
        client_id: String,
    },
    /// Switch a client off: what it was given ends.
    Disable {
        /// Which.
        client_id: String,
    },
    /// Remove a client, what it was given and what people allowed it.
    Delete {
        /// Which.
        client_id: String,
    },
}

/// What a registration says (RFC 7591).
#[derive(Args)]
pub struct Metadata {
    /// Where codes may be sent; several times for several.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people may be sent after a sign-out; several times for several.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// What it may ask for: openid profile email offline_access api admin.
    #[arg(long)]
    scope: Option<String>,
    /// client_secret_basic, client_secret_post or none.
    #[arg(long)]
    auth_method: Option<String>,
    /// web or native.
    #[arg(long)]
    application_type: Option<String>,
    /// Its home page.
    #[arg(long)]
    client_uri: Option<String>,
    /// Its logo.
    #[arg(long)]
    logo_uri: Option<String>,
    /// Its terms of service.
    #[arg(long)]
    tos_uri: Option<String>,
    /// Its privacy policy.
    #[arg(long)]
    policy_uri: Option<String>,
    /// Who answers for it; several times for several.
    #[arg(long = "contact")]
    contacts: Vec<String>,
    /// Where it hears that a session ended.
    #[arg(long)]
    backchannel_logout_uri: Option<String>,
    /// Whether it needs to hear which session.
    #[arg(long)]
    backchannel_logout_session_required: Option<bool>,
    /// Whether nobody is asked for consent: for applications of your own.
    #[arg(long)]
    skip_consent: Option<bool>,
    /// Whether requests must carry PKCE; false is for certification suites alone.
    #[arg(long)]
    require_pkce: Option<bool>,
}

impl Metadata {
    fn into_registration(self, name: Option<String>) -> ClientMetadata {
        let given = |list: Vec<String>| {
            let named = list.iter().any(|item| !item.is_empty());
            (!list.is_empty()).then(|| if named { list } else { Vec::new() })
        };
        ClientMetadata {
            client_name: name,
            redirect_uris: given(self.redirect_uris),
            post_logout_redirect_uris: given(self.post_logout_redirect_uris),
            scope: self.scope,
            token_endpoint_auth_method: self.auth_method,
            application_type: self.application_type,
            client_uri: self.client_uri,
            logo_uri: self.logo_uri,
            tos_uri: self.tos_uri,
            policy_uri: self.policy_uri,
            contacts: given(self.contacts),
            backchannel_logout_uri: self.backchannel_logout_uri,
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            skip_consent: self.skip_consent,
            require_pkce: self.require_pkce,
            ..ClientMetadata::default()
        }
    }
}

/// Runs one of them.
pub async fn run(verb: Verb) -> anyhow::Result<()> {
    let (common, web_client) = configuration()?;
    database::check_schema(&common.database_direct_url).await?;
    let pool = database::connect(&common.database_url, "intellistack_auth", 2).await?;
    let caller = Caller { ip_address: String::new(), user_agent: "operator".to_owned() };
    let registrar = Registrar {
        pool: &pool,
        caller: &caller,
        actor: None,
        reach: Reach::All,
        development: common.mode == Mode::Development,
        configured: &web_client,
    };
    act(verb, &registrar).await
}

fn configuration() -> anyhow::Result<(Common, String)> {
    let mut env = service::Env::from_process();
    let common = Common::read(&mut env);
    let web_client = env.get("WEB_CLIENT_ID").unwrap_or("web").to_owned();
    Ok((env.finish(common)?, web_client))
}

async fn act(verb: Verb, registrar: &Registrar<'_>) -> anyhow::Result<()> {
    match verb {
        Verb::Create { name, metadata } => {
            let (client, secret) = registrar.create(&metadata.into_registration(Some(name))).await?;
            println!("client_id      {}", client.client_id);
            match secret {
                Some(secret) => {
                    println!("client_secret  {secret}\nKeep the secret now: it is not stored and not shown again.")
                }
                None => println!("A public client: it has no secret."),
            }
        }
        Verb::List => list(registrar.pool).await?,
        Verb::Show { client_id } => {
            let client = store::find_any(registrar.pool, &client_id).await?.ok_or(ClientError::NotFound)?;
            show(&client);
        }
        Verb::Update { client_id, name, metadata, enable } => {
            let mut registration = metadata.into_registration(name);
            registration.disabled = enable.then_some(false);
            show(&registrar.update(&client_id, &registration).await?);
        }
        Verb::RotateSecret { client_id } => {
            let (_, secret) = registrar.rotate_secret(&client_id).await?;
            println!(
                "client_secret  {secret}\nThe old secret counts no more. Keep this one now: it is not shown again."
            );
        }
        Verb::Disable { client_id } => {
            let off = ClientMetadata { disabled: Some(true), ..ClientMetadata::default() };
            registrar.update(&client_id, &off).await?;
            println!("{client_id} is off");
        }
        Verb::Delete { client_id } => {
            registrar.delete(&client_id).await?;
            println!("{client_id} is deleted");
        }
    }
    Ok(())
}

async fn list(pool: &PgPool) -> anyhow::Result<()> {
    for client in store::list(pool, None).await? {
        let off = if client.disabled { "  disabled" } else { "" };
        println!("{:<34} {:<20} {}{off}", client.client_id, client.auth_method.as_str(), client.name);
    }
    Ok(())
}

fn show(client: &Client) {
    let lines = [
        ("client_id", client.client_id.clone()),
        ("client_name", client.name.clone()),
        ("token_endpoint_auth_method", client.auth_method.as_str().to_owned()),
        ("application_type", client.application_type.as_str().to_owned()),
        ("redirect_uris", client.redirect_uris.join(" ")),
        ("post_logout_redirect_uris", client.post_logout_redirect_uris.join(" ")),
        ("scope", client.scopes.to_string()),
        ("client_uri", client.client_uri.clone().unwrap_or_default()),
        ("logo_uri", client.logo_uri.clone().unwrap_or_default()),
        ("tos_uri", client.tos_uri.clone().unwrap_or_default()),
        ("policy_uri", client.policy_uri.clone().unwrap_or_default()),
        ("contacts", client.contacts.join(", ")),
        ("backchannel_logout_uri", client.backchannel_logout_uri.clone().unwrap_or_default()),
        ("backchannel_logout_session_required", client.backchannel_logout_session_required.to_string()),
        ("skip_consent", client.skip_consent.to_string()),
        ("require_pkce", client.require_pkce.to_string()),
        ("disabled", client.disabled.to_string()),
    ];
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        println!("{name:<36}{value}");
    }
}
