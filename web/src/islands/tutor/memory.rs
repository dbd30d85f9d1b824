//! What this browser keeps: which conversation a lesson had, drafts, how wide the panel is. Everything of another
//! person who was signed in here before is forgotten first. A full or forbidden storage only means less comfort.

use web_sys::Storage;

const OWNER: &str = "tutor-owner";

fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn tab() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn read(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

fn write(key: &str, value: &str) {
    if let Some(storage) = local() {
        let _result = storage.set_item(key, value);
    }
}

/// Forgets what somebody else left here.
pub(super) fn belong_to(owner: &str) {
    let Some(storage) = local() else { return };
    if read(OWNER).as_deref() == Some(owner) {
        return;
    }
    let count = storage.length().unwrap_or_default();
    let keys: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok()?).collect();
    for key in keys.iter().filter(|key| key.starts_with("tutor-")) {
        let _result = storage.remove_item(key);
    }
    write(OWNER, owner);
}

/// The conversation that this lesson had last in this browser; empty when a new one was begun since.
pub(super) fn thread(lesson: &str) -> Option<String> {
    read(&format!("tutor-thread:{lesson}"))
}

/// Remembers the conversation of a lesson, or that a new one was begun.
pub(super) fn remember_thread(lesson: &str, thread: Option<&str>) {
    write(&format!("tutor-thread:{lesson}"), thread.unwrap_or_default());
}

/// What was written and not sent under `name`.
pub(super) fn draft(name: &str) -> String {
    read(&format!("tutor-draft:{name}")).unwrap_or_default()
}

/// Keeps what is written; nothing is not kept.
pub(super) fn keep_draft(name: &str, text: &str) {
    let key = format!("tutor-draft:{name}");
    if !text.is_empty() {
        write(&key, text);
    } else if let Some(storage) = local() {
        let _result = storage.remove_item(&key);
    }
}

/// How wide the panel was made, in pixels.
pub(super) fn width() -> Option<i32> {
    read("tutor-width")?.parse().ok()
}

/// Remembers how wide the panel is.
pub(super) fn remember_width(width: i32) {
    write("tutor-width", &width.to_string());
}

/// Whether the panel was open on the page before, in this tab.
pub(super) fn was_open() -> bool {
    tab().and_then(|storage| storage.get_item("tutor-open").ok()?).is_some()
}

/// Remembers whether the panel is open.
pub(super) fn remember_open(open: bool) {
    if let Some(storage) = tab() {
        let _result = if open { storage.set_item("tutor-open", "1") } else { storage.remove_item("tutor-open") };
    }
}
