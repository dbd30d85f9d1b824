//! The tutor panel: a sidebar on wide screens, a sheet on phones.
//!
//! - `chat`: what is known; `turn`: asking and following an answer; `apply`: what stream events do;
//!   `history`: one conversation's past; `listing`: all conversations
//! - `wire`: requests and streams; `page`: the lesson around the panel; `memory`: what this browser keeps;
//!   `tabs`: what other tabs do; `clock`: times in words
//! - `view`, `log`, `message`, `rating`, `threads`, `composer`, `limit`, `sheet`, `selection`, `glyph`: what is seen

mod apply;
mod chat;
mod clock;
mod composer;
mod glyph;
mod history;
mod limit;
mod listing;
mod log;
mod memory;
mod message;
mod page;
mod rating;
mod selection;
mod sheet;
mod tabs;
mod threads;
mod turn;
mod view;
mod wire;

pub use chat::LessonContext;
pub use view::TutorPanel;
