//! Hashing and verifying passwords without being in anybody's way.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sqlx::PgPool;

use super::{hash, hash_threads::HashThreads};

/// Why a password could not be hashed. A wrong password is no error.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// More passwords wait than can be hashed in a few seconds.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// No randomness, no thread.
    #[error("hashing a password failed: {0}")]
    Failed(String),
}

/// How long the answer whether legacy hashes are left is believed.
const LEGACY_RECHECK: Duration = Duration::from_secs(60);

/// Hashes and verifies passwords.
///
/// A hash takes 19 MiB and tens of milliseconds of a core, so no more run at once than there are cores; callers must
/// hold no database connection while they wait.
#[derive(Clone)]
pub struct Passwords {
    threads: Arc<HashThreads>,
    legacy: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl Passwords {
    /// Ready to hash.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new() -> Result<Self, HashError> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self { threads: Arc::new(HashThreads::start(cores)?), legacy: Arc::default() })
    }

    /// The PHC string of `password`.
    ///
    /// # Errors
    /// When too many wait, or the system has no randomness.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = password.to_owned();
        self.threads.run(move |memory| hash::hash(memory, &password)).await?
    }

    /// Whether `password` is the one behind `hash`. Without a hash the same work is done, and the answer is no, so
    /// that time does not tell whether an account exists.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashError> {
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(hash::NOBODY).to_owned());
        let fits = self.threads.run(move |memory| hash::fits(memory, &password, &hash)).await?;
        Ok(fits && known)
    }

    /// A new hash of a password that fits `hash`, if that one is of another kind or cost than new ones are. `None` also
    /// when it cannot be made now: that must keep nobody out.
    pub async fn renewed(&self, password: &str, hash: &str) -> Option<String> {
        if !hash::is_outdated(hash) {
            return None;
        }
        self.hash(password).await.inspect_err(|error| tracing::warn!(%error, "an old hash stays for now")).ok()
    }

    /// Whether any hash of the legacy platform is left, as of the last minute. Those take another time to verify, which
    /// would tell who has one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn legacy_left(&self, pool: &PgPool) -> Result<bool, sqlx::Error> {
        let known = *self.legacy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, left)) = known.filter(|(at, _)| at.elapsed() < LEGACY_RECHECK) {
            return Ok(left);
        }
        let left = sqlx::query_scalar!(
            r#"select exists (select from auth.account where password not like '$argon2%') as "left!""#
        )
        .fetch_one(pool)
        .await?;
        *self.legacy.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), left));
        Ok(left)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("Correct-Horse-7").await.unwrap();
        assert!(passwords.verify("Correct-Horse-7", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct-horse-7", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("nobody has this password", None).await.unwrap());
        assert_eq!(passwords.renewed("Correct-Horse-7", &hash).await, None);
    }

    #[tokio::test]
    async fn spellings_that_look_alike_are_one_password() {
        let passwords = Passwords::new().unwrap();
        let composed = passwords.hash("Pässwörter-2026").await.unwrap();
        assert!(passwords.verify("Pa\u{308}sswo\u{308}rter-2026", Some(&composed)).await.unwrap());
    }
}
