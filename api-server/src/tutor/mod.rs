//! One answer: gather what the policy may know, let it decide, let the guide write.

pub mod about;
pub mod citation;
pub mod course;
pub mod page;
pub mod turn;
