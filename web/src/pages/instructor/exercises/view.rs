//! The form of an exercise as a page.

use leptos::prelude::*;
use ui::{Button, ButtonKind, Field};

use super::form::ExerciseForm;
use crate::{
    api::{Api, ExerciseDraft, Fault, LessonDraft, Preview},
    pages::{
        instructor::{
            Crumbs,
            note::{Failed, Note, NoteView, Outcome, fault_of, judge},
            preview::rendered,
            way_to,
            writing::Editor,
        },
        text_area::TextArea,
    },
};

/// What is edited: an exercise, or a new one of a lesson; by name.
pub(super) enum Place {
    Exercise(String),
    New(String),
}

/// Everything the page shows.
pub(super) struct ExerciseEditor {
    place: Place,
    pub(super) form: ExerciseForm,
    pub(super) retired: bool,
    pub(super) outcome: Outcome,
    /// Its lesson; none when the API could not be asked.
    pub(super) lesson: Option<LessonDraft>,
    preview: Option<Preview>,
}

impl ExerciseEditor {
    pub(super) fn new(place: Place, form: ExerciseForm) -> Self {
        Self { place, form, retired: false, outcome: Outcome::default(), lesson: None, preview: None }
    }

    fn action(&self) -> String {
        match &self.place {
            Place::Exercise(exercise) => format!("/instructor/exercises/{exercise}"),
            Place::New(lesson) => format!("/instructor/lessons/{lesson}/exercises"),
        }
    }
}

impl Editor for ExerciseEditor {
    fn title(&self) -> String {
        match &self.place {
            Place::Exercise(_) => format!("Edit {}", self.form.title),
            Place::New(_) => "New exercise".to_owned(),
        }
    }

    fn outcome(&mut self) -> &mut Outcome {
        &mut self.outcome
    }

    async fn store(&mut self, api: &mut Api<'_>) -> Result<String, Failed> {
        let body = self.form.body().map_err(|faults| (Note::Faulty, faults))?;
        let saved: Result<ExerciseDraft, _> = match &self.place {
            Place::Exercise(exercise) => api.put_json(&format!("/api/v1/instructor/exercises/{exercise}"), &body).await,
            Place::New(lesson) => api.post(&format!("/api/v1/instructor/lessons/{lesson}/exercises"), &body).await,
        };
        let failed = match saved {
            Ok(exercise) => return Ok(format!("/instructor/exercises/{}?done=saved", exercise.slug)),
            Err(error) => judge(error),
        };
        // What is typed goes on top of the newer one with the next save.
        if let Note::Conflict { newest, .. } = &failed.0 {
            self.form.base_revision.clone_from(newest);
        }
        Err(failed)
    }

    /// The lesson's name, and a first preview of the task.
    async fn furnish(&mut self, api: &mut Api<'_>) {
        if self.lesson.is_none() {
            self.lesson = api.get(&format!("/api/v1/instructor/lessons/{}", self.form.lesson)).await.ok();
        }
        self.preview = rendered(api, &self.form.prompt).await.ok();
    }

    fn view(self) -> AnyView {
        view! { <EditorView editor=self/> }.into_any()
    }
}

#[component]
fn EditorView(editor: ExerciseEditor) -> AnyView {
    let action = editor.action();
    let ExerciseEditor { place, form, retired, outcome, lesson, preview } = editor;
    let is_new = matches!(place, Place::New(_));
    let (saved, unsaved) = (outcome.is_saved(), outcome.is_unsaved());
    let Outcome { note, faults } = outcome;
    let newer = if matches!(note, Some(Note::Conflict { .. })) { action.clone() } else { String::new() };
    let lesson_page = format!("/instructor/lessons/{}", form.lesson);
    let mut crumbs = lesson.as_ref().map_or_else(|| vec![(form.lesson.clone(), lesson_page.clone())], way_to);
    crumbs.push(("Exercises".to_owned(), format!("{lesson_page}/exercises")));
    let html = preview.map(|preview| preview.html).unwrap_or_default();
    view! {
        <div class="page-head editor-head">
            <Crumbs path=crumbs/>
            <h1>{if is_new { "New exercise".to_owned() } else { form.title.clone() }}</h1>
            <p class="muted">"Students see title and task. The tutor climbs the hints, one rung at a time, and never shows the solution before it was found."</p>
        </div>
        {note.map(|note| view! { <NoteView note=note newer=newer/> })}
        <form method="post" action=action.clone() class="editor" data-editor data-draft=action.clone()
            data-source="prompt" data-saved=saved.then_some("yes") data-unsaved=unsaved.then_some("yes")>
            <input type="hidden" name="base_revision" value=form.base_revision.clone()/>
            <input type="hidden" name="lesson" value=form.lesson.clone()/>
            <div class="editor-kept" data-draft-notice hidden></div>
            <div class="editor-columns">
                <div class="editor-text">
                    <Head form=form.clone() faults=faults.clone() is_new=is_new/>
                    <Ladder form=form faults=faults/>
                </div>
                <div class="editor-preview">
                    <div class="row-between"><h2 id="preview-title">"The task, as students see it"</h2></div>
                    <div class="editor-page-frame" tabindex="0" role="region" aria-labelledby="preview-title">
                        // Safe: rendered by the same function as every published lesson.
                        <div class="prose" data-preview data-lesson-content inner_html=html></div>
                    </div>
                </div>
            </div>
            <div class="editor-bar">
                <p class="editor-status" role="status" data-editor-status></p>
                <Button>{if is_new { "Add the exercise" } else { "Save the exercise" }}</Button>
            </div>
        </form>
        {(!is_new).then(|| view! { <Ending retired=retired here=action/> })}
    }
    .into_any()
}

