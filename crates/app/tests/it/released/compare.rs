use std::collections::BTreeSet;

use serde_json::Value;

/// What a client of the old description can no longer rely on, a line each.
pub(super) fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, seen: BTreeSet::new(), found: Vec::new() };
    for (path, methods) in fields(&old["paths"]) {
        let Some(now) = new["paths"].get(path) else {
            comparison.found.push(format!("{path} is gone"));
            continue;
        };
        for (method, operation) in fields(methods) {
            let place = format!("{method} {path}");
            match now.get(method) {
                Some(now) => comparison.operation(&place, operation, now),
                None => comparison.found.push(format!("{place} is gone")),
            }
        }
    }
    comparison.found
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Who writes a value that a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// The client: it may go on writing what it wrote.
    Client,
    /// The service: a client may go on reading as it read.
    Service,
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Pairs of schemas that were compared already, or are being.
    seen: BTreeSet<(String, String, Of)>,
    found: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn say(&mut self, place: &str, what: &str) {
        self.found.push(format!("{place}{what}"));
    }

    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        self.security(place, old, new);
        for parameter in list(&new["parameters"]) {
            let was = same_parameter(old, parameter);
            if parameter["required"] == true && was.is_none_or(|was| was["required"] != true) {
                self.say(place, &format!(": {} is required", name_of(parameter)));
            }
        }
        for parameter in list(&old["parameters"]) {
            match same_parameter(new, parameter) {
                Some(now) => {
                    let place = format!("{place}: {}", name_of(parameter));
                    self.schema(&place, (&parameter["schema"], &now["schema"]), Of::Client);
                }
                None => self.say(place, &format!(": {} is gone", name_of(parameter))),
            }
        }
        let (was, is) = (&old["requestBody"], &new["requestBody"]);
        if is["required"] == true && was["required"] != true {
            self.say(place, ": the body is required");
        }
        self.content(&format!("{place} takes"), (was, is), Of::Client);
        for (status, was) in fields(&old["responses"]) {
            let was = resolved(self.old, was);
            match new["responses"].get(status) {
                Some(is) => {
                    let is = resolved(self.new, is);
                    self.content(&format!("{place} answers {status}"), (was, is), Of::Service);
                }
                None => self.say(place, &format!(" answers {status} no longer")),
            }
        }
    }

    /// Whoever came in by some way still does.
    fn security(&mut self, place: &str, old: &Value, new: &Value) {
        let ways = |document: &'a Value, operation: &Value| -> Vec<Value> {
            let own = operation.get("security").unwrap_or(&document["security"]);
            list(own).to_vec()
        };
        let (was, is) = (ways(self.old, old), ways(self.new, new));
        if is.is_empty() {
            return;
        }
        if was.is_empty() {
            self.say(place, " is open no longer");
        }
        for way in was.iter().filter(|way| !is.contains(way)) {
            let names: Vec<_> = fields(way).map(|(name, _)| name.as_str()).collect();
            self.say(place, &format!(": {} lets nobody in any more", names.join(" and ")));
        }
    }

    fn content(&mut self, place: &str, (old, new): (&'a Value, &'a Value), of: Of) {
        for (kind, was) in fields(&old["content"]) {
            match new["content"].get(kind) {
                Some(is) => self.schema(place, (&was["schema"], &is["schema"]), of),
                None => self.say(place, &format!(" {kind} no longer")),
            }
        }
    }

    fn schema(&mut self, place: &str, (old, new): (&'a Value, &'a Value), of: Of) {
        if let (Some(was), Some(is)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.seen.insert((was.to_owned(), is.to_owned(), of))
        {
            return;
        }
        let (old, new) = (resolved(self.old, old), resolved(self.new, new));
        self.kinds(place, old, new, of);
        self.words(place, old, new, of);
        if of == Of::Client {
            self.bounds(place, old, new);
        }
        self.properties(place, old, new, of);
        for part in ["oneOf", "anyOf", "allOf"] {
            let (was, is) = (list(&old[part]), list(&new[part]));
            if was.len() != is.len() {
                self.say(place, &format!(": is another {part}"));
            }
            for (was, is) in was.iter().zip(is) {
                self.schema(place, (was, is), of);
            }
        }
        if old["items"].is_object() {
            self.schema(&format!("{place}/*"), (&old["items"], &new["items"]), of);
        }
    }

    fn kinds(&mut self, place: &str, old: &Value, new: &Value, of: Of) {
        let (was, is) = (kinds(old), kinds(new));
        match of {
            Of::Client if !is.is_empty() => {
                for kind in was.iter().filter(|kind| !is.contains(*kind)) {
                    self.say(place, &format!(": takes {kind} no longer"));
                }
            }
            Of::Service if !was.is_empty() => {
                for kind in is.iter().filter(|kind| !was.contains(*kind)) {
                    self.say(place, &format!(": may be {kind}"));
                }
            }
            Of::Client | Of::Service => {}
        }
    }

    fn words(&mut self, place: &str, old: &Value, new: &Value, of: Of) {
        let verb = if of == Of::Client { "takes" } else { "is" };
        if new["enum"].is_array() {
            for word in list(&old["enum"]).iter().filter(|word| !list(&new["enum"]).contains(word))
            {
                self.say(place, &format!(": {verb} {word} no longer"));
            }
            if of == Of::Client && old["enum"].is_null() {
                self.say(place, ": takes words of a list alone");
            }
        }
    }

    fn bounds(&mut self, place: &str, old: &Value, new: &Value) {
        let number = |schema: &Value, name: &str| schema[name].as_f64();
        for name in ["minimum", "minLength", "minItems", "minProperties"] {
            let was = number(old, name).unwrap_or(f64::MIN);
            if number(new, name).is_some_and(|is| is > was) {
                self.say(place, &format!(": {name} is {}", new[name]));
            }
        }
        for name in ["maximum", "maxLength", "maxItems", "maxProperties"] {
            let was = number(old, name).unwrap_or(f64::MAX);
            if number(new, name).is_some_and(|is| is < was) {
                self.say(place, &format!(": {name} is {}", new[name]));
            }
        }
        for name in ["pattern", "format", "const", "multipleOf", "uniqueItems"] {
            if !new[name].is_null() && new[name] != old[name] {
                self.say(place, &format!(": {name} is {}", new[name]));
            }
        }
        if new["additionalProperties"] == false && old["additionalProperties"] != false {
            self.say(place, ": takes no other fields any more");
        }
    }

    fn properties(&mut self, place: &str, old: &'a Value, new: &'a Value, of: Of) {
        let needs =
            |schema: &Value, name: &str| list(&schema["required"]).iter().any(|n| n == name);
        for (name, was) in fields(&old["properties"]) {
            let place = format!("{place}/{name}");
            match new["properties"].get(name) {
                Some(is) => self.schema(&place, (was, is), of),
                None => self.say(&place, " is gone"),
            }
            if of == Of::Service && needs(old, name) && !needs(new, name) {
                self.say(&place, " may be left out");
            }
        }
        for name in list(&new["required"]).iter().filter_map(Value::as_str) {
            if of == Of::Client && !needs(old, name) {
                self.say(place, &format!("/{name} is required"));
            }
        }
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    let one = schema["type"].as_str().into_iter();
    one.chain(list(&schema["type"]).iter().filter_map(Value::as_str)).collect()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str().map(|place| place.trim_start_matches('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

fn same_parameter<'a>(operation: &'a Value, parameter: &Value) -> Option<&'a Value> {
    let same =
        |known: &&Value| known["name"] == parameter["name"] && known["in"] == parameter["in"];
    list(&operation["parameters"]).iter().find(same)
}

fn name_of(parameter: &Value) -> String {
    let text = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
    format!("{} in {}", text("name"), text("in"))
}
