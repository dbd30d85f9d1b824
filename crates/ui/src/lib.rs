//! Design tokens and Leptos components that the site and the account pages share.
//!
//! A page is a component tree rendered once to a string: [`render`] around a [`Document`]. The style sheet is
//! [`STYLE`]; a service serves it at [`style_path`], whose name changes with its content, so it may be cached for ever.
//! Nothing here needs a script, an inline style or a request to another host, so a page made of it runs under
//! `default-src 'none'; style-src 'self'; img-src 'self' data:`.
//!
//! ```
//! use leptos::prelude::*;
//! use ui::{Document, Notice, Tone};
//!
//! let html = ui::render(|| view! {
//!     <Document title="Check your mail" narrow=true>
//!         <h1>"Check your mail"</h1>
//!         <Notice tone=Tone::Info>"We sent you a link."</Notice>
//!     </Document>
//! });
//! assert!(html.starts_with("<!DOCTYPE html>"));
//! ```

mod button;
pub mod device;
mod document;
mod feedback;
mod field;
mod icon;
mod reference;
mod render;
mod style;

pub use button::{Button, ButtonKind, ButtonLink};
pub use document::{Brand, Document};
pub use feedback::{Badge, Card, Notice, Progress, Tone};
pub use field::{Field, FieldText};
pub use icon::{Glyph, Icon, MARK_SVG, Mark};
pub use reference::reference;
pub use render::render;
pub use style::{STYLE, hashed_name, style_path};
