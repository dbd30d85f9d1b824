//! JSON bodies of the account API, checked in the order its clients rely on: media type, syntax, origin, fields.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::{HeaderMap, StatusCode, header};
use oauth::Parameters;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::email;
use crate::{error::ApiError, request::text, state::AppState};

/// The body of a POST, from an origin that may send it.
pub struct PostBody {
    fields: Map<String, Value>,
    faults: Vec<String>,
    /// Whether it came as a form, where every value is text.
    form: bool,
}

/// Members that name where a person goes afterwards, with the code that refuses an untrusted one.
const TARGETS: [(&str, &str, &str); 4] = [
    ("callbackURL", "INVALID_CALLBACK_URL", "Invalid callbackURL"),
    ("redirectTo", "INVALID_REDIRECT_URL", "Invalid redirectURL"),
    ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL"),
    ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL"),
];

impl FromRequest<AppState> for PostBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let path = request.uri().path().to_owned();
        let headers = request.headers().clone();
        let bytes = Bytes::from_request(request, state).await.map_err(|_| unreadable())?;
        let signs_in = path.ends_with("/sign-in/email") || path.ends_with("/sign-up/email");
        let form = signs_in && media_type(&headers).eq_ignore_ascii_case(FORM);
        let fields = if form { parse_form(&bytes)? } else { parse(&headers, &bytes, signs_in)? };
        let trusted = state.trusted();
        trusted.check_api(&headers, signs_in)?;
        for (name, code, message) in TARGETS {
            let target = fields.get(name).and_then(Value::as_str);
            if target.is_some_and(|target| !target.is_empty() && !trusted.may_redirect_to(target)) {
                return Err(ApiError::forbidden(code, message));
            }
        }
        let mut body = Self { fields, faults: Vec::new(), form };
        // Also where the endpoint does not ask for it: what is described is checked.
        for (name, ..) in TARGETS {
            body.optional(name);
        }
        Ok(body)
    }
}

fn unreadable() -> ApiError {
    ApiError::bad_request("BAD_REQUEST", "Invalid request body")
}

const FORM: &str = "application/x-www-form-urlencoded";

fn media_type(headers: &HeaderMap) -> &str {
    let content_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim()
}

fn parse_form(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
    let parameters = Parameters::parse(text).map_err(|error| validation(format!("[body] {error}")))?;
    Ok(parameters.iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
}

fn parse(headers: &HeaderMap, bytes: &[u8], takes_forms: bool) -> Result<Map<String, Value>, ApiError> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let media_type = media_type(headers);
    if !media_type.eq_ignore_ascii_case("application/json") {
        let forms = if takes_forms { "application/x-www-form-urlencoded, " } else { "" };
        let message = format!("Content-Type \"{media_type}\" is not allowed. Allowed types: {forms}application/json");
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(validation("[body] Invalid input: expected object")),
        Err(_) => Err(ApiError::bad_request("BAD_REQUEST", "Invalid JSON in request body")),
    }
}

/// 400: fields that are missing or of another type.
#[must_use]
pub fn validation(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("VALIDATION_ERROR", message)
}

impl PostBody {
    /// A text that must be there; `""` and a fault for [`PostBody::finish`] otherwise.
    pub fn required(&mut self, name: &str) -> String {
        match self.optional(name) {
            Some(text) => text,
            None => {
                let absent = self.fields.get(name).is_none_or(Value::is_null);
                if absent {
                    self.fault(name, "Invalid input: expected string, received undefined");
                }
                String::new()
            }
        }
    }

    /// A text that may be there. `null` counts as absent. Postgres text cannot hold NUL, so neither may this.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.contains('\0') => {
                self.fault(name, "Invalid input: must not contain NUL");
                None
            }
            Some(Value::String(text)) if text.len() > MAX_TEXT => {
                self.fault(name, "Too big");
                None
            }
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.fault(name, "Invalid input: expected string");
                None
            }
        }
    }

    /// A text that may be there, where `null` says that there shall be none.
    pub fn nullable(&mut self, name: &str) -> Option<Option<String>> {
        match self.fields.get(name) {
            None => None,
            Some(Value::Null) => Some(None),
            Some(_) => self.optional(name).map(Some),
        }
    }

    /// An address that must be there, normalised.
    pub fn email(&mut self, name: &str) -> String {
        let email = email::normalise(&self.required(name));
        if self.faults.is_empty() && !email::is_valid(&email) {
            self.fault(name, "Invalid email address");
        }
        email
    }

    /// An address that must be there and that somebody may have, as people are looked up.
    pub fn known_email(&mut self, name: &str) -> String {
        let email = email::lookup(&self.required(name));
        if self.faults.is_empty() && !email::may_exist(&email) {
            self.fault(name, "Invalid email address");
        }
        email
    }

    /// A list of texts that may be there.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.fields.get(name).filter(|value| !value.is_null()) else { return Vec::new() };
        let texts = value.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        match texts {
            Some(Some(texts)) => texts,
            _ => {
                self.fault(name, "Invalid input: expected array of strings");
                Vec::new()
            }
        }
    }

    /// A switch that may be there.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) if self.form && (text == "true" || text == "false") => Some(text == "true"),
            Some(_) => {
                self.fault(name, "Invalid input: expected boolean");
                None
            }
        }
    }

    /// A member as it was sent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// A member that is an object, to be read like a body of its own; empty if absent. [`PostBody::absorb`] takes its
    /// faults back.
    pub fn object(&mut self, name: &str) -> Self {
        let fields = match self.fields.get(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(fields)) => fields.clone(),
            Some(_) => {
                self.fault(name, "Invalid input: expected object");
                Map::new()
            }
        };
        Self { fields, faults: Vec::new(), form: self.form }
    }

    /// Takes over the faults of what [`PostBody::object`] gave.
    pub fn absorb(&mut self, name: &str, object: Self) {
        let inner = object.faults.into_iter();
        self.faults.extend(inner.map(|fault| fault.replacen("[body.", &format!("[body.{name}."), 1)));
    }

    /// The whole body, or one object in it, as `T`.
    ///
    /// # Errors
    /// Words on what does not fit, for the caller's developer.
    pub fn read<T: DeserializeOwned>(&self, member: Option<&str>) -> Result<T, String> {
        let value = match member {
            None => Value::Object(self.fields.clone()),
            Some(member) => self.fields.get(member).cloned().unwrap_or(Value::Null),
        };
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// Whether the member is there at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Notes what is wrong with a field.
    pub fn fault(&mut self, name: &str, what: &str) {
        let fault = format!("[body.{name}] {what}");
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// # Errors
    /// 400 with everything that was wrong.
    pub fn finish(&self) -> Result<(), ApiError> {
        if self.faults.is_empty() { Ok(()) } else { Err(validation(self.faults.join("; "))) }
    }
}

/// No text of this API is longer, in bytes.
const MAX_TEXT: usize = 8 * 1024;
