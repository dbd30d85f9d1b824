//! One answer: gather what the policy may know, let it decide, let the model or the guide write.

pub mod about;
pub mod citation;
pub mod course;
pub mod page;
pub mod turn;
pub mod voice;
