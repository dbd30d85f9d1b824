//! How a course is learned, without who: counts, passages, exercises, and questions that several students ask alike.
//!
//! Nothing here carries a person's id. Numbers of people are told from three on, and a question's words only as far
//! as three students used them ([`alike`]), with names, addresses, numbers and links taken out ([`scrub`]).

mod alike;
mod asked;
pub mod endpoint;
mod period;
mod scrub;
mod store;

/// So many students must stand behind a number of people, or behind a word.
const ENOUGH: usize = 3;
