//! Request parameters: form-encoded pairs, each name at most once (RFC 6749 section 3.1).

use std::fmt;

use url::form_urlencoded;

/// More than any request needs. Without a bound, looking for repeated names would take time quadratic in the body.
pub const MAX_PARAMETERS: usize = 100;

/// The parameters of a request, in order. Empty values count as absent (RFC 6749 section 3.1).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

/// What is wrong with a set of parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A name stands there twice.
    #[error("{0} is there more than once")]
    Repeated(String),
    /// More than [`MAX_PARAMETERS`].
    #[error("there are more than {MAX_PARAMETERS} parameters")]
    TooMany,
    /// A NUL byte.
    #[error("a parameter holds a NUL character")]
    Nul,
}

impl Parameters {
    /// Reads a query or an `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    /// When a parameter (other than `resource`, RFC 8707) is repeated or holds NUL, or there are too many.
    pub fn parse(encoded: &str) -> Result<Self, ParameterError> {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(encoded.as_bytes()) {
            if parameters.0.len() == MAX_PARAMETERS {
                return Err(ParameterError::TooMany);
            }
            if name.contains('\0') || value.contains('\0') {
                return Err(ParameterError::Nul);
            }
            if name != "resource" && parameters.0.iter().any(|(known, _)| *known == name) {
                return Err(ParameterError::Repeated(name.chars().take(40).collect()));
            }
            parameters.0.push((name.into_owned(), value.into_owned()));
        }
        Ok(parameters)
    }

    /// The value of `name`, if it is there and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All values of `name`, of the one that may be repeated.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// It without `name`.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(known, _)| known != name).cloned().collect())
    }

    /// It with `name` added at the end.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Form-encoded again.
    #[must_use]
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// Names only: values are passwords, codes and tokens.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_as_good_as_none() {
        let parameters = Parameters::parse("state=&scope=a+b").unwrap();
        assert_eq!((parameters.get("state"), parameters.get("scope")), (None, Some("a b")));
    }

    #[test]
    fn repeated_names_and_nul_are_refused() {
        assert_eq!(Parameters::parse("a=1&a=2"), Err(ParameterError::Repeated("a".into())));
        assert_eq!(Parameters::parse("a=%00"), Err(ParameterError::Nul));
        assert!(Parameters::parse("resource=x&resource=y").is_ok());
    }

    #[test]
    fn too_many_are_refused() {
        let body = |count: usize| (0..count).map(|number| format!("{number}&")).collect::<String>();
        assert!(Parameters::parse(&body(MAX_PARAMETERS)).is_ok());
        assert_eq!(Parameters::parse(&body(MAX_PARAMETERS + 1)), Err(ParameterError::TooMany));
    }

    #[test]
    fn debug_output_shows_no_value() {
        let shown = format!("{:?}", Parameters::parse("password=hunter2").unwrap());
        assert_eq!(shown, "[\"password\"]");
    }

    #[test]
    fn encoding_reads_back() {
        let parameters = Parameters::parse("state=a%26b&x=1").unwrap().without("x").with("y", "ü");
        assert_eq!(Parameters::parse(&parameters.encode()).unwrap(), parameters);
    }
}
