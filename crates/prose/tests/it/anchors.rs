//! Ids: in the page and in the passages the same.

use crate::markup::tags;
use proptest::prelude::*;
use prose::{PassageKind, passages, render};

const LESSON: &str = "Before.\n\n# Loops\n\nOne.\n\n```py\nx = 1\n```\n\n## Why\n\n- a\n- b\n\n---\n\n> q\n\n# Loops\n\n$$x^2$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";

fn ids(html: &str) -> Vec<String> {
    tags(html).into_iter().flat_map(|tag| tag.attributes).filter(|(key, _)| key == "id").map(|(_, id)| id).collect()
}

#[test]
fn every_top_level_block_has_its_id() {
    assert_eq!(
        ids(&render(LESSON).html),
        ["top.1", "loops", "loops.1", "loops.2", "why", "why.1", "why.2", "why.3", "loops-1", "loops-1.1", "loops-1.2"]
    );
}

#[test]
fn headings_make_the_table_of_contents() {
    let headings = render("# A *b*\n\n### `c()`\n\n> # quoted\n").headings;
    let seen: Vec<_> = headings.iter().map(|h| (h.level, h.text.as_str(), h.anchor.as_str())).collect();
    assert_eq!(seen, [(2, "A b", "a-b"), (3, "c()", "c")]);
}

const ASKED: &str = "<!-- asked\nFor nobody?\n-->\n\n## Frames\n\n<!-- asked\nWhere is left?\n-->\n\nA frame.\n\n\
                     <!-- asked\n  Whose left is it?\n\nWhy -- and how?\n-->\n\nIts axes.\n\n<!-- a remark -->\n";

#[test]
fn what_is_asked_of_a_passage_is_known_and_never_shown() {
    let found = passages(ASKED);
    let seen: Vec<_> = found.iter().map(|p| (p.anchor.as_str(), p.markdown.as_str(), p.asked.join("|"))).collect();
    let asked = "Where is left?|Whose left is it?|Why -- and how?".to_owned();
    assert_eq!(
        seen,
        [
            ("frames.1", "A frame.", asked),
            ("frames.2", "Its axes.", String::new()),
            ("frames.3", "<!-- a remark -->", String::new())
        ]
    );
    let rendered = render(ASKED);
    assert!(!rendered.html.contains("left") && !rendered.html.contains("nobody"), "{}", rendered.html);
    assert_eq!(ids(&rendered.html), ["frames", "frames.1", "frames.2", "frames.3"]);
    assert_eq!(rendered.words, render("## Frames\n\nA frame.\n\nIts axes.\n\n<!-- a remark -->\n").words);
}

#[test]
fn a_heading_links_to_itself() {
    assert_eq!(
        render("# Loops").html,
        "<h2 id=\"loops\">Loops<a class=\"anchor\" href=\"#loops\" aria-label=\"Link to this section\">#</a></h2>\n"
    );
}

#[test]
fn passages_know_where_they_stand() {
    let found = passages(LESSON);
    let seen: Vec<_> =
        found.iter().map(|p| (p.anchor.as_str(), p.heading_path.join("/"), p.kind, p.text.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("top.1", String::new(), PassageKind::Prose, "Before."),
            ("loops.1", "Loops".into(), PassageKind::Prose, "One."),
            ("loops.2", "Loops".into(), PassageKind::Code, "x = 1"),
            ("why.1", "Loops/Why".into(), PassageKind::List, "a\nb"),
            ("why.3", "Loops/Why".into(), PassageKind::Quote, "q"),
            ("loops-1.1", "Loops".into(), PassageKind::Math, "x^2"),
            ("loops-1.2", "Loops".into(), PassageKind::Table, "a | b\n1 | 2"),
        ]
    );
    assert_eq!(found[2].markdown, "```py\nx = 1\n```");
}

#[test]
fn heading_paths_follow_the_levels() {
    let found = passages("## A\n\n### B\n\nx\n\n#### C\n\ny\n\n### D\n\nz\n\n## E\n\nw\n");
    let paths: Vec<_> = found.iter().map(|p| p.heading_path.join("/")).collect();
    assert_eq!(paths, ["A/B", "A/B/C", "A/D", "E"]);
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "# A\n",
        "## A\n",
        "### B\n\n",
        "text\n",
        "\n",
        "\n\n",
        "- x\n",
        "1. y\n",
        "> q\n",
        "```py\n",
        "```\n",
        "$$",
        "$x$ ",
        "| a | b |\n|---|---|\n",
        "| c |\n",
        "---\n",
        "<div>\n",
        "*",
        "**",
        "`",
        "[a](",
        "/b)",
        "![",
        "Top\n===\n",
        "    code\n",
        "top\n---\n",
        "é",
        "\\",
        "<!--",
        "-->",
        "- [ ] t\n",
        "~~",
        "# top.1\n",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_passage_can_be_jumped_to(pieces in prop::collection::vec(piece(), 0..40)) {
        let source = pieces.concat();
        let rendered = render(&source);
        crate::markup::assert_safe(&rendered.html);
        let mut ids = ids(&rendered.html);
        for anchor in passages(&source).iter().map(|p| &p.anchor).chain(rendered.headings.iter().map(|h| &h.anchor)) {
            prop_assert!(ids.contains(anchor), "{anchor} of {source:?}");
        }
        let all = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), all, "an id twice in {:?}", source);
    }
}
