//! Icons and the mark, drawn inline so that a page needs no other file. Icons are decoration: the words beside them
//! carry the meaning.

use leptos::prelude::*;

/// The icons there are, on a 24 by 24 grid with a 1.75 stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Arrow to the left.
    ArrowLeft,
    /// Arrow to the right.
    ArrowRight,
    /// A triangle with an exclamation mark.
    Alert,
    /// A tick.
    Check,
    /// A tick in a circle.
    CheckCircle,
    /// A clock.
    Clock,
    /// An i in a circle.
    Info,
    /// A padlock.
    Lock,
    /// An envelope.
    Mail,
    /// A crossed-out cloud: no connection.
    Offline,
    /// A speech bubble.
    Chat,
    /// A head and shoulders.
    Person,
    /// A door with an arrow out of it.
    SignOut,
    /// A half-filled circle: the theme.
    Theme,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::ArrowLeft => "M19 12H5m6-6-6 6 6 6",
            Self::ArrowRight => "M5 12h14m-6-6 6 6-6 6",
            Self::Alert => "M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.5v.1",
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::CheckCircle => "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Zm-13 .3 2.8 2.8 5.2-5.4",
            Self::Clock => "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Zm-9-5v5l3.2 2",
            Self::Info => "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Zm-9-.5V16m0-8.2v.1",
            Self::Lock => "M6 11h12v9H6v-9Zm2.5 0V8a3.5 3.5 0 0 1 7 0v3",
            Self::Mail => "M3.5 6h17v12h-17V6Zm0 1 8.5 6.5L20.5 7",
            Self::Offline => {
                "M7 18h10.5a3.500 3.500 0 0 0 .9-6.900A6 6 0 0 0 8 8.500M6.200 10.600A3.800 3.800 0 0 0 7 18M4 4l16 16"
            }
            Self::Chat => "M4 5h16v11h-8.5L7 20v-4H4V5Zm4 4h8m-8 3.2h5",
            Self::Person => "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
            Self::SignOut => "M14 4.500H5v15h9M10 12h10.500m-4-4 4 4-4 4",
            Self::Theme => "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM12 3v18m0-14.5 6.3-.2M12 12h9m-9 5.5 6.3.2",
        }
    }
}

/// An icon as high as the text beside it.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
            <path d=glyph.path()/>
        </svg>
    }
}

/// The mark: three layers, each a step further than the one below; the newest is in the accent colour.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect class="mark-top" x="9" y="3" width="13" height="5" rx="1.5"/>
            <rect class="mark-rest" x="5.5" y="9.5" width="13" height="5" rx="1.5"/>
            <rect class="mark-rest" x="2" y="16" width="13" height="5" rx="1.5"/>
        </svg>
    }
}

/// The mark as a file of its own (favicon, manifest), in fixed colours that show on light and dark.
pub const MARK_SVG: &str = concat!(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">"##,
    r##"<style>rect{fill:#14201c}.t{fill:#0b6a55}@media(prefers-color-scheme:dark){rect{fill:#e8eeeb}.t{fill:#57c9a6}}</style>"##,
    r##"<rect class="t" x="9" y="3" width="13" height="5" rx="1.5"/>"##,
    r##"<rect x="5.5" y="9.5" width="13" height="5" rx="1.5"/><rect x="2" y="16" width="13" height="5" rx="1.5"/></svg>"##,
);
