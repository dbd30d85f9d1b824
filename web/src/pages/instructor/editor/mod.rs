//! The editor of a lesson: `GET` and `POST /instructor/lessons/{lesson}`, and the same for a new one.

mod edit;
mod form;
mod make;
mod publication;
mod store;
mod view;

pub use edit::{edit, save};
pub use make::{create, new};
pub use publication::{publish, retire};
