//! LaTeX to MathML.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use pulldown_latex::{
    Event, Parser, RenderConfig, Storage,
    config::DisplayMode,
    event::{ArrayColumn, Grouping, StateChange},
    push_mathml,
};

use crate::{escape, mathml};

/// Longer formulas are shown as source, in bytes.
const MAX_SOURCE: usize = 4096;

/// Formulas with more commands are shown as source.
const MAX_COMMANDS: usize = 300;

/// Formulas whose braces nest deeper are shown as source.
const MAX_DEPTH: usize = 64;

/// The parser recurses over commands that are each other's argument without braces, as in
/// `\hat\sqrt\frac`: about 16 KiB of stack each. A formula that may go deeper than this is
/// parsed on a stack of its own.
const SAFE_CHAIN: usize = 24;

/// Enough for [`MAX_COMMANDS`], three times over, in bytes.
const STACK: usize = 16 * 1024 * 1024;

/// The MathML of a formula; of one that can't be read, its source in `code.math-error`.
pub(crate) fn to_html(source: &str, display: bool) -> String {
    mathml(source, display)
        .unwrap_or_else(|| format!("<code class=\"math-error\">{}</code>", escape::text(source.trim())))
}

fn mathml(source: &str, display: bool) -> Option<String> {
    let (commands, chain) = count_commands(source);
    let readable = source.len() <= MAX_SOURCE && commands <= MAX_COMMANDS && depth(source) <= MAX_DEPTH;
    if !readable || defines_macros(source) {
        return None;
    }
    // The parser is known to panic on some malformed arrays. Nothing outlives the call, so
    // nothing can be left half-changed.
    let work = || catch_unwind(AssertUnwindSafe(|| translate(source, display))).ok()?;
    let raw = if chain <= SAFE_CHAIN {
        work()?
    } else {
        thread::scope(|scope| {
            let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?;
            worker.join().ok()?
        })?
    };
    mathml::clean(&raw)
}

/// How many commands there are, and the most without a brace between them.
fn count_commands(source: &str) -> (usize, usize) {
    let (mut all, mut chain, mut longest) = (0, 0, 0);
    for byte in source.bytes() {
        match byte {
            b'\\' => {
                all += 1;
                chain += 1;
            }
            b'{' | b'}' => chain = 0,
            _ => {}
        }
        longest = longest.max(chain);
    }
    (all, longest)
}

fn translate(source: &str, display: bool) -> Option<String> {
    let storage = Storage::new();
    let events: Vec<Event<'_>> = Parser::new(source, &storage).collect::<Result<_, _>>().ok()?;
    if events.is_empty() || events.iter().any(is_refused) {
        return None;
    }
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut out = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut out, events, config).ok()?;
    Some(out)
}

/// Colours would be styles from the input; arrays without columns break the writer.
fn is_refused(event: &Event<'_>) -> bool {
    match event {
        Event::StateChange(StateChange::Color(_)) => true,
        Event::Begin(Grouping::Array(columns)) => {
            !columns.iter().any(|column| matches!(column, ArrayColumn::Column(_)))
        }
        _ => false,
    }
}

/// Macros can grow exponentially, and a lesson does without.
fn defines_macros(source: &str) -> bool {
    [
        r"\def",
        r"\let",
        r"\newcommand",
        r"\renewcommand",
        r"\providecommand",
        r"\futurelet",
        r"\edef",
        r"\gdef",
        r"\xdef",
    ]
    .iter()
    .any(|command| contains_command(source, command))
}

/// Whether `source` has `command`, and not only as the beginning of a longer one.
fn contains_command(source: &str, command: &str) -> bool {
    source
        .match_indices(command)
        .any(|(at, _)| !source[at + command.len()..].starts_with(|next: char| next.is_ascii_alphabetic()))
}

/// How deep braces nest.
fn depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in source.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn formulas_of_a_course_become_mathml() {
        for source in [
            r"\frac{a}{b}",
            r"\sqrt{x^2 + y^2}",
            r"\sum_{i=0}^{n} x_i",
            r"\hat{x}_{k|k-1}",
            r"\dot{\theta}",
            r"\vec{v}",
            r"\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}",
            r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
            r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
            r"\left( \frac{1}{2} \right)",
            "a < b > c",
            r"a \& b",
            r"a \not< b",
            r"\text{if } x < y",
            r"\mathbf{R}^\top",
            r"\mathcal{N}(\mu, \Sigma)",
            r"\lVert x \rVert",
            r"\operatorname{atan2}(y, x)",
            r"90^\circ",
            r"\underbrace{a+b}_{c}",
            r"\int_0^1 f(x)\,dx",
            r"x'",
            r"\mathrm{m/s}",
            r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
        ] {
            let html = to_html(source, true);
            assert!(html.starts_with("<math display=\"block\">"), "{source}: {html}");
            assert!(!html.contains("style="), "{html}");
        }
    }

    #[test]
    fn malformed_formulas_show_their_source() {
        for source in [
            r"\frac{a}",
            r"\nosuchcommand",
            "{",
            "}",
            r"\begin{array}{||} a \end{array}",
            r"\begin{array}{} \end{array}",
            r"x^2^3",
            r"\left(",
            r"\color{red} x",
            r"\def\a{\a\a}\a",
            r"\newcommand{\x}{y}\x",
            "",
            " ",
        ] {
            let html = to_html(source, false);
            assert!(html.starts_with("<code class=\"math-error\">"), "{source}: {html}");
        }
        assert_eq!(to_html(r"\bad<b>", false), r#"<code class="math-error">\bad&lt;b&gt;</code>"#);
    }

    #[test]
    fn markup_in_a_formula_stays_text() {
        for source in
            [r"\text{<script>alert(1)</script>}", "<img src=x onerror=y>", r"\operatorname{<b>}", r"\left< x \right>"]
        {
            let html = to_html(source, false);
            for bad in ["<script", "<img", "<b>"] {
                assert!(!html.contains(bad), "{source}: {html}");
            }
        }
    }

    #[test]
    fn huge_formulas_do_no_harm() {
        for unit in [
            "{",
            r"\relax",
            r"\left(",
            r"\frac",
            r"\frac1",
            r"\hat",
            "^",
            "x_",
            r"\begin{matrix}",
            r"\sqrt",
            r"\sqrt[3]",
            "&",
            r"\\",
            "{}",
            r"\not",
            r"\text{",
            r"\text{}",
            r"\pmod",
            r"\bf",
            "x'",
            r"\left(\right)",
        ] {
            for count in [300, 4096 / unit.len(), 200_000] {
                let _ = to_html(&unit.repeat(count), true);
            }
        }
    }

    #[test]
    fn a_long_sum_without_braces_is_still_a_formula() {
        let html = to_html(r"a\cos\theta + b\sin\phi - ".repeat(20).trim_end_matches(" - "), true);
        assert!(html.starts_with("<math"), "{html}");
    }
}
