//! What the form of an exercise carries. Everything is text, so that whatever was typed can be shown again.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{ExerciseDraft, Fault, Hints};

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ExerciseForm {
    pub(super) title: String,
    /// For a new exercise.
    pub(super) slug: String,
    pub(super) concept: String,
    pub(super) language: String,
    pub(super) position: String,
    pub(super) prompt: String,
    pub(super) hint_concept: String,
    pub(super) hint_pointer: String,
    pub(super) hint_step: String,
    pub(super) hint_example: String,
    pub(super) solution: String,
    /// The revision that it was made from.
    pub(super) base_revision: String,
    /// The lesson's name in addresses.
    pub(super) lesson: String,
}

impl ExerciseForm {
    /// Of an exercise as it stands.
    pub(super) fn of(exercise: &ExerciseDraft, lesson: &str) -> Self {
        let Hints { concept, pointer, step, example } = exercise.hints.clone();
        Self {
            title: exercise.title.clone(),
            slug: exercise.slug.clone(),
            concept: exercise.concept.clone(),
            language: exercise.language.clone(),
            position: exercise.position.to_string(),
            prompt: exercise.prompt.clone(),
            hint_concept: concept,
            hint_pointer: pointer,
            hint_step: step,
            hint_example: example,
            solution: exercise.solution.clone(),
            base_revision: exercise.revision.to_string(),
            lesson: lesson.to_owned(),
        }
    }

    /// Browsers send line ends as CRLF; code is compared with LF.
    pub(super) fn read(mut self) -> Self {
        let texts = [
            &mut self.prompt,
            &mut self.hint_concept,
            &mut self.hint_pointer,
            &mut self.hint_step,
            &mut self.hint_example,
            &mut self.solution,
        ];
        for text in texts {
            *text = text.replace("\r\n", "\n");
        }
        self
    }

    /// As api-server takes it.
    ///
    /// # Errors
    /// A place that is no number.
    pub(super) fn body(&self) -> Result<Value, Vec<Fault>> {
        let position = match self.position.trim() {
            "" => Value::Null,
            text => text.parse::<i32>().map(Value::from).map_err(|_| {
                vec![Fault { member: "position".to_owned(), detail: "must be a whole number".to_owned() }]
            })?,
        };
        let mut body = json!({
            "title": self.title, "concept": self.concept, "language": self.language.trim(), "position": position,
            "prompt": self.prompt, "solution": self.solution,
            "hints": {"concept": self.hint_concept, "pointer": self.hint_pointer, "step": self.hint_step,
                      "example": self.hint_example},
        });
        match self.base_revision.parse::<i32>() {
            Ok(revision) => body["base_revision"] = revision.into(),
            Err(_) => body["slug"] = self.slug.clone().into(),
        }
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_what_the_api_takes() {
        let form = ExerciseForm { solution: "a\r\nb".to_owned(), hint_step: "s".to_owned(), ..ExerciseForm::default() };
        let new = form.clone().read().body().unwrap_or_default();
        assert_eq!((&new["solution"], &new["hints"]["step"]), (&json!("a\nb"), &json!("s")));
        assert!(new.get("slug").is_some() && new.get("base_revision").is_none());
        let old = ExerciseForm { base_revision: "3".to_owned(), ..form }.body().unwrap_or_default();
        assert_eq!((&old["base_revision"], old.get("slug")), (&json!(3), None));
    }
}
