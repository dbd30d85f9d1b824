//! Form fields: label, control, hint and error, tied together for screen readers.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// The ids a control is described by, and whether it is in error.
fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    let ids = [(error, "error"), (hint, "hint")];
    let ids: Vec<String> = ids.iter().filter(|(has, _)| *has).map(|(_, kind)| format!("{name}-{kind}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A line of input with its label. Its id is its name.
#[component]
pub fn Field(
    /// What to type here.
    #[prop(into)]
    label: String,
    /// The attributes `name` and `id`.
    #[prop(into)]
    name: String,
    /// The attribute `type`: text, email, password, search.
    #[prop(default = "text")]
    input_type: &'static str,
    /// What is already in it. Never pass a password back.
    #[prop(optional, into)]
    value: Option<String>,
    /// The attribute `autocomplete`: email, name, current-password, new-password, off.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// What helps before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What was wrong with it; empty for nothing.
    #[prop(optional, into)]
    error: Option<String>,
) -> impl IntoView {
    // No words, no fault: so that a page can hand over what it found, or nothing.
    let error = error.filter(|error| !error.is_empty());
    let described = described_by(&name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            <input
                class="input"
                id=name.clone()
                name=name.clone()
                type=input_type
                value=value
                autocomplete=autocomplete
                required=required
                autofocus=autofocus
                aria-describedby=described
                aria-invalid=invalid
            />
            <FieldText name=name hint=hint error=error/>
        </div>
    }
}

/// The hint and the error under a control of that name; for controls other than [`Field`]'s.
#[component]
pub fn FieldText(
    /// The control's name.
    #[prop(into)]
    name: String,
    /// What helps before typing.
    hint: Option<String>,
    /// What was wrong.
    error: Option<String>,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    let hint_id = format!("{name}-hint");
    view! {
        {error.map(|error| view! {
            <p class="field-error" id=error_id><Icon glyph=Glyph::Alert/><span>{error}</span></p>
        })}
        {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_tied_to_its_control() {
        let html = crate::render(|| {
            view! { <Field label="E-mail" name="email" hint="The one you read" error="Not an address"/> }
        });
        assert!(html.contains(r#"aria-describedby="email-error email-hint""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#) && html.contains(r#"id="email-error""#), "{html}");
    }

    #[test]
    fn a_value_cannot_break_out_of_its_attribute() {
        let html = crate::render(|| view! { <Field label="E-mail" name="email" value="\"><img src=x>"/> });
        assert!(!html.contains("<img"), "{html}");
    }
}
