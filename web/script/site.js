// Small things that make a page nicer, and the loader of islands. Every page works without this file.

const root = document.documentElement;

function theme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  const names = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  const order = Object.keys(names);
  const show = () => (button.querySelector("span").textContent = names[root.dataset.theme ?? "system"]);
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(root.dataset.theme ?? "system") + 1) % order.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // Storage is forbidden: the choice holds for this page.
    }
    show();
  });
}

// Listings of a lesson get their button here; those of the tutor's answers come with one.
function copyButtons() {
  if (!navigator.clipboard) return;
  for (const figure of document.querySelectorAll("[data-lesson-content] figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    figure.append(button);
  }
  addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
}

// What somebody sent last goes on in the field; text in a page's source would not be safe there.
function answers() {
  for (const last of document.querySelectorAll("[data-last-answer]")) {
    const field = document.getElementById(last.dataset.lastAnswer);
    if (field && !field.value) field.value = last.textContent;
  }
}

// Marks the section that is being read in the table of contents; folds the table away on small screens.
function contents() {
  const toc = document.querySelector(".toc");
  if (!toc) return;
  const narrow = matchMedia("(max-width: 64rem)");
  const fold = () => (toc.open = !narrow.matches);
  fold();
  narrow.addEventListener("change", fold);
  const links = new Map([...toc.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let waiting = false;
  const mark = () => {
    waiting = false;
    // At its end a page scrolls no further: the last section is read although its heading never comes up.
    const atEnd = scrollY > 0 && innerHeight + scrollY >= root.scrollHeight - 2;
    const passed = headings.filter((heading) => atEnd || heading.getBoundingClientRect().top < 140);
    const current = passed.at(-1)?.id;
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, { passive: true });
  mark();
}

function menus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  addEventListener("click", (event) => close(event.target.closest?.("details.menu")));
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    close();
    menu?.querySelector("summary").focus();
  });
}

// An island is an element that names an exported function. The name ends in a hash of the component's source; where
// server and browser were built by different compilers, the part before it still finds the function.
function find(module, name) {
  if (module[name]) return module[name];
  const stem = name.slice(0, name.lastIndexOf("_") + 1);
  const match = Object.keys(module).find((key) => key.startsWith(stem) && /^\d+$/.test(key.slice(stem.length)));
  return module[match];
}

async function islands() {
  const files = document.querySelector('meta[name="islands"]')?.content.split(" ");
  if (!files) return;
  const [js, wasm] = files;
  // Read by the hydration code; we send no resources along.
  for (const name of ["__RESOLVED_RESOURCES", "__SERIALIZED_ERRORS", "__INCOMPLETE_CHUNKS"]) globalThis[name] ??= [];
  const module = await import(js);
  await module.default({ module_or_path: wasm });
  module.hydrate();
  for (const element of document.querySelectorAll("leptos-island")) {
    const hydrate = find(module, element.dataset.component);
    if (hydrate) await hydrate(element);
    else console.warn(`no code for the island ${element.dataset.component}`);
  }
}

// What is kept for the time without a connection, and a line that says when there is none.
function connection() {
  navigator.serviceWorker?.register("/worker.js").catch((error) => console.warn("no page for offline is kept", error));
  const waiting = document.querySelector("[data-reconnect]");
  const line = document.createElement("p");
  line.className = "offline-line";
  line.setAttribute("role", "status");
  const show = () => {
    if (waiting && navigator.onLine) return location.reload();
    line.textContent = navigator.onLine ? "" : "You are offline. What is open here stays readable.";
  };
  if (!waiting) document.body.append(line);
  addEventListener("offline", show);
  addEventListener("online", show);
  // The page for offline itself has just been shown for a reason: it waits for a change.
  if (!waiting) show();
}

theme();
connection();
copyButtons();
answers();
contents();
menus();
islands().catch((error) => console.warn("the islands did not come to life", error));
