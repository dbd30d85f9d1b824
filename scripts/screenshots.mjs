// The main pages as pictures, each light and dark: those of students on a desk's screen and on a telephone's, those of
// instructors and admins on a desk's. WebP, so that they stay small.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { launch } from "../tests/browser/chromium.mjs";
import { ask, register, signIn, verify } from "../tests/browser/people.mjs";
import { Trio } from "../tests/browser/trio.mjs";

const FOLDER = process.argv[2] ?? "docs/images";
const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 760 } };
const STUDENT = "mina@example.org";

await mkdir(FOLDER, { recursive: true });
const [trio, browser] = await Promise.all([Trio.start(), launch()]);

/** Takes the page as it stands, in every look. */
async function picture(page, name, screens) {
  const devtools = await page.context().newCDPSession(page);
  for (const [screen, size] of Object.entries(screens)) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForTimeout(400);
      // Waits for a frame in the new look, which a busy machine is late with; the one below would take the old one.
      await page.screenshot();
      const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 78 });
      await writeFile(join(FOLDER, `${name}-${screen}-${colorScheme}.webp`), Buffer.from(data, "base64"));
    }
  }
  await devtools.detach();
}

/** Opens `path` and takes it. */
async function visit(page, path, name, screens = SCREENS) {
  await page.setViewportSize(SCREENS.desktop);
  const answer = await page.goto(trio.web + path);
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()}`);
  await picture(page, name, screens);
}

async function student() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await visit(page, "/", "landing");
  await page.setViewportSize(SCREENS.desktop);
  await register(page, trio, STUDENT, "Mina Okafor");
  await verify(page, trio, STUDENT);
  await page.goto(`${trio.web}/dashboard`);
  await page.getByRole("button", { name: "Enrol in this course" }).click();
  await page.waitForLoadState();
  await page.goto(`${trio.web}/stages/foundations`);
  const lessons = await page.locator("a.lesson-row").evaluateAll((rows) => rows.map((row) => row.href));
  for (const lesson of lessons.slice(0, 2)) {
    await page.goto(lesson);
    await page.getByRole("button", { name: /mark.*complete/i }).click();
    await page.waitForLoadState();
  }
  await page.goto(lessons[2] ?? lessons[0]);
  const answer = await ask(page, "Why does a robot need a closed loop?");
  await answer.waitFor();
  await picture(page, "tutor", SCREENS);
  await visit(page, "/dashboard", "dashboard");
  await context.close();
}

/** The pages of one role, as the demo account of that role sees them. */
async function staff(email, pages) {
  const context = await browser.newContext({ viewport: SCREENS.desktop });
  const page = await context.newPage();
  await signIn(page, trio, email, trio.demoPassword);
  for (const [path, name] of pages) await visit(page, path, name, { desktop: SCREENS.desktop });
  await context.close();
}

try {
  await student();
  await staff("instructor@example.com", [
    ["/instructor/lessons/feedback-control", "editor"],
    ["/instructor/courses/physical-ai/insights", "insights"],
  ]);
  await staff("admin@example.com", [["/admin", "metrics"]]);
} finally {
  await browser.close();
  await trio.stop();
}
