//! An auth-server on a test's database.

use service::Env;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::world::{SECRET, World};

/// A running server; it ends with this value.
pub struct Server {
    pub url: Url,
    stop: CancellationToken,
    _mail: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Server {
    pub async fn start(world: &World) -> Self {
        let mail = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let directory = mail.path().display().to_string();
        let mut env = Env::from_pairs([
            ("INTELLISTACK_ENV", "development"),
            ("DATABASE_URL", &world.url),
            ("AUTH_URL", &url),
            ("WEB_URL", "http://localhost:3000"),
            ("AUTH_SECRET", SECRET),
            ("WEB_CLIENT_SECRET", "Vn5tQ2xB9rL4kP7wZ1mC8dF3hJ6gS0yT-web"),
            ("MAIL_DIR", &directory),
        ]);
        let config = auth_server::Config::read(&mut env);
        let stop = CancellationToken::new();
        let router = auth_server::app(env.finish(config).unwrap(), stop.clone()).await.unwrap();
        tokio::spawn(service::serve::run(listener, router, stop.clone()));
        Self { url: url.parse().unwrap(), stop, _mail: mail }
    }
}
