//! A text field that already holds text.

use leptos::prelude::*;

/// Several lines of input with what was written so far, which works before any script runs.
///
/// Children of a `<textarea>` are not escaped when a page is rendered, so the text goes in as HTML that is escaped
/// here, and nowhere else.
#[component]
pub fn TextArea(
    /// The label.
    #[prop(into)]
    label: String,
    /// The attributes `name` and `id`.
    #[prop(into)]
    name: String,
    /// What is in it.
    #[prop(into)]
    value: String,
    /// How many lines it shows.
    #[prop(default = 3)]
    rows: u32,
    /// Text of fixed width: code and Markdown.
    #[prop(optional)]
    code: bool,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// What helps before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What was wrong with it; empty for nothing.
    #[prop(optional, into)]
    error: Option<String>,
) -> AnyView {
    let error = error.filter(|error| !error.is_empty());
    let ids = [(error.is_some(), "error"), (hint.is_some(), "hint")];
    let ids: Vec<String> = ids.iter().filter(|(has, _)| *has).map(|(_, kind)| format!("{name}-{kind}")).collect();
    let described = (!ids.is_empty()).then(|| ids.join(" "));
    let invalid = error.is_some().then_some("true");
    let class = if code { "input code-input" } else { "input" };
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            <textarea class=class id=name.clone() name=name.clone() rows=rows.to_string() required=required
                spellcheck=(!code).to_string() aria-describedby=described aria-invalid=invalid
                inner_html=escaped(&value)></textarea>
            <ui::FieldText name=name hint=hint error=error/>
        </div>
    }
    .into_any()
}

/// `text` as the content of a `<textarea>`: no tag can begin in it, and a first empty line stays (the parser drops one
/// line end right after the tag).
fn escaped(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_field() {
        let evil = "</textarea><script>alert(1)</script>&lt;\n\n\"'";
        let html = ui::render(|| view! { <TextArea label="Text" name="markdown" value=evil/> });
        let inside = html.split("<textarea").nth(1).and_then(|rest| rest.split_once('>')).map_or("", |(_, text)| text);
        let inside = inside.split("</textarea").next().unwrap_or_default();
        let expected = "\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;\n\n\"'";
        assert_eq!(inside, expected, "{html}");
        assert!(!html.contains("<script>"), "{html}");
    }
}
