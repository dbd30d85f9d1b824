//! A gate for generated MathML: known elements and attributes pass, in balance; anything else
//! rejects the whole formula.
//!
//! The generator writes parts of the formula into its output, not always escaped. This gate
//! makes safety independent of it.

use crate::escape::push_text;

const ELEMENTS: &[&str] = &[
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];

const ATTRIBUTES: &[&str] = &[
    "accent",
    "accentunder",
    "columnalign",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "width",
];

/// The same MathML, written anew without `style`; `None` if something does not belong.
pub(crate) fn clean(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = raw;
    while let Some(at) = find_tag(rest) {
        push_plain(&mut out, &rest[..at]);
        // None of the generator's attribute values has a `>`.
        let (tag, after) = rest[at + 1..].split_once('>')?;
        if let Some(name) = tag.strip_prefix('/') {
            (open.pop()? == name).then_some(())?;
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        } else {
            push_opening(&mut out, tag, &mut open)?;
        }
        rest = after;
    }
    push_plain(&mut out, rest);
    open.is_empty().then_some(out)
}

/// Where the next tag begins. The relation "less than" is written raw: a `<` before anything
/// but a name or a slash.
fn find_tag(text: &str) -> Option<usize> {
    text.match_indices('<')
        .map(|(at, _)| at)
        .find(|at| text[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || next == '/'))
}

fn push_opening<'a>(out: &mut String, tag: &'a str, open: &mut Vec<&'a str>) -> Option<()> {
    let (body, is_void) = tag.strip_suffix('/').map_or((tag, false), |body| (body, true));
    let end = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len());
    let (name, attributes) = body.split_at(end);
    ELEMENTS.contains(&name).then_some(())?;
    out.push('<');
    out.push_str(name);
    push_attributes(out, attributes)?;
    out.push('>');
    if is_void {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    } else {
        open.push(name);
    }
    Some(())
}

fn push_attributes(out: &mut String, attributes: &str) -> Option<()> {
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        if name == "class" {
            push_class(out, value)?;
        } else if ATTRIBUTES.contains(&name) {
            push_attribute(out, name, value);
        } else if name != "style" {
            return None;
        }
        rest = after.trim_start();
    }
    Some(())
}

fn push_class(out: &mut String, value: &str) -> Option<()> {
    let known =
        |class: &str| class == "small" || ["menv-", "cell-", "mop-"].iter().any(|prefix| class.starts_with(prefix));
    value.split_whitespace().all(known).then(|| push_attribute(out, "class", value))
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    push_text(out, value);
    out.push('"');
}

/// Text between tags. References that the generator writes are resolved first, so that a stray
/// `&` can't become one.
fn push_plain(out: &mut String, text: &str) {
    let text = text.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    push_text(out, &text);
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn known_elements_pass_without_style() {
        assert_eq!(
            clean("<math display=\"block\"><mi style=\"color: red\" mathvariant=\"normal\">x&nbsp;&lt;</mi><mspace width=\"1em\" /></math>").as_deref(),
            Some("<math display=\"block\"><mi mathvariant=\"normal\">x\u{a0}&lt;</mi><mspace width=\"1em\"></mspace></math>")
        );
    }

    #[test]
    fn raw_relations_are_escaped() {
        assert_eq!(
            clean("<math><mo><</mo><mo>></mo><mo><\u{338}</mo><mi>&</mi></math>").as_deref(),
            Some("<math><mo>&lt;</mo><mo>&gt;</mo><mo>&lt;\u{338}</mo><mi>&amp;</mi></math>")
        );
    }

    #[test]
    fn anything_else_rejects_the_formula() {
        for raw in [
            "<math><script>x</script></math>",
            "<math><mi onclick=\"x\">a</mi></math>",
            "<math><mi class=\"evil\">a</mi></math>",
            "<math><mi>a</math>",
            "<math><mi>a</mi>",
            "</math>",
            "<math><mo><b></mo></math>",
            "<math href=x></math>",
            "<math><mi>a</mi></math",
            "<math><annotation-xml>a</annotation-xml></math>",
        ] {
            assert_eq!(clean(raw), None, "{raw}");
        }
    }
}
