//! Style rules for the classes that rendering produces.

use std::{fmt::Write as _, sync::LazyLock};

/// Class, colour on a light ground, colour on a dark ground.
const PALETTE: &[(&str, &str, &str)] = &[
    ("comment", "#5a6372", "#9aa4b2"),
    ("string", "#1a6b2f", "#98d48f"),
    ("escape", "#8a4b00", "#e5b567"),
    ("number", "#9a3b00", "#f0a87a"),
    ("constant", "#9a3b00", "#f0a87a"),
    ("keyword", "#7a2aa8", "#cfa0f5"),
    ("operator", "#45505f", "#b6c2d1"),
    ("function", "#1557b0", "#82b4ff"),
    ("type", "#00636b", "#6fd0d6"),
    ("attribute", "#8f3f1d", "#e8b98a"),
    ("tag", "#a3204a", "#ff9db0"),
];

static HIGHLIGHT: LazyLock<String> = LazyLock::new(|| {
    let light = variables(|(_, light, _)| light);
    let dark = variables(|(_, _, dark)| dark);
    let mut css = format!(
        ":root{{{light}}}\n\
         @media (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{dark}}}}}\n\
         :root[data-theme=dark]{{{dark}}}\n"
    );
    for (class, ..) in PALETTE {
        let _ = writeln!(css, ".hl-{class}{{color:var(--hl-{class})}}");
    }
    css
});

type Entry = (&'static str, &'static str, &'static str);

fn variables(colour: impl Fn(Entry) -> &'static str) -> String {
    PALETTE.iter().map(|entry| format!("--hl-{}:{};", entry.0, colour(*entry))).collect()
}

/// The colours of highlighted code: light by default; dark where the system asks for it (unless
/// `:root[data-theme=light]`) and under `:root[data-theme=dark]`.
///
/// Every colour has a contrast of at least 4.5:1 on `#f6f7f9` (light) and `#15181e` (dark).
#[must_use]
pub fn highlight_css() -> &'static str {
    &HIGHLIGHT
}

/// The layout of aligned formulas, matrices and cases, which MathML Core leaves to style sheets.
#[must_use]
pub fn math_css() -> &'static str {
    "math mtd{padding:.2em .4em}\n\
     math .menv-alignlike mtd{padding-inline:0;text-align:right}\n\
     math .menv-alignlike mtd:nth-child(even){text-align:left}\n\
     math .menv-alignlike mtd:nth-child(odd):not(:first-child){padding-inline-start:2em}\n\
     math .menv-cells-left mtd,math mtd.cell-left{text-align:left}\n\
     math .menv-cells-right mtd,math mtd.cell-right{text-align:right}\n\
     math .menv-left-solid{border-left:.06em solid}\n\
     math .menv-right-solid{border-right:.06em solid}\n\
     math .menv-left-dashed{border-left:.06em dashed}\n\
     math .menv-right-dashed{border-right:.06em dashed}\n\
     math .menv-border-only{padding:0}\n\
     math .menv-hline>mtd{border-top:.06em solid}\n\
     math .menv-hdashline>mtd{border-top:.06em dashed}\n\
     math .menv-multline mtr:first-child>mtd{text-align:left}\n\
     math .menv-multline mtr:last-child>mtd{text-align:right}\n"
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{PALETTE, highlight_css};

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_is_legible_on_its_ground() {
        for (class, light, dark) in PALETTE {
            assert!(contrast(light, "#f6f7f9") >= 4.5, "{class} on light");
            assert!(contrast(dark, "#15181e") >= 4.5, "{class} on dark");
        }
    }

    #[test]
    fn every_class_in_use_has_a_colour() {
        for class in crate::highlight::classes() {
            assert!(highlight_css().contains(&format!(".hl-{class}{{")), "{class}");
        }
    }

    #[test]
    fn dark_can_be_chosen_and_refused() {
        let css = highlight_css();
        assert!(
            css.contains("@media (prefers-color-scheme: dark){:root:not([data-theme=light]){--hl-comment:#9aa4b2;")
        );
        assert!(css.contains("\n:root[data-theme=dark]{--hl-comment:#9aa4b2;"));
    }
}
