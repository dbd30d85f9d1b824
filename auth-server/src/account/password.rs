//! Password hashes: Argon2id (19 MiB, 2 passes, 1 lane), on blocking threads, a few at a time.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use super::policy::normalise;

/// Why a password could not be hashed. A wrong password is no error.
#[derive(Debug, thiserror::Error)]
#[error("hashing a password failed: {0}")]
pub struct HashError(String);

/// Hashes and verifies passwords.
///
/// A hash takes 19 MiB and tens of milliseconds of a core, so no more run at once than there are cores; callers must
/// hold no database connection while they wait.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    nobody: Arc<str>,
}

impl Passwords {
    /// Ready to hash; makes the hash that unknown addresses are verified against.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self, HashError> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let nobody = hash_now("nobody has this password")?;
        Ok(Self { turns: Arc::new(Semaphore::new(cores)), nobody: nobody.into() })
    }

    /// The PHC string of `password`.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = normalise(password);
        self.in_turn(move || hash_now(&password)).await?
    }

    /// Whether `password` is the one behind `hash`. Without a hash the same work is done, and the answer is no, so
    /// that time does not tell whether an account exists.
    ///
    /// # Errors
    /// When the hashing thread died.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashError> {
        let password = normalise(password);
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let fits = self.in_turn(move || verify_now(&password, &hash)).await?;
        Ok(fits && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| HashError(error.to_string()))?;
        let job = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a caller that goes away must not let one more run.
            let _turn = turn;
            work()
        });
        job.await.map_err(|error| HashError(error.to_string()))
    }
}

fn argon2id() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, HashError> {
    let hash: PasswordHash =
        argon2id()?.hash_password(password.as_bytes()).map_err(|error| HashError(error.to_string()))?;
    Ok(hash.to_string())
}

fn verify_now(password: &str, hash: &str) -> bool {
    // The parameters are those in the hash, so that older hashes go on when ours change.
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("Correct-Horse-7").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("Correct-Horse-7", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct-horse-7", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("nobody has this password", None).await.unwrap());
    }

    #[tokio::test]
    async fn spellings_that_look_alike_are_one_password() {
        let passwords = Passwords::new().unwrap();
        let composed = passwords.hash("Pässwörter-2026").await.unwrap();
        assert!(passwords.verify("Pa\u{308}sswo\u{308}rter-2026", Some(&composed)).await.unwrap());
    }
}
