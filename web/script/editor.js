// Makes the editor live: a preview while one writes, and drafts that survive a closed tab. Without it both work by form.

const form = document.querySelector("[data-editor]");
const status = form.querySelector("[data-editor-status]");
const source = form.elements[form.dataset.source ?? "markdown"];
const preview = document.querySelector("[data-preview]");
const words = document.querySelector("[data-preview-words]");
const key = `draft:${form.dataset.draft}`;
const kept = [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");

const value = (field) => (field.type === "checkbox" ? field.checked : field.value);
const snapshot = () => Object.fromEntries(kept.map((field) => [field.name, value(field)]));
const base = () => form.elements.base_version?.value ?? form.elements.base_revision?.value ?? "";

let asked;
async function show() {
  asked?.abort();
  asked = new AbortController();
  try {
    const body = new URLSearchParams({ markdown: source.value });
    const answer = await fetch("/instructor/preview", { method: "POST", body, signal: asked.signal });
    if (!answer.ok) throw new Error(answer.status === 401 ? "signed out" : `status ${answer.status}`);
    // Safe: rendered by the server, which lets no HTML of the text through.
    preview.innerHTML = await answer.text();
    if (words) {
      const count = Number(answer.headers.get("x-words"));
      words.textContent = `${count} words, about ${Math.max(1, Math.round(count / 200))} min`;
    }
    if (status.dataset.about === "preview") say("");
  } catch (error) {
    if (error.name === "AbortError") return;
    const why = error.message === "signed out" ? "You are signed out; your text is kept here." : "The preview is not available.";
    say(why, "preview");
  }
}

function say(text, about = "") {
  status.textContent = text;
  status.dataset.about = about;
}

function keep(data) {
  try {
    if (data) localStorage.setItem(key, JSON.stringify(data));
    else localStorage.removeItem(key);
  } catch {
    // Storage is full or forbidden: the text is in the form still.
  }
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

const original = JSON.stringify(snapshot());
let sending = false;
// A page that says why something was not saved holds text that is nowhere else.
const dirty = () => Boolean(form.dataset.unsaved) || JSON.stringify(snapshot()) !== original;

let waiting;
function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    show();
    if (dirty()) {
      remember();
      if (status.dataset.about !== "preview") say("Not saved yet; kept in this browser.");
    } else {
      keep(null);
      if (status.dataset.about !== "preview") say("");
    }
  }, 250);
}

function offer(draft) {
  const notice = form.querySelector("[data-draft-notice]");
  const text = document.createElement("p");
  const older = draft.base !== base() ? " It was made from an older version than this one." : "";
  text.textContent = `There is text from ${new Date(draft.at).toLocaleString()} in this browser that was not saved.${older}`;
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary button-small";
    made.textContent = label;
    made.addEventListener("click", () => {
      act();
      notice.hidden = true;
      source.focus();
    });
    return made;
  };
  const restore = button("Put it back", () => {
    for (const field of kept) {
      if (!(field.name in draft.fields)) continue;
      if (field.type === "checkbox") field.checked = draft.fields[field.name];
      else field.value = draft.fields[field.name];
    }
    changed();
  });
  notice.replaceChildren(text, restore, button("Forget it", () => keep(null)));
  notice.hidden = false;
}

function remember() {
  keep({ base: base(), at: Date.now(), fields: snapshot() });
}

// What this tab sent last, under the name of its own page: a new lesson is saved by one page and shown by another.
function sent(name) {
  try {
    const before = sessionStorage.getItem("draft-sent");
    if (name) sessionStorage.setItem("draft-sent", name);
    else sessionStorage.removeItem("draft-sent");
    if (!name && before && form.dataset.saved) localStorage.removeItem(before);
  } catch {
    // Without storage nothing was kept.
  }
}

if (form.dataset.saved) keep(null);
sent(null);
const draft = stored();
if (form.dataset.unsaved) remember();
else if (draft && JSON.stringify(draft.fields) !== original) offer(draft);
else keep(null);

form.addEventListener("input", changed);
form.addEventListener("submit", () => {
  sending = true;
  sent(key);
});
addEventListener("beforeunload", (event) => {
  if (!sending && dirty()) event.preventDefault();
});
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[value=save]") ?? undefined);
});
// The preview follows by itself now.
form.querySelector("button[value=preview]")?.remove();
