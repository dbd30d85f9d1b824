//! Answers that are cut anywhere.

use crate::markup::assert_safe;
use prose::blocks;

const ANSWER: &str = "# A loop\n\nHere is **what** you *asked*, see [Loops](/lessons/loops#why.1) and ![arm](/a.png):\n- one `x`\n- two\n  1. deep\n\n\
```python\nfor i in range(3):\n    print(\"<é>\")  # hi\n```\n\n| a | b |\n|---|--:|\n| 1 | $x^2$ |\n\n> [!NOTE]\n> It costs $5.\n\n\
$$\n\\frac{a}{b} = \\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}\n$$\n\nTitle\n---\n\n<script>alert(1)</script>\n\n~~~sh\nls\n~~~\nEnd 🤖 [1].\n";

#[test]
fn every_prefix_of_an_answer_is_safe_and_balanced() {
    for (at, _) in ANSWER.char_indices() {
        for piece in blocks(&ANSWER[..at]) {
            assert_safe(&piece);
        }
    }
}

#[test]
fn finished_blocks_do_not_change() {
    // All but the last two: the last is open, and the one before may still be joined by it.
    let mut before: Vec<String> = Vec::new();
    for (at, _) in ANSWER.char_indices() {
        let now = blocks(&ANSWER[..at]);
        let settled = before.len().saturating_sub(2);
        assert_eq!(before[..settled], now[..settled.min(now.len())], "at {:?}", &ANSWER[..at]);
        before = now;
    }
}

#[test]
fn what_is_half_written_looks_sensible() {
    assert_eq!(blocks("see [Loops](/less"), ["<p>see Loops</p>"]);
    assert_eq!(blocks("see ![arm](/a"), ["<p>see arm</p>"]);
    assert_eq!(blocks("Here:\n-"), ["<p>Here:</p>"]);
    assert_eq!(blocks("Here:\n- a"), ["<p>Here:</p>", "<ul><li>a</li></ul>"]);
    assert_eq!(
        blocks("a\n\n$$\nx_1 * y_1 *"),
        ["<p>a</p>", "<div class=\"math\"><code class=\"math-pending\">x_1 * y_1 *</code></div>"]
    );
    assert_eq!(blocks("a\n\n##"), ["<p>a</p>"]);
    assert_eq!(blocks("a\n\n## "), ["<p>a</p>"]);
    assert_eq!(
        blocks("```py\nx"),
        ["<figure class=\"code\" data-language=\"python\"><pre tabindex=\"0\"><code>x</code></pre></figure>"]
    );
    assert_eq!(blocks("a $x"), ["<p>a $x</p>"]);
    assert!(blocks("").is_empty());
}

#[test]
fn a_finished_text_keeps_what_looks_like_half_a_link_in_code() {
    assert!(blocks("```md\n[a](b")[0].contains("[a](b"));
    assert!(blocks("`[a](b`")[0].contains("[a](b"));
    assert!(blocks("[a](b c")[0].contains("[a](b c"));
}
