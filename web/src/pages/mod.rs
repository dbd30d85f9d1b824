//! The pages. A handler loads its data through the API, then renders a component tree once.

pub mod account;
pub mod admin;
mod chart;
pub mod conversation;
pub mod courses;
pub mod dashboard;
mod day;
pub mod exercise;
mod exercise_view;
pub mod instructor;
pub mod landing;
pub mod leaving;
pub mod lesson;
mod lesson_view;
pub mod message;
mod moment;
mod nav;
pub mod offline;
mod outline;
mod period;
mod shell;
pub mod stage;
mod text_area;
pub mod threads;

pub use nav::PressForm;
pub use shell::{Meta, Part, Shell};
