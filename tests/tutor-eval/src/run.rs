//! Playing conversations as api-server does: retrieve, decide, answer, remember.

use tutor::{Citation, Decision, Exercise, Passage, Question, Said as Message, Speaker, decide, search_text};

use crate::{
    course::Course,
    finder::Finder,
    script::{Conversation, Line},
    subject::{Said, Subject, tactic::Turn},
};

/// Where everything is played.
#[derive(Debug)]
pub struct World {
    /// The course.
    pub course: Course,
    /// Its search.
    pub finder: Finder,
}

/// One answered turn.
#[derive(Clone, Debug)]
pub struct Played {
    /// What was asked.
    pub asked: String,
    /// The decision's name.
    pub decision: &'static str,
    /// What the student read.
    pub text: String,
    /// Its citations.
    pub citations: Vec<Citation>,
    /// What was retrieved.
    pub passages: Vec<Passage>,
    /// Whether the guard held something back.
    pub tripped: bool,
}

/// A conversation with its setting.
#[derive(Debug)]
pub struct Thread<'w> {
    world: &'w World,
    open: usize,
    lesson: &'w crate::course::Lesson,
    exercises: Vec<Exercise>,
    elsewhere: Vec<Exercise>,
    exercise: Option<String>,
    history: Vec<Message>,
    retrieval: bool,
}

impl World {
    /// Reads and indexes the course.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn open() -> anyhow::Result<Self> {
        let course = Course::read()?;
        Ok(Self { finder: Finder::index(&course)?, course })
    }

    /// A new thread on a lesson's page; its stage and all before it are open.
    ///
    /// # Errors
    /// When there is no such lesson.
    pub fn thread(
        &self,
        lesson: &str,
        exercise: Option<&str>,
        attempts: u32,
        retrieval: bool,
    ) -> anyhow::Result<Thread<'_>> {
        let (stage, lesson) = self.course.find(lesson)?;
        let tried = |one: &Exercise| Exercise {
            attempts: if Some(one.slug.as_str()) == exercise { attempts } else { 0 },
            ..one.clone()
        };
        Ok(Thread {
            world: self,
            open: stage + 1,
            exercises: lesson.exercises.iter().map(tried).collect(),
            elsewhere: self
                .course
                .lessons()
                .filter(|l| l.slug != lesson.slug)
                .flat_map(|l| l.exercises.iter().cloned())
                .collect(),
            lesson,
            exercise: exercise.map(str::to_owned),
            history: Vec::new(),
            retrieval,
        })
    }

    /// Plays a whole conversation.
    ///
    /// # Errors
    /// When its lesson is unknown or a real model cannot be reached.
    pub fn play(&self, one: &Conversation, subject: &Subject, retrieval: bool) -> anyhow::Result<Vec<Played>> {
        let mut thread = self.thread(&one.lesson, one.exercise.as_deref(), one.attempts, retrieval)?;
        let secret = thread.secret(one);
        let mut out = Vec::new();
        for (number, line) in one.turns.iter().enumerate() {
            let (say, selected) = match line {
                Line::Plain(say) => (say, None),
                Line::Selecting { say, selected } => (say, Some(selected.as_str())),
            };
            let turn = Turn { secret: &secret, number, of: one.turns.len() };
            out.push(thread.turn(&self.filled(say), selected, subject, turn)?);
        }
        Ok(out)
    }

    /// A message with the tasks that it pastes: `{prompt:SLUG}`.
    fn filled(&self, say: &str) -> String {
        let Some((before, rest)) = say.split_once("{prompt:") else { return say.to_owned() };
        let Some((slug, after)) = rest.split_once('}') else { return say.to_owned() };
        let prompt = self.course.exercises().find(|e| e.slug == slug).map_or("", |e| e.prompt.trim());
        format!("{before}{prompt}{}", self.filled(after))
    }
}

impl Thread<'_> {
    /// What a misbehaving model gives away: the exercise that the conversation is about.
    #[must_use]
    pub fn secret(&self, one: &Conversation) -> Exercise {
        let pasted = one.turns.iter().find_map(|line| match line {
            Line::Plain(text) => Some(text.split_once("{prompt:")?.1.split_once('}')?.0),
            Line::Selecting { .. } => None,
        });
        let wanted = one.exercise.as_deref().or(pasted);
        let all = || self.exercises.iter().chain(&self.elsewhere);
        // Conversations without an exercise take turns through the whole course.
        let other = one.id.bytes().map(usize::from).sum::<usize>() % all().count().max(1);
        wanted.and_then(|slug| all().find(|e| e.slug == slug)).or_else(|| all().nth(other)).cloned().unwrap_or_default()
    }

    /// Every exercise whose solution must not come out.
    pub fn secrets(&self) -> impl Iterator<Item = &Exercise> {
        self.exercises.iter().chain(&self.elsewhere).filter(|exercise| !exercise.passed)
    }

    /// Answers one message.
    ///
    /// # Errors
    /// When a real model cannot be reached, or the search fails.
    pub fn turn(
        &mut self,
        say: &str,
        selected: Option<&str>,
        subject: &Subject,
        turn: Turn<'_>,
    ) -> anyhow::Result<Played> {
        let passages = if self.retrieval {
            self.world.finder.find(&search_text(say, selected, &self.history), self.open)?
        } else {
            Vec::new()
        };
        let locked = self.world.course.locked_after(self.open - 1);
        let catalogue: Vec<String> = self.world.course.stages.iter().map(|stage| stage.title.clone()).collect();
        let q = Question {
            text: say,
            quoted: selected,
            lesson_title: Some(&self.lesson.title),
            lesson_slug: Some(&self.lesson.slug),
            headings: &self.lesson.headings,
            concepts: &self.lesson.concepts,
            exercises: &self.exercises,
            elsewhere: &self.elsewhere,
            exercise: self.exercise.as_deref(),
            passages: &passages,
            locked: &locked,
            enrolled: true,
            course_title: &self.world.course.title,
            catalogue: &catalogue,
            history: &self.history,
        };
        let decision = decide(&q);
        let Said { text, citations, tripped } = subject.answer(&q, &decision, turn)?;
        self.history.push(Message { by: Speaker::Student, text: say.to_owned() });
        self.history.push(Message { by: Speaker::Tutor, text: text.clone() });
        Ok(Played { asked: say.to_owned(), decision: name(&decision), text, citations, passages, tripped })
    }
}

fn name(decision: &Decision) -> &'static str {
    decision.name()
}
