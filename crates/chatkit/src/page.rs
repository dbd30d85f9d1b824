//! Pages of lists.

use serde::{Deserialize, Serialize};

use crate::{RequestError, ThreadItem, fields::Fields};

/// How many rows a page has when nothing else is asked for.
pub const DEFAULT_PAGE: usize = 20;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Whether there are rows after these.
    #[serde(default)]
    pub has_more: bool,
    /// The cursor for the page after this one, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl<T> Page<T> {
    /// No rows.
    #[must_use]
    pub fn empty() -> Self {
        Self { data: Vec::new(), has_more: false, after: None }
    }

    /// The first `size` of `rows`, which holds one row more if the list goes on. The cursor is
    /// the id of the last row.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, size: usize, id: impl Fn(&T) -> String) -> Self {
        let has_more = rows.len() > size;
        rows.truncate(size);
        let after = rows.last().filter(|_| has_more).map(id);
        Self { data: rows, has_more, after }
    }
}

impl Page<ThreadItem> {
    /// Without hidden items. The page may get shorter, even empty; the cursor stays.
    #[must_use]
    pub fn visible(mut self) -> Self {
        self.data.retain(|item| !item.body.is_hidden());
        self
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageRequest {
    /// As asked: any integer, or none. See [`PageRequest::size`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The order of the rows.
    pub order: Order,
    /// The cursor: the id of the last row of the page before, exclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl PageRequest {
    /// How many rows to give, 1 to `cap`: [`DEFAULT_PAGE`] when nothing, 0 or less is asked for.
    #[must_use]
    pub fn size(&self, cap: usize) -> usize {
        let asked = self.limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
        asked.unwrap_or(DEFAULT_PAGE).clamp(1, cap.max(1))
    }

    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, RequestError> {
        Ok(Self {
            limit: fields.optional_integer("limit")?,
            order: match fields.optional_word("order", &["asc", "desc"])? {
                Some("asc") => Order::Asc,
                _ => Order::Desc,
            },
            after: fields.optional_string("after")?,
        })
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

#[cfg(test)]
mod tests {
    use super::{Page, PageRequest};

    #[test]
    fn the_size_is_what_is_asked_within_bounds() {
        for (limit, size) in
            [(None, 20), (Some(0), 20), (Some(-5), 20), (Some(7), 7), (Some(9999), 2000), (Some(i64::MAX), 2000)]
        {
            assert_eq!(PageRequest { limit, ..PageRequest::default() }.size(2000), size, "{limit:?}");
        }
    }

    #[test]
    fn the_cursor_is_there_only_while_the_list_goes_on() {
        let page = |rows: &[&str]| Page::cut(rows.iter().map(|row| (*row).to_owned()).collect(), 2, Clone::clone);
        assert_eq!(page(&["a", "b", "c"]).after.as_deref(), Some("b"));
        assert_eq!(page(&["a", "b"]), Page { data: vec!["a".into(), "b".into()], has_more: false, after: None });
    }
}
