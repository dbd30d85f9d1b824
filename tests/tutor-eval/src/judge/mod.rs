//! The measures. Nothing here uses the tutor's own way to compare texts: it does not judge itself.

pub mod answers;
mod decode;
pub mod leak;
mod lexer;
mod runs;
