//! Explaining with the lesson's own words.

use super::{ask, concept::names, draft::Draft, pick, wording::Names};
use crate::{
    intent::Shape,
    leak,
    reading::{Code, Sentence},
};

/// Longest code that is shown in an answer, in lines.
const LINES: usize = 25;
/// An answer below this many words gets a word of advice.
const SHORT: usize = 48;

const WHY: &[&str] = &[
    "A “why” is best answered by looking for the cause.",
    "Let us look for the reason together.",
    "Asking why is the right instinct here.",
    "Reasons stick better than facts, so let us find this one.",
];
const HOW: &[&str] = &[
    "Let us take it one step at a time.",
    "To see how it works, follow what goes in and what comes out.",
    "The mechanism is easier to see than to remember.",
    "Let us trace it from beginning to end.",
];
const COMPARE: &[&str] = &[
    "Put the two side by side and look for the one property that differs.",
    "A comparison needs a yardstick, so let us find one.",
    "Two ideas that look alike usually part ways at one point.",
];
const REPLY: &[&str] = &[
    "Thank you for thinking it through; hold your idea next to the lesson's words.",
    "Keep that thought and test it against the text.",
    "That gives us something to work with.",
    "Let us compare what you said with what the lesson says.",
    "Good, you have put it into words; now check it line by line.",
    "Now look for the place where the text agrees with you, and the place where it does not.",
];
const ANY: &[&str] = &[
    "Let us see what the lesson says about it.",
    "Here is a good place to begin.",
    "That is worth a closer look.",
    "The lesson has a sentence for exactly this.",
    "Let us start from the text and think on from there.",
    "Read this slowly; the answer is in it.",
    "Let us go one layer deeper.",
    "There is more to find here.",
];
const SMALLER: &[&str] = &[
    "That is fine; not knowing yet is where learning starts.",
    "No problem, let us take a smaller step.",
    "Being stuck means you have found the interesting spot.",
    "Let us come at it from another side.",
    "Take a breath; we will look at just one idea.",
    "It is all right not to see it at once.",
    "Let us put the big question away for a minute.",
];
const LEAD: &[&str] = &[
    "From “{h}” in *{l}*:",
    "In *{l}*, under “{h}”, it says:",
    "The section “{h}” puts it like this:",
    "Here is how *{l}* puts it under “{h}”:",
    "Have a look at “{h}”:",
    "The lesson *{l}* says:",
    "Look at this, from “{h}” in *{l}*:",
    "A sentence from “{h}” helps:",
];
const ADVICE: &[&str] = &[
    "Read the paragraph around it too; it is short, and it gives the context that a single sentence cannot.",
    "Follow the citation and read on to the end of that section before you answer.",
    "Say your answer aloud or write it down in one line before you read on; that shows you what you really know.",
    "Try to picture a concrete case while you read it, with real numbers if you can.",
    "If a word in it is new to you, tell me which one, and we will start there.",
    "Do not look for a clever answer; a plain one in your own words is worth more.",
    "Underline the word that carries the weight, then come back to me.",
    "A rough guess is welcome; we can sharpen it together.",
    "Take a minute with it, since this idea returns later in the lesson.",
    "Before you answer, cover the text and try to say it from memory.",
];
const EXHAUSTED: &[&str] = &[
    "I have quoted everything that your open lessons say about this, so now it is your turn to build on it.",
    "There is no sentence left in the text that I have not shown you; what remains is the thinking.",
    "We have now read all that bears on this, and the next step has to come from you.",
    "The text has nothing new to add here, but you may.",
];
const NOT_FOUND: &[&str] = &[
    "I did not find a passage in your open lessons that answers this, and I would rather say so than guess.",
    "Your open lessons do not seem to speak about this, at least not in these words.",
    "I searched your open lessons and found nothing that I could honestly quote as an answer.",
    "Nothing in the lessons that you have opened answers this directly.",
];
const REPHRASE: &[&str] = &[
    "Which word would the lesson use for what you mean, perhaps something close to **{c}**?",
    "What made you think of this, and how does it touch **{c}**?",
    "Which part of it has to do with **{c}**, in your view?",
    "How would you put the question if you had to use the term **{c}**?",
];

