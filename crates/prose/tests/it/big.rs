//! Inputs made to hurt.

use std::time::{Duration, Instant};

use prose::{blocks, render};

/// Generous: debug builds on a busy machine. Quadratic time on a megabyte takes minutes.
const LIMIT: Duration = Duration::from_secs(20);

fn check(name: &str, source: &str) {
    let start = Instant::now();
    let html = render(source).html;
    crate::markup::assert_safe(&html);
    let took = start.elapsed();
    eprintln!("{name}: {took:?}, {} bytes of HTML", html.len());
    assert!(took < LIMIT, "{name} took {took:?}");
    assert!(html.len() < 32 * prose::MAX_SOURCE, "{name}: {} bytes", html.len());
}

#[test]
fn a_megabyte_of_one_sign_is_rendered_in_time() {
    for unit in
        [">", "[", "*", "`", "$", "_", "<", "&", "|", "~", "!", "![", "](", "[](", "\\", "#", "-", "\n", " ", "\t"]
    {
        check(unit, &unit.repeat((1 << 20) / unit.len()));
    }
}

#[test]
fn a_megabyte_of_hostile_patterns_is_rendered_in_time() {
    for unit in [
        "> ",
        "- ",
        "1. ",
        "- * ",
        "*a ",
        "**a",
        "a**b",
        "*a_ ",
        "[a](",
        "[a][",
        "![a](b",
        "$a",
        "$$a ",
        "`a``b",
        "<a ",
        "<!--",
        "<![CDATA[",
        "<?",
        "&#",
        "- a\n",
        "> a\n",
        "# a\n",
        "| a ",
        "|-",
        "a\n=\n",
        "[a]: b\n",
        "[a]\n",
        "~~a",
        "- [ ] ",
        "$x$ ",
        "```\n",
        "    ",
        "\0",
        "é*",
    ] {
        check(unit, &unit.repeat((1 << 20) / unit.len()));
    }
}

#[test]
fn crafted_documents_are_rendered_in_time() {
    let half = 1 << 18;
    check("deep list then blank lines", &format!("{}a\n{}", "- ".repeat(half / 2), "\n".repeat(half)));
    check(
        "stepwise list then blank lines",
        &format!("{}{}", (0..300).map(|n| format!("{}- a\n", "  ".repeat(n))).collect::<String>(), "\n".repeat(half)),
    );
    check("below the marker limit, then blank lines", &format!("{}a\n{}", "- * ".repeat(99), "\n".repeat(half)));
    check("below the marker limit, many times", &format!("{}a\n", "> ".repeat(199)).repeat(1000));
    check(
        "wide table, short rows",
        &format!("{}\n{}\n{}", "|a".repeat(2000), "|-".repeat(2000), "|b\n".repeat(half / 4)),
    );
    check("references to a long title", &format!("[a]: /b \"{}\"\n\n{}", "x".repeat(half), "[a] ".repeat(half / 4)));
    check("nested brackets", &format!("{}a{}", "[".repeat(half), "](b)".repeat(half / 4)));
    check("nested images", &format!("{}a{}", "![".repeat(half / 4), "](/b)".repeat(half / 4)));
    check("nested emphasis", &format!("{}b{}", "*a ".repeat(half / 4), " a*".repeat(half / 4)));
    check("same headings", &"# a\n\n".repeat(half / 5));
    check("code fences", &"```py\nx = [1, \"a\"]\n```\n".repeat(4000));
    check("one long line of code", &format!("```py\n{}\n```", "(".repeat(half)));
    check("formulas", &"$$\\frac{a}{b}$$\n\n".repeat(8000));
}

#[test]
fn a_long_answer_is_rendered_in_time() {
    let start = Instant::now();
    assert_eq!(blocks(&"a **b** `c` $d$\n\n".repeat(5_000)).len(), 5_000);
    assert!(start.elapsed() < LIMIT);
}

#[test]
fn what_is_cut_off_is_said() {
    let html = render(&"word ".repeat(200_000)).html;
    assert!(html.ends_with("<p class=\"notice\">The rest of this text is too long to be shown.</p>\n"));
}
