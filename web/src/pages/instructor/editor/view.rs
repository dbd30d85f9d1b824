//! The editor as a page: text on one side, what readers will see on the other.

use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonLink, Field};

use super::{form::LessonForm, store::store};
use crate::{
    api::{Api, CourseDraft, Fault, LessonDraft, LessonState, Preview},
    pages::{
        instructor::{
            Crumbs, StateBadge,
            note::{Failed, Note, NoteView, Outcome, fault_of},
            preview::rendered,
            writing::Editor,
        },
        moment::Moment,
        text_area::TextArea,
    },
};

/// What is edited: a lesson, or a new one of a course; by name.
pub(super) enum Place {
    Lesson(String),
    New(String),
}

/// Everything the page shows.
pub(super) struct LessonEditor {
    pub(super) place: Place,
    pub(super) form: LessonForm,
    pub(super) outcome: Outcome,
    /// The lesson as it stands; none for a new one, or when the API could not be asked.
    pub(super) lesson: Option<LessonDraft>,
    course: Option<CourseDraft>,
    preview: Option<Preview>,
}

impl LessonEditor {
    pub(super) fn new(place: Place, form: LessonForm) -> Self {
        Self { place, form, outcome: Outcome::default(), lesson: None, course: None, preview: None }
    }

    fn action(&self) -> String {
        match &self.place {
            Place::Lesson(lesson) => format!("/instructor/lessons/{lesson}"),
            Place::New(course) => format!("/instructor/courses/{course}/lessons"),
        }
    }
}

impl Editor for LessonEditor {
    fn title(&self) -> String {
        match &self.place {
            Place::Lesson(_) => format!("Edit {}", self.form.title),
            Place::New(_) => "New lesson".to_owned(),
        }
    }

    fn outcome(&mut self) -> &mut Outcome {
        &mut self.outcome
    }

    fn is_preview(&self) -> bool {
        self.form.action == "preview"
    }

    async fn store(&mut self, api: &mut Api<'_>) -> Result<String, Failed> {
        store(self, api).await
    }

    /// How the lesson stands, stages to choose from, and a first preview.
    async fn furnish(&mut self, api: &mut Api<'_>) {
        if let (Place::Lesson(lesson), None, Some(_)) = (&self.place, &self.lesson, &self.outcome.note) {
            self.lesson = api.get(&format!("/api/v1/instructor/lessons/{lesson}")).await.ok();
        }
        self.course = api.get(&format!("/api/v1/instructor/courses/{}", self.form.course)).await.ok();
        self.preview = rendered(api, &self.form.markdown).await.ok();
    }

    fn view(self) -> AnyView {
        view! { <EditorView editor=self/> }.into_any()
    }
}

#[component]
fn EditorView(editor: LessonEditor) -> AnyView {
    let action = editor.action();
    let LessonEditor { place, form, outcome, lesson, course, preview } = editor;
    let is_new = matches!(place, Place::New(_));
    let (saved, unsaved) = (outcome.is_saved(), outcome.is_unsaved());
    let Outcome { note, faults } = outcome;
    let newer = match &note {
        Some(Note::Conflict { newest, .. }) => format!("{action}/versions/{newest}"),
        _ => String::new(),
    };
    let stages = course.as_ref().map(stages_of).unwrap_or_default();
    let course_title = course.map_or_else(|| form.course.clone(), |course| course.title);
    let crumbs = vec![(course_title, format!("/instructor/courses/{}", form.course))];
    view! {
        <div class="page-head editor-head">
            <Crumbs path=crumbs/>
            <div class="row-between">
                <h1>{if is_new { "New lesson".to_owned() } else { form.title.clone() }}</h1>
                {(!is_new).then(|| view! { <Around here=action.clone() lesson=lesson.clone()/> })}
            </div>
            {lesson.clone().map(|lesson| view! { <Standing lesson=lesson/> })}
        </div>
        {note.map(|note| view! { <NoteView note=note newer=newer/> })}
        <form method="post" action=action.clone() class="editor" data-editor data-draft=action.clone()
            data-saved=saved.then_some("yes") data-unsaved=unsaved.then_some("yes")>
            <input type="hidden" name="base_version" value=form.base_version.clone()/>
            <input type="hidden" name="course" value=form.course.clone()/>
            <div class="editor-kept" data-draft-notice hidden></div>
            <div class="editor-columns">
                <div class="editor-text">
                    <Field label="Title" name="title" value=form.title.clone() required=true autocomplete="off"
                        error=fault_of(&faults, "title", "The title")/>
                    <TextArea label="Text, in Markdown" name="markdown" value=form.markdown.clone() rows=26 code=true
                        error=fault_of(&faults, "markdown", "The text")
                        hint="## Heading · **bold** · ```python for code · $x^2$ for a formula · [words](address) for a link"/>
                    <Facts form=form.clone() faults=faults stages=stages is_new=is_new/>
                </div>
                <PreviewPane preview=preview/>
            </div>
            <div class="editor-bar">
                <p class="editor-status" role="status" data-editor-status></p>
                <div class="row">
                    <Button kind=ButtonKind::Quiet name="action" value="preview">"Preview"</Button>
                    <Button kind=ButtonKind::Secondary name="action" value="save">"Save draft"</Button>
                    <Button name="action" value="publish">"Save and publish"</Button>
                </div>
            </div>
        </form>
        {lesson.map(|lesson| view! { <Ending lesson=lesson here=action/> })}
    }
    .into_any()
}

