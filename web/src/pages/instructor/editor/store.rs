//! Where what was typed goes: to the lesson, or to the course as a new one, and on to its readers.

use serde_json::json;

use super::view::{LessonEditor, Place};
use crate::{
    api::{Api, LessonDraft},
    pages::instructor::note::{Failed, Note, judge, unpublished},
};

/// Saves the text as a version, and publishes that where it was asked for. Gives the address that says how far it got.
///
/// # Errors
/// Why not; the editor is then ready for the next try.
pub(super) async fn store(editor: &mut LessonEditor, api: &mut Api<'_>) -> Result<String, Failed> {
    let draft = version(editor, api).await?;
    let here = format!("/instructor/lessons/{}", draft.slug);
    if editor.form.action != "publish" {
        return Ok(format!("{here}?done=saved"));
    }
    let version = json!({ "version": draft.version.id });
    match api.put_json::<LessonDraft>(&format!("/api/v1{here}/publication"), &version).await {
        Ok(_) => Ok(format!("{here}?done=published")),
        Err(error) => {
            // From here on it is a lesson that is there, and this its newest version.
            editor.place = Place::Lesson(draft.slug);
            editor.form.base_version = draft.version.id;
            Err((unpublished(error), Vec::new()))
        }
    }
}

async fn version(editor: &mut LessonEditor, api: &mut Api<'_>) -> Result<LessonDraft, Failed> {
    let body = editor.form.body().map_err(|faults| (Note::Faulty, faults))?;
    let saved = match &editor.place {
        Place::Lesson(lesson) => api.put_json(&format!("/api/v1/instructor/lessons/{lesson}"), &body).await,
        Place::New(course) => api.post(&format!("/api/v1/instructor/courses/{course}/lessons"), &body).await,
    };
    let failed = match saved {
        Ok(draft) => return Ok(draft),
        Err(error) => judge(error),
    };
    // What is typed goes on top of the newer one with the next save.
    if let Note::Conflict { newest, .. } = &failed.0 {
        editor.form.base_version.clone_from(newest);
    }
    Err(failed)
}
