//! Why the move stops.

/// Why a verb did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    /// The database is away or refuses a statement.
    #[error("the database says: {0}")]
    Database(#[from] sqlx::Error),
    /// Nothing legacy is there.
    #[error("there is no table `users` of the legacy platform in {0}: is the schema's name right (--schema)?")]
    NoSource(String),
    /// Another run holds the lock.
    #[error("another run of the migration is at work on this database; wait for it to end")]
    Busy,
    /// Addresses that several people share once they are folded, and the operator wanted to stop at those.
    #[error("{} addresses belong to several accounts once case and spelling are folded; nothing was written:\n{}",
            .0.len(), .0.join("\n"))]
    Collisions(Vec<String>),
    /// A run was made from somewhere else, or with another decision.
    #[error("a migration from {known} was begun here; this one is from {asked}: finish that one, or roll it back")]
    OtherRun {
        /// What the first run read.
        known: String,
        /// What this one would read.
        asked: String,
    },
    /// No run was made.
    #[error("nothing was migrated into this database yet")]
    NoRun,
    /// A provider's token could not be sealed.
    #[error("a provider's token cannot be sealed: {0}")]
    Seal(#[from] auth_server::keys::seal::SealError),
    /// A file or a program.
    #[error("{0}")]
    Io(String),
}