#[component]
fn Head(form: ExerciseForm, faults: Vec<Fault>, is_new: bool) -> AnyView {
    let fault = |member: &str, label: &str| fault_of(&faults, member, label);
    view! {
        <Field label="Title" name="title" value=form.title required=true autocomplete="off"
            error=fault("title", "The title")/>
        {is_new.then(|| view! {
            <Field label="Address" name="slug" value=form.slug required=true autocomplete="off"
                hint="Lower-case letters, digits and hyphens, such as closed-loop-gain. It cannot be changed later."
                error=fault("slug", "The address")/>
        })}
        <TextArea label="Task, in Markdown" name="prompt" value=form.prompt rows=8 code=true required=true
            error=fault("prompt", "The task")/>
        <Field label="Concept" name="concept" value=form.concept required=true autocomplete="off"
            hint="What it is really about: the tutor asks for this first." error=fault("concept", "The concept")/>
        <div class="editor-pair">
            <Field label="Language of the solution" name="language" value=form.language required=true autocomplete="off"
                hint="python, cpp, yaml …, or text for prose." error=fault("language", "The language")/>
            <Field label="Place in the lesson" name="position" value=form.position hint="Empty: at the end."
                error=fault("position", "The place")/>
        </div>
    }
    .into_any()
}

#[component]
fn Ladder(form: ExerciseForm, faults: Vec<Fault>) -> AnyView {
    let fault = |member: &str, label: &str| fault_of(&faults, member, label);
    view! {
        <fieldset class="choices ladder">
            <legend>"Hints, from little help to much"</legend>
            <TextArea label="1. The idea" name="hint_concept" value=form.hint_concept rows=2 required=true
                hint="Names what to recall." error=fault("hints.concept", "The idea")/>
            <TextArea label="2. Where to look" name="hint_pointer" value=form.hint_pointer rows=2 required=true
                hint="Points at the place in the lesson." error=fault("hints.pointer", "The pointer")/>
            <TextArea label="3. The first step" name="hint_step" value=form.hint_step rows=3 required=true
                hint="What to do first, in words." error=fault("hints.step", "The step")/>
            <TextArea label="4. A worked example" name="hint_example" value=form.hint_example rows=5 code=true required=true
                hint="Of another, similar problem; never the solution." error=fault("hints.example", "The example")/>
        </fieldset>
        <TextArea label="Solution" name="solution" value=form.solution rows=10 code=true required=true
            hint="What attempts are compared with. Students see it after they have passed."
            error=fault("solution", "The solution")/>
    }
    .into_any()
}

#[component]
fn Ending(retired: bool, here: String) -> AnyView {
    let (way, words, label, kind) = if retired {
        ("back", "It is out of its lesson.", "Put it back", ButtonKind::Secondary)
    } else {
        (
            "out",
            "Students no longer see it and need not pass it; attempts are kept.",
            "Retire the exercise",
            ButtonKind::Danger,
        )
    };
    view! {
        <section class="editor-ending" aria-label="Retirement">
            <form method="post" action=format!("{here}/retirement") class="row-between">
                <p>{words}</p>
                <input type="hidden" name="way" value=way/>
                <Button kind=kind>{label}</Button>
            </form>
        </section>
    }
    .into_any()
}
