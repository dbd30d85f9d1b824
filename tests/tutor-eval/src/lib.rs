//! Measures the tutor.
//!
//! Conversations by several kinds of student and honest questions, written down in
//! `conversations/` and `questions/`, are played against the tutor over the real course, as
//! api-server would. Three subjects answer: the built-in guide, a model that gives solutions away
//! on purpose, and a real model where one is configured.

pub mod course;
pub mod evaluate;
pub mod finder;
pub mod judge;
pub mod run;
pub mod score;
pub mod script;
pub mod subject;
