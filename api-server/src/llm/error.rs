//! Why a model gave no answer, or none to its end.

use std::time::Duration;

use http::StatusCode;

/// Why a model gave no answer, or none to its end. Never holds what the provider wrote: providers repeat keys and
/// prompts in their errors, and these lines go to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It failed too often in a row and is left alone for a while.
    #[error("the model failed repeatedly and is not asked for now")]
    Resting,
    /// No connection, or none in time.
    #[error("no connection to the model")]
    Unreachable,
    /// An answer other than 200.
    #[error("the model's provider answered {status}")]
    Refused {
        /// The answer's status.
        status: StatusCode,
        /// Its Retry-After, where that was a number of seconds.
        retry_after: Option<Duration>,
    },
    /// No word within the time for first words.
    #[error("the model said nothing within {} s", .0.as_secs_f32())]
    Silent(Duration),
    /// A pause within the answer that is too long.
    #[error("the model fell silent for {} s", .0.as_secs_f32())]
    Stalled(Duration),
    /// The whole answer takes too long.
    #[error("the model was not done after {} s", .0.as_secs_f32())]
    Endless(Duration),
    /// The connection broke in mid-answer.
    #[error("the connection to the model broke")]
    Cut,
    /// What came was not the protocol.
    #[error("the model's provider does not speak the chat protocol")]
    Garbled,
    /// It ended without a word.
    #[error("the model's answer was empty")]
    Empty,
}

impl ModelError {
    /// Whether the same question may be asked again at once.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable | Self::Cut | Self::Empty => true,
            Self::Refused { status, .. } => {
                status.is_server_error()
                    || matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
            }
            _ => false,
        }
    }

    /// Whether it says something about the provider, and not about this one question.
    #[must_use]
    pub fn is_the_providers(&self) -> bool {
        let about_the_question =
            [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNPROCESSABLE_ENTITY];
        match self {
            Self::Refused { status, .. } => !about_the_question.contains(status),
            Self::Resting | Self::Empty => false,
            _ => true,
        }
    }

    /// What the provider asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        if let Self::Refused { retry_after, .. } = self { *retry_after } else { None }
    }

    /// A short name for metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Resting => "resting",
            Self::Unreachable => "unreachable",
            Self::Refused { .. } => "refused",
            Self::Silent(_) => "silent",
            Self::Stalled(_) => "stalled",
            Self::Endless(_) => "endless",
            Self::Cut => "cut",
            Self::Garbled => "garbled",
            Self::Empty => "empty",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> ModelError {
        ModelError::Refused { status: StatusCode::from_u16(status).unwrap_or_default(), retry_after: None }
    }

    #[test]
    fn what_passes_is_asked_again_and_what_stays_is_not() {
        assert!(refused(429).is_passing() && refused(503).is_passing() && ModelError::Unreachable.is_passing());
        assert!(!refused(401).is_passing() && !refused(404).is_passing());
    }

    #[test]
    fn a_question_that_is_too_long_says_nothing_about_the_provider() {
        assert!(!refused(400).is_the_providers() && !refused(413).is_the_providers());
        assert!(refused(401).is_the_providers() && ModelError::Stalled(Duration::ZERO).is_the_providers());
    }
}
