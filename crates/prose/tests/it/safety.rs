//! Nothing of the input becomes markup that does something.

use crate::markup::{assert_safe, tags};
use prose::{blocks, render};

const CORPUS: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <b onmouseover=alert(1)>bold</b> <svg/onload=alert(1)>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<div>\n\n*x*\n\n</div>",
    "<style>*{display:none}</style>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#x01;javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.test)",
    "[x](/\\evil.test)",
    "[x](/&#9;/evil.test)",
    "[x](https://example.test/\"onmouseover=\"alert(1))",
    "[x](https://example.test \"a\\\" onmouseover=alert(1) b=\\\"\")",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<https://example.test/\"x='>",
    "![x](javascript:alert(1))",
    "![x](https://evil.test/pixel.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![\"onerror=alert(1) x=\"](/a.png \"\\\" onload=alert(1)\")",
    "![a ![b](javascript:x) [c](https://d.test)](/a.png)",
    "```\"><script>alert(1)</script>\nx\n```",
    "```python\n\"</code></pre><script>alert(1)</script>\"\n```",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "# <script>alert(1)</script>\n\n## \"><img src=x>",
    "# a {#x onclick=alert(1)}",
    "| <script> | b |\n|---|---|\n| <img src=x onerror=y> | \"> |",
    "$\\text{</mtext><script>alert(1)</script>}$",
    "$$<img src=x onerror=alert(1)>$$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\style{color:red}{x}$ $\\color{red}x$ $\\class{a}{b}$",
    "$\\unicode{x3c}script$",
    "> [!NOTE\"onclick=x]\n> a",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "a\0b <\0script>",
    "- [x] <input onfocus=alert(1) autofocus>",
    "[a](https://e.test/?q=<script>)",
];

#[test]
fn hostile_input_is_rendered_harmless() {
    for source in CORPUS {
        assert_safe(&render(source).html);
        for piece in blocks(source) {
            assert_safe(&piece);
        }
    }
}

#[test]
fn hostile_input_is_harmless_inside_every_container() {
    for source in CORPUS {
        for wrapped in [
            source.lines().map(|line| format!("> {line}\n")).collect::<String>(),
            format!("- a\n\n{}", source.lines().map(|line| format!("  {line}\n")).collect::<String>()),
            format!("**{source}**"),
            format!("[{source}](/x)"),
            format!("| a |\n|---|\n| {source} |"),
        ] {
            assert_safe(&render(&wrapped).html);
        }
    }
}

#[test]
fn raw_html_is_shown_as_text() {
    assert_eq!(render("a <b>c</b>").html, "<p id=\"top.1\">a &lt;b&gt;c&lt;/b&gt;</p>\n");
    assert!(render("<div class=\"x\">\nhi\n</div>").html.contains("&lt;div class=&quot;x&quot;&gt;"));
}

#[test]
fn a_refused_link_keeps_its_text() {
    assert_eq!(render("[read **me**](javascript:x)").html, "<p id=\"top.1\">read <strong>me</strong></p>\n");
    assert_eq!(render("![an arm](https://e.test/a.png)").html, "<p id=\"top.1\">an arm</p>\n");
}

#[test]
fn external_links_do_not_vouch_and_internal_ones_stay() {
    assert_eq!(
        render("[a](https://e.test/?x=1&y=2 \"T\")").html,
        "<p id=\"top.1\"><a href=\"https://e.test/?x=1&amp;y=2\" title=\"T\" rel=\"noopener noreferrer nofollow\">a</a></p>\n"
    );
    assert_eq!(render("[a](/lessons/loops#x)").html, "<p id=\"top.1\"><a href=\"/lessons/loops#x\">a</a></p>\n");
    assert!(render("<ada@example.test>").html.contains("href=\"mailto:ada@example.test\""));
}

#[test]
fn answers_carry_no_ids() {
    let pieces = blocks("# A\n\ntext\n\n- b\n\n```py\nx\n```\n\n| a |\n|---|\n| b |\n\n$$x$$\n\n---\n\n> q");
    assert_eq!(pieces.len(), 8);
    for tag in pieces.iter().flat_map(|piece| tags(piece)) {
        assert!(!tag.attributes.iter().any(|(key, _)| key == "id" || key == "href"), "{tag:?}");
    }
}
