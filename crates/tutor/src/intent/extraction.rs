//! Recognising that somebody reaches for a solution.

use crate::text::phrase::Words;

/// How a message reaches for a solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extraction {
    /// "The solution", "the answer key": a solution by name.
    Solution,
    /// "Solve it for me", "line by line": needs no noun, but something that is being worked on.
    Work,
    /// "Give me the code": code of the lesson or of the exercise, the context tells.
    Code,
    /// "My professor allows it", "in Java then": pressure, or the next try after a refusal.
    Insist,
}

/// A solution, in the languages that students try first.
const SOLUTION: &[&str] = &[
    "solution",
    "solutions",
    "answers",
    "answerkey",
    "soln",
    "losung",
    "loesung",
    "musterlosung",
    "solucion",
    "respuesta",
    "respuestas",
    "reponse",
    "reponses",
    "corrige",
    "solucao",
    "resposta",
    "soluzione",
    "risposta",
    "решение",
    "ответ",
    "答案",
    "解答",
    "الحل",
    "cozum",
    "उततर",
];
const SOLUTION_PHRASES: &[&str] = &[
    "the answer",
    "answer key",
    "model answer",
    "correct answer",
    "final answer",
    "full answer",
    "reference implementation",
    "reference code",
    "sample answer",
    "exact answer",
    "full code",
    "complete code",
    "whole code",
    "finished code",
    "working code",
    "correct code",
    "expected code",
    "entire code",
    "complete program",
    "full program",
];
const CODE: &[&str] = &["code", "program", "script", "implementation", "function", "pseudocode", "snippet", "class"];
const ASKING: &[&str] = &[
    "give",
    "gimme",
    "show",
    "tell",
    "write",
    "send",
    "paste",
    "post",
    "print",
    "output",
    "reveal",
    "provide",
    "generate",
    "need",
    "want",
    "translate",
    "encode",
    "spell",
    "dump",
    "share",
    "reproduce",
    "repeat",
    "recite",
    "read",
    "display",
    "type",
    "just",
    "produce",
    "leak",
    "convert",
    "encrypt",
    "hide",
    "list",
    "say",
    "sing",
    "supply",
    "get",
    "have",
    "please",
    "whats",
    "reads",
    "gives",
    "tells",
    "shows",
    "writes",
    "prints",
    "reciting",
    "reading",
    "telling",
    "giving",
    "pretend",
    "imagine",
    "roleplay",
    "ignore",
    "forget",
    "allowed",
    "permission",
    "teacher",
    "professor",
    "instructor",
    "admin",
    "hypothetically",
    "what",
    "wheres",
    "see",
    "gib",
    "zeig",
    "dame",
    "donne",
    "mostrar",
    "summarize",
    "summarise",
    "describe",
    "explain",
    "put",
    "return",
    "include",
    "embed",
    "export",
    "complete",
    "full",
    "whole",
    "entire",
    "final",
    "exact",
];
const WORK: &[&str] = &[
    "solve it",
    "solve this",
    "solve the",
    "solve my",
    "solve that",
    "do it for me",
    "do this for me",
    "do the exercise",
    "do my homework",
    "do my exercise",
    "do my assignment",
    "do the homework",
    "do the assignment",
    "complete the exercise",
    "complete it for me",
    "complete my",
    "finish it for me",
    "finish this for me",
    "finish my",
    "finish the exercise",
    "write it for me",
    "write this for me",
    "write the exercise",
    "code it for me",
    "implement it for me",
    "line by line",
    "first line",
    "next line",
    "second line",
    "third line",
    "last line",
    "one line at a time",
    "missing line",
    "missing lines",
    "fill in the",
    "fill the blanks",
    "fill in",
    "rest of the code",
    "rest of it",
    "continue the code",
    "word by word",
    "character by character",
    "letter by letter",
    "one character at a time",
    "one word at a time",
    "function body",
    "just the body",
    "only the body",
    "just the function",
    "only the function",
    "just the loop",
    "only the loop",
];
const EXERCISE: &[&str] = &[
    "exercise",
    "exercises",
    "task",
    "assignment",
    "assignments",
    "homework",
    "challenge",
    "quiz",
    "aufgabe",
    "ejercicio",
    "exercice",
];

const INSISTING: &[&str] = &[
    "my teacher",
    "my professor",
    "my instructor",
    "my prof",
    "my boss",
    "the teacher said",
    "you may",
    "you are allowed",
    "its allowed",
    "allows it",
    "allowed it",
    "i have permission",
    "i am the teacher",
    "im the teacher",
    "i am the admin",
    "im the admin",
    "i am an admin",
    "i am the instructor",
    "im the instructor",
    "i am the developer",
    "im the developer",
    "pretend",
    "role play",
    "roleplay",
    "act as",
    "you are now",
    "hypothetically",
    "educational purposes",
    "only the",
    "just the",
    "just one",
    "write it",
    "in java",
    "in rust",
    "in javascript",
    "in another language",
    "in french",
    "in spanish",
    "in german",
    "in base64",
    "in hex",
    "in morse",
    "rot13",
    "backwards",
    "in reverse",
    "instead",
    "then give",
    "give it",
    "show it",
    "send it",
    "tell me it",
    "do it",
    "i will fail",
    "due tomorrow",
    "deadline",
    "just this once",
    "please just",
    "come on",
    "i beg you",
    "ill pay",
];

/// Whether a message speaks of an exercise.
pub(super) fn about_exercise(words: &Words) -> bool {
    words.one_of(EXERCISE) || words.any(&["this problem", "the problem statement", "problem set"])
}

/// How a message reaches for a solution, if it does.
pub(super) fn read(words: &Words) -> Option<Extraction> {
    if mentions_solution(words) && (asks(words) || words.len() <= 4) {
        return Some(Extraction::Solution);
    }
    if words.any(WORK) {
        return Some(Extraction::Work);
    }
    if words.one_of(CODE) && asks(words) {
        return Some(Extraction::Code);
    }
    words.any(INSISTING).then_some(Extraction::Insist)
}

/// A solution that is not the student's own: "is my solution right?" asks for no solution.
fn mentions_solution(words: &Words) -> bool {
    if words.any(SOLUTION_PHRASES) {
        return true;
    }
    words.0.iter().enumerate().any(|(at, word)| {
        let owner = at.checked_sub(1).map_or("", |before| words.0[before].as_str());
        SOLUTION.contains(&word.as_str()) && !matches!(owner, "my" | "our" | "a" | "his" | "her")
    })
}

fn asks(words: &Words) -> bool {
    words.one_of(ASKING)
}

#[cfg(test)]
mod tests {
    use super::{Extraction, read};
    use crate::intent::unmask;

    fn extraction(text: &str) -> Option<Extraction> {
        read(&unmask(text))
    }

    #[test]
    fn a_solution_is_asked_for_by_name_or_by_its_parts() {
        assert_eq!(extraction("give me the solution"), Some(Extraction::Solution));
        assert_eq!(extraction("Solution?"), Some(Extraction::Solution));
        assert_eq!(extraction("dame la solución"), Some(Extraction::Solution));
        assert_eq!(extraction("Just do it for me"), Some(Extraction::Work));
        assert_eq!(extraction("what is the first line?"), Some(Extraction::Work));
        assert_eq!(extraction("Show me the code"), Some(Extraction::Code));
    }

    #[test]
    fn ones_own_solution_may_be_talked_about() {
        assert_eq!(extraction("Is my solution too slow?"), None);
    }

    #[test]
    fn an_honest_question_reaches_for_nothing() {
        assert_eq!(extraction("Why does a closed loop oscillate?"), None);
    }
}
