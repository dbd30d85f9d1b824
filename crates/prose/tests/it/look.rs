//! The shapes that the site's style sheet and scripts rely on.

use prose::{blocks, render, split_front_matter};

fn body(markdown: &str) -> String {
    blocks(markdown).concat()
}

#[test]
fn a_listing_names_its_language() {
    let html = render("```python3\nprint(\"<hi>\")\n```").html;
    assert!(
        html.starts_with("<figure id=\"top.1\" class=\"code\" data-language=\"python\"><pre tabindex=\"0\"><code>"),
        "{html}"
    );
    assert!(html.contains("hl-string") && html.contains("&lt;hi&gt;"), "{html}");
    assert!(html.ends_with("</code></pre></figure>\n"), "{html}");
}

#[test]
fn a_listing_without_a_language_is_plain() {
    assert_eq!(
        body("```\na < b\n```"),
        "<figure class=\"code\"><pre tabindex=\"0\"><code>a &lt; b\n</code></pre></figure>"
    );
    assert_eq!(
        body("    a < b\n"),
        "<figure class=\"code\"><pre tabindex=\"0\"><code>a &lt; b\n</code></pre></figure>"
    );
}

#[test]
fn a_table_scrolls_and_aligns_by_class() {
    assert_eq!(
        body("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |"),
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr><th scope=\"col\">a</th>\
         <th scope=\"col\" class=\"center\">b</th><th scope=\"col\" class=\"right\">c</th></tr></thead><tbody><tr><td>1</td>\
         <td class=\"center\">2</td><td class=\"right\">3</td></tr></tbody></table></div>"
    );
}

#[test]
fn formulas_are_inline_or_in_a_block_of_their_own() {
    assert!(body("so $x$ is").starts_with("<p>so <math display=\"inline\"><mi>x</mi></math> is"));
    let block = body("$$\nx^2\n$$");
    assert!(block.starts_with("<div class=\"math\" tabindex=\"0\""), "{block}");
    assert!(block.contains("<math display=\"block\"><msup>"), "{block}");
    assert!(body("it costs $5 and $10 today").contains("$5 and $10"));
}

#[test]
fn a_malformed_formula_shows_its_source() {
    assert_eq!(body("a $\\frac{x}$ b"), "<p>a <code class=\"math-error\">\\frac{x}</code> b</p>");
}

#[test]
fn lists_tasks_and_notes_have_their_elements() {
    assert_eq!(body("3. a\n4. b"), "<ol start=\"3\"><li>a</li><li>b</li></ol>");
    assert_eq!(
        body("- [x] a\n- [ ] b"),
        "<ul><li><input type=\"checkbox\" disabled checked aria-label=\"done\"> a</li>\
         <li><input type=\"checkbox\" disabled aria-label=\"to do\"> b</li></ul>"
    );
    assert_eq!(
        body("> [!TIP]\n> Use it."),
        "<blockquote class=\"callout tip\"><p class=\"callout-title\">Tip</p><p>Use it.</p></blockquote>"
    );
    assert_eq!(body("~~a~~ *b* **c** `d`"), "<p><del>a</del> <em>b</em> <strong>c</strong> <code>d</code></p>");
}

#[test]
fn images_of_the_site_are_shown() {
    assert_eq!(
        body("See ![an *arm*](/media/arm.png \"Arm\")"),
        "<p>See <img src=\"/media/arm.png\" alt=\"an arm\" title=\"Arm\" loading=\"lazy\"></p>"
    );
}

#[test]
fn an_image_alone_is_a_figure_with_its_title_as_caption() {
    assert_eq!(
        body("![an arm](/media/arm.png \"Two <joints>\")"),
        "<figure class=\"picture\"><img src=\"/media/arm.png\" alt=\"an arm\" loading=\"lazy\">\
         <figcaption>Two &lt;joints&gt;</figcaption></figure>"
    );
    assert_eq!(
        body("![an arm](/media/arm.png)"),
        "<figure class=\"picture\"><img src=\"/media/arm.png\" alt=\"an arm\" loading=\"lazy\"></figure>"
    );
    assert_eq!(body("![an arm](https://elsewhere.test/arm.png)"), "<p>an arm</p>");
}

#[test]
fn words_are_those_to_be_read() {
    assert_eq!(
        render(
            "# One two\n\nthree `four` $x$\n\n```py\nfive = 6\n```\n\n| seven | eight |\n|---|---|\n| nine | ten |\n"
        )
        .words,
        9
    );
}

#[test]
fn a_lesson_is_split_then_rendered() {
    let (matter, text) = split_front_matter("+++\ntitle = \"A\"\n+++\n# B\n").unwrap();
    assert_eq!(matter, "title = \"A\"\n");
    assert_eq!(render(text).headings[0].text, "B");
}
