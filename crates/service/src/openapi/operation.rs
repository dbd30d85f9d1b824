//! How an operation is written down.

use serde_json::{Map, Value, json};

use super::schema::reference;

/// One method of one path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// In lower case.
    pub method: &'static str,
    /// With parameters in braces.
    pub path: String,
    summary: &'static str,
    description: Option<&'static str>,
    tag: &'static str,
    parameters: Vec<Value>,
    bodies: Map<String, Value>,
    body_required: bool,
    responses: Map<String, Value>,
    security: Vec<&'static str>,
}

/// A GET.
#[must_use]
pub fn get(path: impl Into<String>, summary: &'static str) -> Operation {
    Operation::new("get", path.into(), summary)
}

/// A POST.
#[must_use]
pub fn post(path: impl Into<String>, summary: &'static str) -> Operation {
    Operation::new("post", path.into(), summary)
}

/// Any other method, in lower case.
#[must_use]
pub fn method(method: &'static str, path: impl Into<String>, summary: &'static str) -> Operation {
    Operation::new(method, path.into(), summary)
}

impl Operation {
    fn new(method: &'static str, path: String, summary: &'static str) -> Self {
        let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters = in_path
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
            .collect();
        Self {
            method,
            path,
            summary,
            description: None,
            tag: "Operation",
            parameters,
            bodies: Map::new(),
            body_required: false,
            responses: Map::new(),
            security: Vec::new(),
        }
    }

    /// The area.
    #[must_use]
    pub fn tagged(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    /// More words.
    #[must_use]
    pub fn says(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    /// A parameter of the query that may be left out.
    #[must_use]
    pub fn query(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({"name": name, "in": "query", "schema": schema, "description": description}));
        self
    }

    /// A parameter of the query that must be there.
    #[must_use]
    pub fn needs(mut self, name: &str, schema: Value, description: &str) -> Self {
        let parameter =
            json!({"name": name, "in": "query", "required": true, "schema": schema, "description": description});
        self.parameters.push(parameter);
        self
    }

    /// A JSON body, whose optional members may also be null.
    #[must_use]
    pub fn json(mut self, mut schema: Value) -> Self {
        let required = schema["required"].clone();
        let required = |name: &String| required.as_array().is_some_and(|names| names.iter().any(|one| one == name));
        let members = schema["properties"].as_object_mut().into_iter().flatten();
        for (_, member) in members.filter(|(name, _)| !required(name)) {
            *member = nullable(member.take());
        }
        self.body_required |= schema["required"].as_array().is_some_and(|names| !names.is_empty());
        self.bodies.insert("application/json".to_owned(), json!({"schema": schema}));
        self
    }

    /// A JSON body of several shapes, taken as it is.
    #[must_use]
    pub fn body(mut self, schema: Value) -> Self {
        self.body_required = true;
        self.bodies.insert("application/json".to_owned(), json!({"schema": schema}));
        self
    }

    /// A form.
    #[must_use]
    pub fn form(mut self, schema: Value) -> Self {
        self.body_required |= schema["required"].as_array().is_some_and(|names| !names.is_empty());
        self.bodies.insert("application/x-www-form-urlencoded".to_owned(), json!({"schema": schema}));
        self
    }

    /// 200 with JSON.
    #[must_use]
    pub fn ok(self, description: &str, schema: Value) -> Self {
        self.answers(200, description, "application/json", schema)
    }

    /// An answer with a body. A status that was described before is described anew; another media type is added.
    #[must_use]
    pub fn answers(mut self, status: u16, description: &str, media_type: &str, schema: Value) -> Self {
        let answer = self.responses.entry(status.to_string()).or_insert_with(|| json!({}));
        answer["description"] = json!(description);
        answer["content"][media_type] = json!({"schema": schema});
        self
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(mut self, status: u16, description: &str) -> Self {
        self.responses.insert(status.to_string(), json!({"description": description}));
        self
    }

    /// A redirect.
    #[must_use]
    pub fn leads(mut self, status: u16, description: &str) -> Self {
        let location =
            json!({"Location": {"required": true, "schema": {"type": "string"}, "description": "Where to."}});
        self.responses.insert(status.to_string(), json!({"description": description, "headers": location}));
        self
    }

    /// A refusal as problem details (RFC 9457), with the codes it may have.
    #[must_use]
    pub fn problem(self, status: u16, codes: &str) -> Self {
        self.answers(status, codes, "application/problem+json", reference("Problem"))
    }

    /// How a caller may prove who they are: any of these.
    #[must_use]
    pub fn proves(mut self, scheme: &'static str) -> Self {
        self.security.push(scheme);
        self
    }

    /// Has already an answer of this status.
    #[must_use]
    pub fn has(&self, status: u16) -> bool {
        self.responses.contains_key(&status.to_string())
    }

    /// Takes a body.
    #[must_use]
    pub fn takes_body(&self) -> bool {
        !self.bodies.is_empty()
    }

    /// As a member of a path in the document.
    #[must_use]
    pub fn describe(&self) -> Value {
        let mut value = json!({
            "tags": [self.tag],
            "summary": self.summary,
            "operationId": self.id(),
            "responses": self.responses,
        });
        if let Some(description) = self.description {
            value["description"] = json!(description);
        }
        if !self.parameters.is_empty() {
            value["parameters"] = json!(self.parameters);
        }
        if !self.bodies.is_empty() {
            value["requestBody"] = json!({"content": self.bodies, "required": self.body_required});
        }
        if !self.security.is_empty() {
            value["security"] = self.security.iter().map(|scheme| json!({*scheme: []})).collect();
        }
        value
    }

    /// The path in camel case after the method: stable, and unique as the pair is.
    fn id(&self) -> String {
        let words = self.path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.fold(self.method.to_owned(), |id, word| {
            let (first, rest) = word.split_at(1);
            id + &first.to_ascii_uppercase() + rest
        })
    }
}

fn nullable(mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|members| members.remove("description"));
    let mut value = json!({"anyOf": [schema, {"type": "null"}]});
    if let Some(description) = description {
        value["description"] = description;
    }
    value
}
