//! Exercises of a lesson: task, ladder of hints, solution. They are not versioned: a change holds at once.

mod edit;
mod form;
mod list;
mod make;
mod view;

pub use edit::{edit, retire, save};
pub use list::list;
pub use make::{create, new};
