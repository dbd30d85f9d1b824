//! Reading members of JSON objects, with errors that say where.

use serde_json::Value;

use crate::{JsonObject, RequestError};

/// The members of an object, and where it stands in the request.
#[derive(Debug)]
pub(crate) struct Fields<'v> {
    /// Empty for the body itself.
    path: String,
    members: &'v JsonObject,
}

type Read<T> = Result<T, RequestError>;

impl<'v> Fields<'v> {
    /// The members of the body.
    pub(crate) fn of_body(value: &'v Value) -> Read<Self> {
        let members = value.as_object().ok_or_else(|| wrong("the body".to_owned(), "an object"))?;
        Ok(Self { path: String::new(), members })
    }

    /// The names of all members.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'v str> {
        self.members.keys().map(String::as_str)
    }

    pub(crate) fn string(&self, name: &str) -> Read<String> {
        self.text(name, self.required(name)?)
    }

    /// A string, null or nothing.
    pub(crate) fn optional_string(&self, name: &str) -> Read<Option<String>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.text(name, value).map(Some),
        }
    }

    /// One of some words.
    pub(crate) fn word(&self, name: &str, words: &[&'static str]) -> Read<&'static str> {
        self.one_of(name, self.required(name)?, words)
    }

    /// One of some words, or nothing; null is refused.
    pub(crate) fn optional_word(&self, name: &str, words: &[&'static str]) -> Read<Option<&'static str>> {
        self.members.get(name).map(|value| self.one_of(name, value, words)).transpose()
    }

    pub(crate) fn optional_bool(&self, name: &str) -> Read<Option<bool>> {
        let read = |value: &Value| value.as_bool().ok_or_else(|| wrong(self.at(name), "true or false"));
        self.members.get(name).map(read).transpose()
    }

    pub(crate) fn integer(&self, name: &str) -> Read<i64> {
        self.whole(name, self.required(name)?)
    }

    /// An integer, null or nothing.
    pub(crate) fn optional_integer(&self, name: &str) -> Read<Option<i64>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.whole(name, value).map(Some),
        }
    }

    pub(crate) fn object(&self, name: &str) -> Read<Fields<'v>> {
        self.as_object(name, self.required(name)?)
    }

    /// An object, null or nothing.
    pub(crate) fn optional_object(&self, name: &str) -> Read<Option<Fields<'v>>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.as_object(name, value).map(Some),
        }
    }

    /// An object of the integrator's own, or nothing; null is refused.
    pub(crate) fn optional_map(&self, name: &str) -> Read<Option<JsonObject>> {
        let Some(value) = self.members.get(name) else { return Ok(None) };
        let map = self.as_object(name, value)?.members;
        refuse_nul(value, &self.at(name))?;
        Ok(Some(map.clone()))
    }

    /// Any JSON, null included, but not nothing.
    pub(crate) fn json(&self, name: &str) -> Read<Value> {
        let value = self.required(name)?;
        refuse_nul(value, &self.at(name))?;
        Ok(value.clone())
    }

    /// Any JSON, or nothing.
    pub(crate) fn optional_json(&self, name: &str) -> Read<Option<Value>> {
        self.members.get(name).map(|_| self.json(name)).transpose()
    }

    pub(crate) fn strings(&self, name: &str) -> Read<Vec<String>> {
        let values = self.array(name, self.required(name)?)?;
        values.iter().enumerate().map(|(index, value)| self.text(&format!("{name}[{index}]"), value)).collect()
    }

    pub(crate) fn optional_strings(&self, name: &str) -> Read<Option<Vec<String>>> {
        self.members.get(name).map(|_| self.strings(name)).transpose()
    }

    pub(crate) fn objects(&self, name: &str) -> Read<Vec<Fields<'v>>> {
        let values = self.array(name, self.required(name)?)?;
        values.iter().enumerate().map(|(index, value)| self.as_object(&format!("{name}[{index}]"), value)).collect()
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn required(&self, name: &str) -> Read<&'v Value> {
        self.members.get(name).ok_or_else(|| RequestError::Missing { field: self.at(name) })
    }

    fn text(&self, name: &str, value: &Value) -> Read<String> {
        let text = value.as_str().ok_or_else(|| wrong(self.at(name), "a string"))?;
        if text.contains('\0') {
            return Err(RequestError::Nul { field: self.at(name) });
        }
        Ok(text.to_owned())
    }

    fn one_of(&self, name: &str, value: &Value, words: &[&'static str]) -> Read<&'static str> {
        let found = value.as_str().and_then(|text| words.iter().find(|word| **word == text));
        found.copied().ok_or_else(|| wrong(self.at(name), &format!("one of {}", words.join(", "))))
    }

    fn whole(&self, name: &str, value: &Value) -> Read<i64> {
        whole(value).ok_or_else(|| wrong(self.at(name), "an integer"))
    }

    fn array(&self, name: &str, value: &'v Value) -> Read<&'v Vec<Value>> {
        value.as_array().ok_or_else(|| wrong(self.at(name), "an array"))
    }

    fn as_object(&self, name: &str, value: &'v Value) -> Read<Fields<'v>> {
        let members = value.as_object().ok_or_else(|| wrong(self.at(name), "an object"))?;
        Ok(Fields { path: self.at(name), members })
    }
}

fn wrong(field: String, expected: &str) -> RequestError {
    RequestError::Wrong { field, expected: expected.to_owned() }
}

/// `10`, `10.0`, `"10"`; what is beyond 64 bits becomes the nearest that is not.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some(whole),
            None => number.as_f64().filter(|float| float.fract() == 0.0).map(saturate),
        },
        Value::String(text) => whole_text(text.trim()),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates, which is what is wanted")]
fn saturate(float: f64) -> i64 {
    float as i64
}

fn whole_text(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let beyond = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(beyond))
}

/// Refuses a NUL anywhere in JSON of the integrator's own. The parser bounds its depth.
fn refuse_nul(value: &Value, path: &str) -> Read<()> {
    let nul = || Err(RequestError::Nul { field: path.to_owned() });
    match value {
        Value::String(text) if text.contains('\0') => nul(),
        Value::Array(values) => values.iter().try_for_each(|value| refuse_nul(value, path)),
        Value::Object(members) => {
            members.iter().try_for_each(|(key, value)| if key.contains('\0') { nul() } else { refuse_nul(value, path) })
        }
        _ => Ok(()),
    }
}
