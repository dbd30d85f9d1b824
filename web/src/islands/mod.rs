//! The parts of a page that live in the browser. They are rendered by the server like everything else and come to
//! life when their code has arrived.

mod tutor;

pub use tutor::{LessonContext, TutorPanel};
