//! The binary, called as an operator calls it.

use std::{
    io::Write,
    process::{Child, Stdio},
};

use testkit::Database;

pub(crate) const SECRET: &str = "kq0Zr4mB8xT1vN7cY3pL9sD5gH2jW6fA-auth";

/// A database of the test's own and the binary for it.
pub(crate) struct Operator {
    pub(crate) database: Database,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Operator {
    pub(crate) async fn start() -> Self {
        Self { database: Database::create().await.unwrap() }
    }

    /// Calls `intellistack` with these words, which must not ask for anything.
    pub(crate) fn call(&self, words: &str) -> Done {
        self.run(words, "", &[])
    }

    /// Calls it and wants success; gives what it printed.
    pub(crate) fn succeed(&self, words: &str) -> String {
        let done = self.call(words);
        assert_eq!(done.code, 0, "{words}: {done:?}");
        done.out
    }

    /// Calls it and wants the failure of an operation, which says why and prints no result.
    pub(crate) fn fail(&self, words: &str) -> String {
        let done = self.call(words);
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{words}: {done:?}");
        assert!(done.err.starts_with("intellistack: "), "{words}: {done:?}");
        done.err
    }

    /// With a standard input and more variables.
    pub(crate) fn run(&self, words: &str, input: &str, more: &[(&str, &str)]) -> Done {
        let mut child = self.spawn(words, more);
        // Whoever does not read it may be gone already.
        let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts it, for who wants to end it too.
    pub(crate) fn spawn(&self, words: &str, more: &[(&str, &str)]) -> Child {
        std::process::Command::new(env!("CARGO_BIN_EXE_intellistack"))
            .args(words.split_whitespace())
            .env_clear()
            .env("INTELLISTACK_ENV", "development")
            .env("DATABASE_URL", self.database.url())
            .env("AUTH_SECRET", SECRET)
            .env("RUST_LOG", "error")
            .envs(more.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The types and reasons in the event log, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let sql = "select type || coalesce(' ' || reason, '') from auth.auth_event_log
                   where user_agent = 'operator' order by at, id";
        sqlx::query_scalar(sql).fetch_all(&self.database.pool().await.unwrap()).await.unwrap()
    }
}
