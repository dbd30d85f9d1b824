//! The pages. A handler loads its data through the API, then renders a component tree once.

pub mod dashboard;
pub mod exercise;
mod exercise_view;
pub mod landing;
pub mod lesson;
mod lesson_view;
pub mod message;
mod nav;
mod outline;
mod shell;
pub mod stage;
pub mod threads;

pub use nav::PressForm;
pub use shell::{Meta, Shell};