/// Explains, then asks.
pub(super) fn explain(draft: &mut Draft<'_, '_>) {
    let opener = match draft.r.intent.shape {
        _ if draft.r.turns > 0 && draft.r.intent.statement && !draft.r.own.is_empty() => REPLY,
        Shape::Why => WHY,
        Shape::How => HOW,
        Shape::Compare => COMPARE,
        Shape::Other => ANY,
    };
    let names = passage(draft, &[opener, ANY]);
    ask::explained(draft, &names);
}

/// The lesson's words for a term first, without a preamble; then a question.
pub(super) fn define(draft: &mut Draft<'_, '_>) {
    let names = passage(draft, &[]);
    ask::explained(draft, &names);
}

/// The next passage and a question that can be answered with less.
pub(super) fn smaller_step(draft: &mut Draft<'_, '_>) {
    let names = passage(draft, &[SMALLER]);
    ask::smaller(draft, &names);
}

/// Says that no passage answers, offers the closest one, and asks for other words.
pub(super) fn nothing_found(draft: &mut Draft<'_, '_>) {
    let closest = pick::opening(draft);
    let quotes: Vec<&Sentence> = closest.into_iter().collect();
    let names = names(draft.r, &quotes);
    draft.say(NOT_FOUND, &names);
    if let Some(sentence) = closest {
        let closest = [
            "The closest that I have is in “{h}” of *{l}*:",
            "Nearest to it is this, from “{h}” in *{l}*:",
            "Perhaps this, from *{l}*, is on the way:",
        ];
        draft.say(&closest, &names);
        draft.gap();
        draft.quote(sentence);
    }
    draft.say(&["If you meant something in this course, other words may find it: the terms in the lesson's headings work best.", "Try the words that stand in the lesson's headings; they find the most."], &names);
    ask::one_of(draft, &[REPHRASE], &names);
}

/// Opener, quotations, code, a word of advice. Gives the names for the question.
fn passage(draft: &mut Draft<'_, '_>, openers: &[&[&str]]) -> Names {
    let mut quotes = pick::sentences(draft);
    if quotes.is_empty() {
        quotes = pick::opening(draft).into_iter().collect();
    }
    let names = names(draft.r, &quotes);
    let opened = openers.iter().any(|list| draft.say(list, &names));
    if quotes.is_empty() {
        draft.say(EXHAUSTED, &names);
    } else {
        quote(draft, &quotes, &names, opened);
    }
    code(draft, &quotes);
    if draft.words() < SHORT {
        draft.say(ADVICE, &names);
    }
    names
}

fn quote(draft: &mut Draft<'_, '_>, quotes: &[&Sentence], names: &Names, opened: bool) {
    if let Some(lead) = draft.choose(LEAD, names) {
        if opened { draft.go_on(&lead) } else { draft.paragraph(&lead) }
    }
    draft.gap();
    for sentence in quotes {
        if !draft.is_said(sentence) {
            draft.quote(sentence);
        }
    }
}

/// Code of an unlocked lesson may always be shown; it is shown when it was asked for.
fn code(draft: &mut Draft<'_, '_>, quotes: &[&Sentence]) {
    if !draft.r.intent.code {
        return;
    }
    let near = |code: &&Code| quotes.is_empty() || quotes.iter().any(|sentence| sentence.passage == code.passage);
    let all = &draft.r.corpus.code;
    let Some(code) = all
        .iter()
        .filter(|code| showable(draft, code))
        .find(near)
        .or_else(|| all.iter().find(|code| showable(draft, code)))
    else {
        return;
    };
    let fence = if code.body.contains("```") { "````" } else { "```" };
    let language: String = code.language.chars().filter(|c| c.is_alphanumeric() || *c == '+').collect();
    let lesson = super::wording::name(&draft.r.q.passages[code.passage].lesson_title);
    draft.paragraph(&format!("{fence}{language}\n{}{fence}", code.body));
    draft.paragraph(&format!("This code stands in *{lesson}*, and reading it line by line is part of the work."));
    draft.cite(code.passage);
}

fn showable(draft: &Draft<'_, '_>, code: &Code) -> bool {
    let open = draft.r.q.exercises.iter().filter(|exercise| !exercise.passed);
    code.body.lines().count() <= LINES
        && draft.is_fresh(&format!("```\n{}```", code.body))
        && open.into_iter().all(|exercise| leak::similarity(&code.body, &exercise.solution) < leak::LEAK)
}
