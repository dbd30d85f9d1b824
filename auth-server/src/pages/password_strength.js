// Shows, while a new password is typed, which rules it keeps. The server decides; without this script the rules stand
// there as text.
"use strict";
const tests = {
  length: (text, rule) => [...text].length >= Number(rule.dataset.min),
  upper: (text) => /\p{Uppercase}/u.test(text) || caseless(text),
  lower: (text) => /\p{Lowercase}/u.test(text) || caseless(text),
  digit: (text) => /\p{N}/u.test(text),
  special: (text) => /[^\p{Alphabetic}\p{N}]/u.test(text),
};
const words = ["", "Too weak", "Nearly there", "Good", "Strong"];

function caseless(text) {
  return /(?![\p{Uppercase}\p{Lowercase}])\p{Alphabetic}/u.test(text);
}

function score(text, kept, all) {
  if (text === "") return 0;
  if (kept < all) return kept * 2 > all ? 2 : 1;
  const characters = [...text];
  return characters.length >= 16 && new Set(characters).size >= 10 ? 4 : 3;
}

for (const field of document.querySelectorAll("[data-new-password]")) {
  const input = field.querySelector("input");
  const rules = [...field.querySelectorAll("[data-rule]")];
  const strength = field.querySelector("[data-strength]");
  strength.hidden = false;
  input.addEventListener("input", () => {
    const text = input.value.normalize("NFKC");
    const kept = rules.filter((rule) => {
      const keeps = tests[rule.dataset.rule](text, rule);
      rule.classList.toggle("rule-kept", keeps);
      return keeps;
    });
    const points = score(text, kept.length, rules.length);
    strength.querySelector("meter").value = points;
    const status = strength.querySelector("[role=status]");
    if (status.textContent !== words[points]) status.textContent = words[points];
  });
}
