//! What comes next for an authorization request: `prompt` and `max_age` (OpenID Connect Core section 3.1.2.1).

use chrono::{DateTime, TimeDelta, Utc};

use super::request::Prompt;

/// How long a sign-in that `prompt=login` asked for satisfies the request that asked.
const PATIENCE: TimeDelta = TimeDelta::hours(2);
/// How long the way from the sign-in page back to here may take, whatever `max_age` says.
const WAY_BACK: TimeDelta = TimeDelta::minutes(2);

/// What must happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The person signs in.
    SignIn,
    /// The person says as whom to go on.
    SelectAccount,
    /// The person registers.
    SignUp,
    /// The person is asked for consent.
    Consent,
    /// The client gets a code.
    Answer,
}

/// What the request demands of the person's sign-in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demand {
    /// What the person must or must not be asked.
    pub prompt: Prompt,
    /// How old the sign-in may be.
    pub max_age: Option<TimeDelta>,
    /// When the request began to wait for the person; a sign-in after it was asked for by this very request.
    pub since: Option<DateTime<Utc>>,
}

/// The next step, for a person who signed in at `auth_time`, if anybody is signed in.
#[must_use]
pub fn next_step(demand: Demand, auth_time: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Step {
    let Demand { prompt, max_age, since } = demand;
    let asked_already = matches!((auth_time, since), (Some(auth_time), Some(since)) if auth_time >= since);
    // However long ago: who registered and went to look for the mail must not be asked to register again.
    if prompt.create && !asked_already {
        return Step::SignUp;
    }
    let Some(auth_time) = auth_time else { return Step::SignIn };
    let age = now - auth_time;
    let login_is_due = prompt.login && !(asked_already && age < PATIENCE);
    // An age of zero seconds is asked for, too: the way back from the page must fit in.
    let too_old = max_age.is_some_and(|max_age| age > max_age && !(asked_already && age < WAY_BACK));
    // Who has just signed in has chosen.
    let select_is_due = prompt.select_account && !(asked_already && age < PATIENCE);
    match () {
        () if login_is_due || too_old => Step::SignIn,
        () if select_is_due => Step::SelectAccount,
        () => Step::Answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_is_not_outlived_by_the_sign_in_it_asked_for() {
        let now = Utc::now();
        let minutes = |minutes| now - TimeDelta::minutes(minutes);
        let demand = Demand { max_age: Some(TimeDelta::zero()), since: Some(minutes(60)), ..Demand::default() };
        assert_eq!(next_step(demand, Some(minutes(1)), now), Step::Answer, "just back from the page");
        assert_eq!(next_step(demand, Some(minutes(30)), now), Step::SignIn, "the same link, half an hour later");
        assert_eq!(next_step(demand, Some(minutes(61)), now), Step::SignIn, "signed in before it asked");
        let lax = Demand { max_age: Some(TimeDelta::hours(1)), ..Demand::default() };
        assert_eq!(next_step(lax, Some(minutes(30)), now), Step::Answer);
    }

    #[test]
    fn a_page_left_open_for_hours_still_takes_the_sign_in() {
        let now = Utc::now();
        let prompt = Prompt { login: true, ..Prompt::default() };
        let demand = Demand { prompt, since: Some(now - TimeDelta::hours(5)), ..Demand::default() };
        assert_eq!(next_step(demand, Some(now), now), Step::Answer);
        assert_eq!(next_step(demand, Some(now - TimeDelta::hours(3)), now), Step::SignIn);
    }
}
