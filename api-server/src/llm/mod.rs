//! The model that puts the tutor's answers into words: any chat API that speaks OpenAI's protocol.
//!
//! [`Model::open`] asks and comes back with the first words, after retries if need be, or with an error: then nothing
//! was said and the built-in guide answers. [`Answer::next`] gives the rest. Dropping an [`Answer`] closes the
//! connection to the provider.

mod backoff;
mod breaker;
pub mod config;
mod error;
mod model;
mod openai;

use futures_util::{future::BoxFuture, stream::BoxStream};
use tutor::prompt::Prompt;

pub use config::{ModelConfig, Patience};
pub use error::ModelError;
pub use model::{Answer, Model};

/// What the provider counted for one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens read.
    pub prompt: u32,
    /// Tokens written.
    pub completion: u32,
}

/// One thing that a provider says in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// More text; empty for a sign of life.
    Text(String),
    /// The answer is complete.
    Finished,
    /// What it cost; comes last, if at all.
    Tokens(Tokens),
}

/// What a provider says, as it says it. Dropping it ends the request.
pub type Words = BoxStream<'static, Result<Said, ModelError>>;

/// Where answers come from. The product speaks HTTP; a benchmark puts a provider of its own in this place.
pub trait Provider: Send + Sync {
    /// Asks once. Waiting, trying again and giving up are the [`Model`]'s business.
    fn ask(&self, prompt: &Prompt) -> BoxFuture<'static, Result<Words, ModelError>>;
}
