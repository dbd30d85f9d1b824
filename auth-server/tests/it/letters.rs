//! The mails that a server wrote, as files.

use std::time::Duration;

use crate::server::Server;

/// The mails to `address`, oldest first, once there are `count` of them.
pub async fn mails_to(server: &Server, address: &str, count: usize) -> Vec<String> {
    let wanted = format!("To: {address}");
    for _ in 0..100 {
        let mails: Vec<String> = all(server).into_iter().filter(|mail| mail.contains(&wanted)).collect();
        if mails.len() >= count {
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} mails to {address} did not come");
}

/// All mails there are, oldest first.
pub fn all(server: &Server) -> Vec<String> {
    let paths = std::fs::read_dir(server.mail.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "eml")).collect();
    paths.sort();
    // Quoted-printable: soft line breaks and encoded equals signs.
    let read = |path| std::fs::read_to_string(path).unwrap().replace("=\r\n", "").replace("=3D", "=");
    paths.into_iter().map(read).collect()
}

/// Path and query of the link in a mail.
pub fn link(server: &Server, mail: &str) -> String {
    let start = mail.find(&server.url).unwrap() + server.url.len();
    mail[start..].split(['\r', '\n', ' ', '"']).next().unwrap().to_owned()
}
