// A hand on the keyboard and none on the mouse.
import assert from 'node:assert/strict';

/** In the page: what keeps somebody from seeing where the focus is; empty when they see it. */
function unseen() {
  const element = document.activeElement;
  const ringed = (one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  };
  if (!element.checkVisibility()) return 'it is on something hidden';
  // A field inside a frame that looks like one field: the frame has the ring.
  if (![element, element.parentElement].some(ringed)) return 'nothing shows it';
  // The first line of a link that goes over two; the upper edge of what is higher than the screen.
  const { left, top, width, height } = element.getClientRects()[0];
  const there = document.elementFromPoint(left + width / 2, top + Math.min(height, innerHeight) / 2);
  if (!there) return 'it is off the screen';
  return there.contains(element) || element.contains(there) ? '' : `it is behind ${there.outerHTML.slice(0, 80)}`;
}

/** What somebody does on `page` with keys alone. */
export function keys(page) {
  const focused = (locator) => locator.evaluateAll((all) => all.includes(document.activeElement));

  /** Sees that one can see the focus. The page may still be on its way to it. */
  async function see(locator) {
    for (let looks = 0; looks < 60 && await page.evaluate(unseen) !== ''; looks += 1) await page.waitForTimeout(50);
    assert.equal(await page.evaluate(unseen), '', `the focus on ${locator}`);
  }

  /** Presses Tab, or Shift and Tab, until the focus is on what `locator` finds, and sees that one can see it there. */
  async function reach(locator, tab = 'Tab') {
    await locator.first().waitFor();
    for (let presses = 0; presses < 150; presses += 1) {
      await page.keyboard.press(tab);
      if (await focused(locator)) return see(locator);
    }
    return assert.fail(`not reached by 150 presses of ${tab}: ${locator}`);
  }

  /** Waits until the page has put the focus there by itself; keys that come before that would be lost. */
  async function given(locator) {
    await locator.first().waitFor();
    for (let looks = 0; looks < 200 && !await focused(locator); looks += 1) await page.waitForTimeout(50);
    assert.ok(await focused(locator), `the page does not begin at ${locator}`);
    return see(locator);
  }

  /** Presses Tab once, and sees that this leads to what `locator` finds. */
  async function next(locator, tab = 'Tab') {
    await page.keyboard.press(tab);
    assert.ok(await focused(locator), `${tab} does not lead to ${locator}`);
    return see(locator);
  }

  async function press(locator, key = 'Enter') {
    await reach(locator);
    await page.keyboard.press(key);
  }

  async function type(locator, text) {
    await reach(locator);
    await page.keyboard.type(text);
  }

  return { reach, given, next, press, type };
}
