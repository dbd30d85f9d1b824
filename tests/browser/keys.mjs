// A hand on the keyboard and none on the mouse.
import assert from 'node:assert/strict';

/** What somebody does on `page` with keys alone. */
export function keys(page) {
  /** Presses Tab until the focus is on what `locator` finds, and sees that one can see it there. */
  async function reach(locator) {
    await locator.first().waitFor();
    for (let presses = 0; presses < 150; presses += 1) {
      await page.keyboard.press('Tab');
      if (await locator.evaluateAll((all) => all.includes(document.activeElement))) {
        assert.ok(await page.evaluate(() => document.activeElement.checkVisibility()), 'the focus is on something hidden');
        return;
      }
    }
    assert.fail(`not reached by 150 presses of Tab: ${locator}`);
  }

  async function press(locator, key = 'Enter') {
    await reach(locator);
    await page.keyboard.press(key);
  }

  async function type(locator, text) {
    await reach(locator);
    await page.keyboard.type(text);
  }

  return { reach, press, type };
}
