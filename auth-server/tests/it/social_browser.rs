//! A server with both fake providers, and a browser that goes through a social sign-in step by step.

use reqwest::Response;
use serde_json::{Value, json};
use testkit::identity::{CLIENT_ID, CLIENT_SECRET, FakeGitHub, FakeGoogle};

use crate::server::{Server, location, query, session_cookie};

/// The server and its providers.
pub struct Social {
    pub server: Server,
    pub google: FakeGoogle,
    pub github: FakeGitHub,
}

/// A journey that has come back from the provider, before the server has heard of it.
pub struct Returned {
    /// Path and query of the callback.
    pub callback: String,
    /// `name=value` of the state cookie.
    pub state_cookie: String,
}

impl Social {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub async fn start_with(more: &[(&str, &str)]) -> Self {
        let google = FakeGoogle::start().await.unwrap();
        let github = FakeGitHub::start().await.unwrap();
        let api = format!("{}/api", github.url);
        let mut variables = vec![
            ("GOOGLE_CLIENT_ID", CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", CLIENT_SECRET),
            ("GOOGLE_ISSUER_URL", &google.url),
            ("GITHUB_CLIENT_ID", CLIENT_ID),
            ("GITHUB_CLIENT_SECRET", CLIENT_SECRET),
            ("GITHUB_URL", &github.url),
            ("GITHUB_API_URL", &api),
        ];
        variables.extend(more);
        let server = Server::start_with(&variables).await;
        Self { server, google, github }
    }

    /// Begins by the account API; gives the provider's address and the state cookie.
    pub async fn begin(&self, path: &str, cookie: Option<&str>, body: Value) -> (String, String) {
        let response = self.server.api(path, cookie, body).await;
        assert_eq!(response.status(), 200);
        let state = state_cookie(&response).unwrap();
        (response.json::<Value>().await.unwrap()["url"].as_str().unwrap().to_owned(), state)
    }

    /// At the provider, which sends the browser back at once.
    pub async fn at_provider(&self, url: &str) -> String {
        let response = self.server.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 302, "the provider refuses {url}");
        location(&response).strip_prefix(&self.server.url).unwrap().to_owned()
    }

    /// To the provider and back.
    pub async fn go(&self, path: &str, cookie: Option<&str>, body: Value) -> Returned {
        let (url, state_cookie) = self.begin(path, cookie, body).await;
        Returned { callback: self.at_provider(&url).await, state_cookie }
    }

    /// To the provider and back, signing in; targets that tests can tell apart.
    pub async fn go_sign_in(&self, provider: &str) -> Returned {
        self.go("/sign-in/social", None, wish(provider)).await
    }

    /// The callback, with a session cookie if there is one.
    pub async fn arrive(&self, returned: &Returned, session: Option<&str>) -> Response {
        let cookies = [Some(returned.state_cookie.as_str()), session];
        let cookies = cookies.into_iter().flatten().collect::<Vec<_>>().join("; ");
        self.server.get(&returned.callback).header("cookie", cookies).send().await.unwrap()
    }

    /// A whole sign-in: where it leads, and the session cookie if it succeeds.
    pub async fn sign_in(&self, provider: &str) -> (String, Option<String>) {
        let response = self.arrive(&self.go_sign_in(provider).await, None).await;
        assert_eq!(response.status(), 302);
        (location(&response), session_cookie(&response))
    }

    /// A whole linking: where it leads.
    pub async fn link(&self, provider: &str, session: &str) -> String {
        let returned = self.go("/link-social", Some(session), wish(provider)).await;
        let response = self.arrive(&returned, Some(session)).await;
        assert_eq!((response.status().as_u16(), session_cookie(&response)), (302, None));
        location(&response)
    }

    /// Who is signed in with this cookie.
    pub async fn user(&self, cookie: &str) -> Value {
        let response = self.server.api_get("/get-session", Some(cookie)).await;
        response.json::<Value>().await.unwrap()["user"].clone()
    }

    /// The reasons and types of all events, oldest first.
    pub async fn events(&self) -> Vec<String> {
        let sql = "select type || coalesce(' ' || reason, '') || coalesce(' ' || (details->>'provider'), '')
                   from auth.auth_event_log where user_agent <> 'start' order by at, id";
        sqlx::query_scalar(sql).fetch_all(&self.server.pool).await.unwrap()
    }
}

/// A body with targets that tests can tell apart.
pub fn wish(provider: &str) -> Value {
    json!({"provider": provider, "callbackURL": "/in", "errorCallbackURL": "/oops?a=1", "newUserCallbackURL": "/new"})
}

/// The error in a location.
pub fn error(location: &str) -> Option<String> {
    query(location, "error")
}

/// `name=value` of the state cookie that a response sets.
pub fn state_cookie(response: &Response) -> Option<String> {
    let lines = response.headers().get_all("set-cookie").into_iter().filter_map(|line| line.to_str().ok());
    let line = lines.map(str::to_owned).find(|line| line.starts_with("better-auth.state="))?;
    line.split(';').next().map(str::to_owned)
}
