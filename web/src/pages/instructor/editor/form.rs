//! What the editor's form carries. Everything is text, so that whatever was typed can be shown again.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Fault, LessonDraft};

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LessonForm {
    pub(super) title: String,
    /// For a new lesson.
    pub(super) slug: String,
    pub(super) summary: String,
    pub(super) minutes: String,
    /// A checkbox: there when it is ticked.
    pub(super) required: Option<String>,
    /// Separated by commas.
    pub(super) concepts: String,
    /// The stage's id.
    pub(super) stage: String,
    pub(super) position: String,
    pub(super) markdown: String,
    /// The version that the text was made from.
    pub(super) base_version: String,
    /// The course's name in addresses, so that the page can be shown without asking for the lesson.
    pub(super) course: String,
    /// Which button was pressed: `save`, `publish` or `preview`.
    pub(super) action: String,
}

impl LessonForm {
    /// Of a lesson's newest version.
    pub(super) fn of(draft: &LessonDraft) -> Self {
        let version = &draft.version;
        Self {
            title: version.title.clone(),
            slug: draft.slug.clone(),
            summary: version.summary.clone(),
            minutes: version.minutes.to_string(),
            required: version.required.then(|| "yes".to_owned()),
            concepts: version.concepts.join(", "),
            stage: version.stage.clone().unwrap_or_else(|| draft.stage.clone()),
            position: version.position.unwrap_or(draft.position).to_string(),
            markdown: version.markdown.clone(),
            base_version: version.id.clone(),
            course: draft.course.clone(),
            action: String::new(),
        }
    }

    /// Browsers send line ends as CRLF (HTML, form submission); Markdown is kept with LF.
    pub(super) fn read(mut self) -> Self {
        self.markdown = self.markdown.replace("\r\n", "\n");
        self
    }

    /// As api-server takes it.
    ///
    /// # Errors
    /// What is no number, before anybody is asked.
    pub(super) fn body(&self) -> Result<Value, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut number = |member: &str, text: &str| {
            text.trim().parse::<i32>().map_or_else(
                |_| {
                    faults.push(Fault { member: member.to_owned(), detail: "must be a whole number".to_owned() });
                    Value::Null
                },
                Value::from,
            )
        };
        let minutes = number("minutes", &self.minutes);
        // Left out: the end of the stage, or where it is.
        let position = if self.position.trim().is_empty() { Value::Null } else { number("position", &self.position) };
        if !faults.is_empty() {
            return Err(faults);
        }
        let concepts = self.concepts.split(',').map(str::trim).filter(|concept| !concept.is_empty());
        let mut body = json!({
            "title": self.title, "summary": self.summary, "minutes": minutes, "required": self.required.is_some(),
            "concepts": concepts.collect::<Vec<_>>(), "stage": self.stage, "position": position,
            "markdown": self.markdown,
        });
        // A lesson has a base to be saved on, a new one an address.
        let (name, text) =
            if self.base_version.is_empty() { ("slug", &self.slug) } else { ("base_version", &self.base_version) };
        body[name] = text.clone().into();
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_what_the_api_takes() {
        let form = LessonForm {
            concepts: " loops, , feedback ".to_owned(),
            minutes: " 12 ".to_owned(),
            markdown: "a\r\nb".to_owned(),
            base_version: "v".to_owned(),
            ..LessonForm::default()
        };
        let body = form.read().body().unwrap_or_default();
        assert_eq!(body["concepts"], json!(["loops", "feedback"]));
        assert_eq!((&body["minutes"], &body["markdown"]), (&json!(12), &json!("a\nb")));
        assert_eq!((&body["position"], &body["required"]), (&Value::Null, &json!(false)));
        assert_eq!((&body["base_version"], body.get("slug")), (&json!("v"), None));
    }

    #[test]
    fn what_is_no_number_is_told_with_its_member() {
        let form = LessonForm { minutes: "soon".to_owned(), position: "1.5".to_owned(), ..LessonForm::default() };
        let faults = form.body().map_or_else(|faults| faults, |_| Vec::new());
        let members: Vec<_> = faults.iter().map(|fault| fault.member.as_str()).collect();
        assert_eq!(members, ["minutes", "position"]);
    }
}
