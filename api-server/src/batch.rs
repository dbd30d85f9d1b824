//! What many ask of the database at once, asked together.

use std::{fmt, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::error::Problem;

/// The most that are asked together.
const MOST: usize = 64;
/// How long an answer is waited for.
const LIMIT: Duration = Duration::from_secs(5);

/// A question with the way back for its answer.
type Waiting<Q, A> = (Q, oneshot::Sender<A>);

/// Questions that come while others are being answered wait, and are then answered together: one by one while few ask,
/// and when many do, with one round trip, one plan and one commit for all. Nobody waits for company. Cheap to clone.
pub struct Batch<Q, A>(mpsc::UnboundedSender<Waiting<Q, A>>);

impl<Q: Send + 'static, A: Send + 'static> Batch<Q, A> {
    /// Starts the task that asks; it ends with the last clone. `answer` gives an answer to each question, in their order.
    #[must_use]
    pub fn start<F>(answer: impl Fn(Vec<Q>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Vec<A>> + Send,
    {
        let (sender, mut queue) = mpsc::unbounded_channel::<Waiting<Q, A>>();
        tokio::spawn(async move {
            let mut waiting = Vec::new();
            while queue.recv_many(&mut waiting, MOST).await > 0 {
                let asked = waiting.drain(..).filter(|(_, back)| !back.is_closed());
                let (questions, back): (Vec<Q>, Vec<_>) = asked.unzip();
                if questions.is_empty() {
                    continue;
                }
                let answers = AssertUnwindSafe(timeout(LIMIT, answer(questions))).catch_unwind().await;
                // A panic is in the log, and must not be the end of all questions.
                let answers = answers.unwrap_or(Ok(Vec::new())).unwrap_or_default();
                for (back, answer) in back.into_iter().zip(answers) {
                    // Whoever asked may have left.
                    let _left = back.send(answer);
                }
            }
        });
        Self(sender)
    }

    /// Asks. `None`: there was no answer within five seconds, in which it may not even have been its turn.
    pub async fn ask(&self, question: Q) -> Option<A> {
        let (sender, answer) = oneshot::channel();
        self.0.send((question, sender)).ok()?;
        timeout(LIMIT, answer).await.ok()?.ok()
    }
}

impl<Q: Send + 'static, A: Send + 'static> Batch<Q, Option<A>> {
    /// As [`Batch::start`], for what cannot be stored together because of one of them: then each is answered `None`, and is
    /// to be stored alone, so that one's fault is not the others'. `what` names them in the log.
    #[must_use]
    pub fn or_alone<F>(what: &'static str, store: impl Fn(Vec<Q>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>, sqlx::Error>> + Send,
    {
        Self::start(move |questions: Vec<Q>| {
            let asked = questions.len();
            let stored = store(questions);
            async move {
                match stored.await {
                    Ok(answers) => answers.into_iter().map(Some).collect(),
                    Err(error) => {
                        tracing::warn!(%error, what, asked, "could not be stored together");
                        std::iter::repeat_with(|| None).take(asked).collect()
                    }
                }
            }
        })
    }
}

impl<Q: Send + 'static, A: Send + 'static> Batch<Q, Result<A, Problem>> {
    /// As [`Batch::start`], for what is only read: what goes wrong is everybody's answer.
    #[must_use]
    pub fn or_problem<F>(read: impl Fn(Vec<Q>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>, sqlx::Error>> + Send,
    {
        Self::start(move |questions: Vec<Q>| {
            let asked = questions.len();
            let answers = read(questions);
            async move {
                match answers.await {
                    Ok(answers) => answers.into_iter().map(Ok).collect(),
                    Err(error) => {
                        let problem = Problem::from(error);
                        (0..asked).map(|_| Err(problem.clone())).collect()
                    }
                }
            }
        })
    }

    /// As [`Batch::ask`]; without an answer the database is out of reach.
    ///
    /// # Errors
    /// 503 `database_unavailable`; what was everybody's answer.
    pub async fn read(&self, question: Q) -> Result<A, Problem> {
        match self.ask(question).await {
            Some(answer) => answer,
            // Made only now, since making it writes a line into the log.
            None => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }
}

impl<Q, A> Clone for Batch<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q, A> fmt::Debug for Batch<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Batch")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn what_is_asked_meanwhile_is_asked_together_and_each_gets_its_own_answer() {
        let sizes = Batch::start(|questions: Vec<usize>| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let together = questions.len();
            questions.into_iter().map(|question| (question * 2, together)).collect()
        });
        let answers = join_all((0..6).map(|question| sizes.ask(question))).await;
        let doubled: Vec<_> = answers.iter().flatten().map(|(doubled, _)| *doubled).collect();
        assert_eq!(doubled, [0, 2, 4, 6, 8, 10]);
        assert!(answers.iter().flatten().any(|(_, together)| *together > 1), "{answers:?}");
        assert_eq!(sizes.ask(7).await, Some((14, 1)), "nobody waits for company");
    }

    #[tokio::test]
    async fn what_is_never_answered_ends_the_wait_and_not_the_questions_after_it() {
        let slow = Batch::start(|questions: Vec<bool>| async move {
            if questions.contains(&true) {
                std::future::pending::<()>().await;
            }
            questions
        });
        assert_eq!(slow.ask(true).await, None);
        assert_eq!(slow.ask(false).await, Some(false));
    }

    #[tokio::test]
    async fn a_panic_is_not_the_end_of_the_questions_after_it() {
        let frail = Batch::start(|questions: Vec<bool>| async move {
            assert!(!questions.contains(&true), "this one cannot be answered");
            questions
        });
        assert_eq!(frail.ask(true).await, None);
        assert_eq!(frail.ask(false).await, Some(false));
    }

    #[tokio::test]
    async fn what_cannot_be_stored_together_is_told_so_one_by_one() {
        let stores = Batch::or_alone("numbers", |numbers: Vec<u8>| async move {
            if numbers.contains(&0) { Err(sqlx::Error::RowNotFound) } else { Ok(numbers) }
        });
        let (bad, good) = tokio::join!(stores.ask(0), stores.ask(1));
        assert_eq!(bad, Some(None));
        assert!(matches!(good, Some(None | Some(1))), "{good:?}");
        assert_eq!(stores.ask(2).await, Some(Some(2)));
    }

    #[tokio::test]
    async fn an_answer_too_few_is_none() {
        let silent = Batch::start(|_: Vec<u8>| async { Vec::<u8>::new() });
        assert_eq!(silent.ask(1).await, None);
    }
}
