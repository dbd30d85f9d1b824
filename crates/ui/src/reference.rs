//! A service's OpenAPI description as a page, written by the server, without a script and without another site.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::Document;

/// The page for `document` (OpenAPI 3.1); the brand leads to `home`.
#[must_use]
pub fn reference(document: &Value, home: String) -> String {
    crate::render(|| page(document, home))
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn anchor(tag: &str) -> String {
    tag.to_lowercase().replace(' ', "-")
}

fn page(document: &Value, home: String) -> impl IntoView + use<> {
    let tags: Vec<(String, String)> =
        items(&document["tags"]).map(|tag| (words(&tag["name"]), words(&tag["description"]))).collect();
    let contents: Vec<_> = tags
        .iter()
        .map(|(name, _)| view! { <li><a href=format!("#{}", anchor(name))>{name.clone()}</a></li> })
        .collect();
    let areas: Vec<_> = tags.iter().map(|(name, text)| area(document, name, text)).collect();
    let schemas: Vec<_> =
        members(&document["components"]["schemas"]).map(|(name, schema)| named(name, schema)).collect();
    let about = words(&document["info"]["description"]).replace('`', "");
    view! {
        <Document title="API reference" home=home main_class="reference">
            <div class="stack">
                <h1>"API reference"</h1>
                <p>{about}</p>
                <p>"For programs: "<a href="/openapi.json">"openapi.json"</a>" (OpenAPI 3.1)."</p>
                <nav aria-label="Areas"><ul>{contents}<li><a href="#schemas">"Schemas"</a></li></ul></nav>
                {areas}
                <section class="stack" id="schemas"><h2>"Schemas"</h2>{schemas}</section>
            </div>
        </Document>
    }
}

fn area(document: &Value, name: &str, text: &str) -> impl IntoView + use<> {
    let operations: Vec<_> = members(&document["paths"])
        .flat_map(|(path, methods)| members(methods).map(move |(method, operation)| (path, method, operation)))
        .filter(|(_, _, operation)| operation["tags"][0] == name)
        .map(|(path, method, value)| operation(path, method, value))
        .collect();
    view! {
        <section class="stack" id=anchor(name)>
            <h2>{name.to_owned()}</h2>
            <p>{text.to_owned()}</p>
            {operations}
        </section>
    }
}

fn operation(path: &str, method: &str, value: &Value) -> impl IntoView + use<> {
    let parameters = table(items(&value["parameters"]).map(|parameter| {
        let required = parameter["required"].as_bool().unwrap_or_default();
        let place = words(&parameter["in"]);
        let text = [format!("In the {place}."), words(&parameter["description"])].join(" ");
        (words(&parameter["name"]), kind(&parameter["schema"]), required, text)
    }));
    let bodies: Vec<_> = members(&value["requestBody"]["content"])
        .map(|(media, content)| view! { <h4>"Body: "<code>{media.clone()}</code></h4>{schema(&content["schema"])} })
        .collect();
    let answers: Vec<_> = members(&value["responses"]).map(|(status, response)| answer(status, response)).collect();
    let security: Vec<String> =
        items(&value["security"]).flat_map(|one| members(one).map(|(name, _)| name.clone())).collect();
    view! {
        <details id=words(&value["operationId"])>
            <summary>
                <code class="method">{method.to_uppercase()}</code>" "<code>{path.to_owned()}</code>" "
                <span class="muted">{words(&value["summary"])}</span>
            </summary>
            <div class="stack-s">
                {value["description"].as_str().map(|text| view! { <p>{text.replace('`', "")}</p> })}
                {(!security.is_empty()).then(|| view! { <p>"Needs: "{security.join(" or ")}"."</p> })}
                {parameters.map(|table| view! { <h4>"Parameters"</h4>{table} })}
                {bodies}
                <h4>"Answers"</h4>
                <ul>{answers}</ul>
            </div>
        </details>
    }
}

fn answer(status: &str, response: &Value) -> impl IntoView + use<> {
    let contents: Vec<String> = members(&response["content"])
        .map(|(media, content)| match kind(&content["schema"]) {
            kind if kind.is_empty() || kind == "text" => media.clone(),
            kind => format!("{media}: {kind}"),
        })
        .collect();
    let contents = (!contents.is_empty()).then(|| format!(" ({})", contents.join("; ")));
    view! { <li><strong>{status.to_owned()}</strong>" "{words(&response["description"])}<span class="muted">{contents}</span></li> }
}

fn named(name: &str, value: &Value) -> impl IntoView + use<> {
    view! {
        <details id=format!("schema-{name}")>
            <summary><code>{name.to_owned()}</code></summary>
            <div class="stack-s">{schema(value)}</div>
        </details>
    }
}

/// The members of an object; the kind of anything else.
fn schema(value: &Value) -> AnyView {
    let required: Vec<&str> = items(&value["required"]).filter_map(Value::as_str).collect();
    let rows = members(&value["properties"]).map(|(name, member)| {
        (name.clone(), kind(member), required.contains(&name.as_str()), words(&member["description"]))
    });
    match table(rows) {
        Some(table) => table,
        None => view! { <p><code>{kind(value)}</code></p> }.into_any(),
    }
}

fn table(rows: impl Iterator<Item = (String, String, bool, String)>) -> Option<AnyView> {
    let rows: Vec<_> = rows
        .map(|(name, kind, required, text)| {
            let needed = if required { "required" } else { "optional" };
            view! { <tr><th scope="row"><code>{name}</code></th><td>{kind}</td><td>{needed}</td><td>{text}</td></tr> }
        })
        .collect();
    let head = view! {
        <thead><tr><th scope="col">"Name"</th><th scope="col">"Kind"</th><th scope="col">"Needed"</th><th scope="col">"Meaning"</th></tr></thead>
    };
    let region = "Table, scrolls sideways";
    (!rows.is_empty()).then(|| {
        view! { <div class="table-scroll" role="region" tabindex="0" aria-label=region><table>{head}<tbody>{rows}</tbody></table></div> }.into_any()
    })
}

/// A schema in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return name.to_owned();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(words).collect::<Vec<_>>().join(", ");
    }
    if let Some(one) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        return one.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        several => items(several).filter_map(Value::as_str).collect(),
    };
    let plain = types.iter().map(|name| match *name {
        "string" => schema["format"].as_str().unwrap_or("text").to_owned(),
        "array" => format!("list of {}", kind(&schema["items"])),
        "boolean" => "true or false".to_owned(),
        other => other.to_owned(),
    });
    plain.collect::<Vec<_>>().join(" or ")
}
