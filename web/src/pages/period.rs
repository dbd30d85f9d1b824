//! Which days a page looks at: a form, and the query it makes.

use leptos::prelude::*;
use serde::Deserialize;
use ui::{Button, ButtonKind};

/// The query `from` and `to`, days such as 2026-01-31.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Period {
    from: String,
    to: String,
}

impl Period {
    /// As a query for the API, which decides what is a period; empty fields ask for its usual days.
    #[must_use]
    pub fn query(&self) -> String {
        query([("from", self.from.as_str()), ("to", self.to.as_str())])
    }

    /// The days as they were asked for; empty for the usual ones.
    #[must_use]
    pub fn days(&self) -> (&str, &str) {
        (&self.from, &self.to)
    }
}

/// `?a=b&c=d` of the pairs that have a value, or nothing.
#[must_use]
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    let text = query.finish();
    if text.is_empty() { text } else { format!("?{text}") }
}

/// The form that changes the days.
#[component]
pub fn PeriodForm(
    /// The first day.
    from: String,
    /// The last day.
    to: String,
) -> AnyView {
    view! {
        <form method="get" class="filters">
            <div class="field"><label for="from">"From"</label><input class="input" type="date" id="from" name="from" value=from/></div>
            <div class="field"><label for="to">"To"</label><input class="input" type="date" id="to" name="to" value=to/></div>
            <Button kind=ButtonKind::Secondary>"Show"</Button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_what_was_filled_in_and_cannot_be_broken_out_of() {
        assert_eq!(query([("a", ""), ("b", "")]), "");
        assert_eq!(query([("a", "x&y=1#"), ("b", "")]), "?a=x%26y%3D1%23");
    }
}
