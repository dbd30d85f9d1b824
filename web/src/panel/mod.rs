//! The tutor panel's endpoint. It speaks ChatKit like api-server does, but answers reach the panel as safe HTML
//! blocks, so that the browser needs no Markdown parser and cannot be talked into unsafe HTML.
//!
//! Additions to ChatKit: the event `panel.blocks` `{item_id, from, html}` (replace the blocks from `from` on), and the
//! member `html` on assistant messages.

mod cite;
mod endpoint;
mod items;
mod translate;

pub use endpoint::{chatkit, events, not_allowed, nothing};
pub(crate) use items::add_html;