fn stages_of(course: &CourseDraft) -> Vec<(String, String)> {
    course.stages.iter().map(|stage| (stage.id.clone(), format!("{}. {}", stage.number, stage.title))).collect()
}

#[component]
fn Around(here: String, lesson: Option<LessonDraft>) -> AnyView {
    let readers = lesson
        .filter(|lesson| lesson.state == LessonState::Published)
        .map(|lesson| view! { <ButtonLink kind=ButtonKind::Quiet href=format!("/lessons/{}", lesson.slug)>"Read it"</ButtonLink> });
    view! {
        <nav class="row" aria-label="This lesson">
            {readers}
            <ButtonLink kind=ButtonKind::Secondary href=format!("{here}/exercises")>"Exercises"</ButtonLink>
            <ButtonLink kind=ButtonKind::Secondary href=format!("{here}/versions")>"Versions"</ButtonLink>
        </nav>
    }
    .into_any()
}

#[component]
fn Standing(lesson: LessonDraft) -> AnyView {
    let by = lesson.version.author.map(|author| format!(" by {author}")).unwrap_or_default();
    view! {
        <p class="row editor-standing">
            <StateBadge state=lesson.state changed=lesson.changed/>
            <span class="muted small">"Last saved "<Moment at=lesson.version.created_at/>{by}</span>
        </p>
    }
    .into_any()
}

#[component]
fn Facts(form: LessonForm, faults: Vec<Fault>, stages: Vec<(String, String)>, is_new: bool) -> AnyView {
    let fault = |member: &str, label: &str| fault_of(&faults, member, label);
    // Open where there is something to fill in, or to correct.
    let wrong =
        ["summary", "slug", "minutes", "concepts", "stage", "position"].iter().any(|name| !fault(name, "").is_empty());
    view! {
        <details class="editor-facts" open=is_new || wrong>
            <summary>"About this lesson"</summary>
            <div class="editor-fields">
                {is_new.then(|| view! {
                    <Field label="Address" name="slug" value=form.slug.clone() required=true autocomplete="off"
                        hint="Lower-case letters, digits and hyphens, such as closed-loops. It cannot be changed later."
                        error=fault("slug", "The address")/>
                })}
                <TextArea label="Summary" name="summary" value=form.summary.clone() rows=3 required=true
                    hint="One or two sentences, shown in lists." error=fault("summary", "The summary")/>
                <StageField stage=form.stage.clone() stages=stages error=fault("stage", "The stage")/>
                <div class="editor-pair">
                    <Field label="Reading time, minutes" name="minutes" value=form.minutes.clone() required=true
                        error=fault("minutes", "The reading time")/>
                    <Field label="Place in its stage" name="position" value=form.position.clone()
                        hint="Empty: at the end." error=fault("position", "The place")/>
                </div>
                <Field label="Concepts" name="concepts" value=form.concepts.clone() autocomplete="off"
                    hint="Separated by commas." error=fault("concepts", "The list of concepts")/>
                <label class="check">
                    <input type="checkbox" name="required" value="yes" checked=form.required.is_some()/>
                    <span>"Required: the next stage opens only when this lesson is complete"</span>
                </label>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn StageField(stage: String, stages: Vec<(String, String)>, error: String) -> AnyView {
    // The course could not be asked for: what was chosen stays chosen.
    if stages.is_empty() {
        return view! { <input type="hidden" name="stage" value=stage/> }.into_any();
    }
    let options: Vec<_> = stages
        .into_iter()
        .map(|(id, title)| view! { <option value=id.clone() selected=id == stage>{title}</option> })
        .collect();
    let error = Some(error).filter(|error| !error.is_empty());
    view! {
        <div class="field">
            <label for="stage">"Stage"</label>
            <select class="input" id="stage" name="stage">{options}</select>
            <ui::FieldText name="stage" hint=None error=error/>
        </div>
    }
    .into_any()
}

#[component]
fn PreviewPane(preview: Option<Preview>) -> AnyView {
    let words = preview.as_ref().map(|preview| preview.words).unwrap_or_default();
    let html = preview.map(|preview| preview.html).unwrap_or_default();
    view! {
        <div class="editor-preview">
            <div class="row-between">
                <h2 id="preview-title">"Preview"</h2>
                <p class="muted small" data-preview-words>{format!("{words} words")}</p>
            </div>
            <div class="editor-page-frame" tabindex="0" role="region" aria-labelledby="preview-title">
                // Safe: rendered by the same function as every published lesson.
                <div class="prose" data-preview data-lesson-content inner_html=html></div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Ending(lesson: LessonDraft, here: String) -> impl IntoView {
    let publish = lesson.changed.then(|| {
        view! {
            <form method="post" action=format!("{here}/publication") class="row-between">
                <p>"The version that was saved last is not what readers see."</p>
                <input type="hidden" name="version" value=lesson.version.id.clone()/>
                <Button kind=ButtonKind::Secondary>"Publish the saved version"</Button>
            </form>
        }
    });
    let retire = (lesson.state == LessonState::Published).then(|| {
        view! {
            <details>
                <summary>"Retire this lesson"</summary>
                <form method="post" action=format!("{here}/retirement") class="stack-s">
                    <p>
                        "Readers no longer see it, and the tutor no longer cites it. Versions, answers and progress are kept, "
                        "and publishing it again brings everything back."
                    </p>
                    <div><Button kind=ButtonKind::Danger>"Retire it now"</Button></div>
                </form>
            </details>
        }
    });
    (publish.is_some() || retire.is_some())
        .then(|| view! { <section class="editor-ending" aria-label="Publication">{publish}{retire}</section> })
}
