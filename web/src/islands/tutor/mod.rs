//! The tutor panel: a sidebar on wide screens, a sheet on phones.
//!
//! - `chat`: what is known and what can be done; `apply`: what stream events do to it;
//!   `history`: earlier conversations
//! - `wire`: requests and streams; `page`: the lesson around the panel
//! - `view`, `log`, `threads`, `composer`: what is seen

mod apply;
mod chat;
mod composer;
mod history;
mod log;
mod page;
mod selection;
mod threads;
mod view;
mod wire;

pub use chat::LessonContext;
pub use view::TutorPanel;
