//! JSON bodies, read field by field so that every fault is told at once.

use std::{collections::BTreeSet, fmt::Display};

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::problem::{Code, InputFault, Problem};

/// A body of fields, and the faults found so far.
pub(super) struct Form {
    fields: Map<String, Value>,
    asked: BTreeSet<&'static str>,
    faults: Vec<InputFault>,
}

impl Form {
    /// Reads a body; an empty one is `{}`.
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, Problem> {
        let value = json(headers, body)?;
        let Value::Object(fields) = value else {
            return Err(Problem::invalid_at("", "the body must be a JSON object"));
        };
        Ok(Self { fields, asked: BTreeSet::new(), faults: Vec::new() })
    }

    /// Whether the field is there, be it `null`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    fn fault(&mut self, name: &str, detail: impl Display) {
        let fault = InputFault { pointer: format!("/{name}"), detail: detail.to_string() };
        self.faults.push(fault);
    }

    /// A text that has to be there.
    pub(super) fn required<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !matches!(self.fields.get(name), Some(value) if !value.is_null()) {
            self.asked.insert(name);
            self.fault(name, "is required");
            return None;
        }
        self.optional(name, parse)
    }

    /// A text that may be there; `null` counts as not there.
    pub(super) fn optional<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.asked.insert(name);
        let parsed = match self.fields.get(name)? {
            Value::Null => return None,
            Value::String(text) => parse(text).map_err(|refused| refused.to_string()),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err("must be a string".to_owned())
            }
        };
        parsed.map_err(|detail| self.fault(name, detail)).ok()
    }

    /// A whole number that may be there.
    pub(super) fn number(&mut self, name: &'static str) -> Option<u64> {
        self.asked.insert(name);
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let number = value.as_u64().or_else(|| u64::try_from(whole(value)?).ok());
        if number.is_none() {
            self.fault(name, "must be a whole number, 0 or more");
        }
        number
    }

    /// A whole number of either sign that has to be there.
    pub(super) fn integer(&mut self, name: &'static str) -> Option<i64> {
        self.asked.insert(name);
        let number = self.fields.get(name).and_then(whole);
        if number.is_none() {
            self.fault(name, "is required and must be a whole number");
        }
        number
    }

    /// A yes or no that may be there.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.asked.insert(name);
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.fault(name, "must be true or false");
        }
        flag
    }

    /// What `read` takes of the fields of an object that may be there.
    pub(super) fn object<T: Default>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.asked.insert(name);
        let fields = match self.fields.get(name) {
            None | Some(Value::Null) => return T::default(),
            Some(Value::Object(fields)) => fields.clone(),
            Some(_) => {
                self.fault(name, "must be an object");
                return T::default();
            }
        };
        let mut inner = Self { fields, asked: BTreeSet::new(), faults: Vec::new() };
        let taken = read(&mut inner);
        inner.note_unknown();
        for fault in inner.faults {
            self.fault(&format!("{name}{}", fault.pointer), fault.detail);
        }
        taken
    }

    /// A value of any kind that has to be there.
    pub(super) fn required_value<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<T> {
        if !matches!(self.fields.get(name), Some(value) if !value.is_null()) {
            self.asked.insert(name);
            self.fault(name, "is required");
            return None;
        }
        self.value(name, parse)
    }

    /// A value of any kind that may be there; `null` counts as not there.
    pub(super) fn value<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<T> {
        self.asked.insert(name);
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        parse(value).map_err(|detail| self.fault(name, detail)).ok()
    }

    /// A list of texts that has to be there.
    pub(super) fn list<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        self.asked.insert(name);
        let Some(Value::Array(items)) = self.fields.get(name).cloned() else {
            self.fault(name, "is required and must be a list of strings");
            return None;
        };
        let mut read = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let parsed = item.as_str().ok_or_else(|| "must be a string".to_owned());
            match parsed.and_then(|text| parse(text).map_err(|refused| refused.to_string())) {
                Ok(value) => read.push(value),
                Err(detail) => self.fault(&format!("{name}/{i}"), detail),
            }
        }
        Some(read)
    }

    /// All faults at once; fields that nobody knows are let be.
    pub(super) fn finish_loosely(self) -> Result<(), Problem> {
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }

    /// All faults at once, unknown fields among them.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        self.note_unknown();
        self.finish_loosely()
    }

    fn note_unknown(&mut self) {
        let unknown: Vec<String> =
            self.fields.keys().filter(|k| !self.asked.contains(k.as_str())).cloned().collect();
        for name in unknown {
            let pointer = name.replace('~', "~0").replace('/', "~1");
            self.fault(&pointer, "is not a field of this request");
        }
    }
}

/// A whole number, be it written with a fraction of nothing: `5.0` is 5 in JSON.
pub(super) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
        format!("{number:.0}").parse().ok().filter(|whole: &i64| whole.unsigned_abs() <= MOST_EXACT)
    })
}

/// Up to here every whole number is a floating-point number of its own.
const MOST_EXACT: u64 = 1 << 53;

/// The body as JSON; an empty one is `{}`.
pub(super) fn json(headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if essence != "application/json" && !essence.ends_with("+json") {
        return Err(Problem::new(Code::WrongType, "the body must be application/json"));
    }
    serde_json::from_slice(body)
        .map_err(|error| Problem::new(Code::Malformed, format!("the body is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &'static str) -> Form {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        Form::read(&headers, &Bytes::from_static(text.as_bytes())).unwrap()
    }

    fn number(text: &str) -> Result<u8, std::num::ParseIntError> {
        text.parse()
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let mut form = form(r#"{"a": "x", "b": 5, "l": ["1", 2], "no/pe": 1}"#);
        form.required("a", number);
        form.optional("b", number);
        form.required("c", number);
        form.list("l", number);
        let problem = format!("{:?}", form.finish().unwrap_err());
        for pointer in ["/a", "/b", "/c", "/l/1", "/no~1pe"] {
            assert!(problem.contains(&format!("pointer: {pointer:?}")), "{pointer}: {problem}");
        }
    }

    #[test]
    fn faults_of_an_inner_object_are_told_with_their_place() {
        let mut outer = form(r#"{"o": {"yes": true, "no": 1, "x": 2}, "t": "text", "n": -7}"#);
        let flags = outer.object("o", |inner| (inner.flag("yes"), inner.flag("no")));
        assert_eq!(flags, (Some(true), None));
        assert_eq!(outer.object("t", |inner| inner.flag("yes")), None);
        assert_eq!(outer.object("absent", |inner| inner.flag("yes")), None);
        assert_eq!((outer.integer("n"), outer.integer("m")), (Some(-7), None));
        let problem = format!("{:?}", outer.finish().unwrap_err());
        for pointer in ["/o/no", "/o/x", "/t", "/m"] {
            assert!(problem.contains(&format!("pointer: {pointer:?}")), "{pointer}: {problem}");
        }
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
        let mut form = form(r#"{"a": 5.0, "b": -7.0, "c": 5.5, "d": 1e300, "e": -1.0}"#);
        assert_eq!((form.number("a"), form.integer("b")), (Some(5), Some(-7)));
        assert_eq!((form.integer("c"), form.integer("d"), form.number("e")), (None, None, None));
        assert!(form.finish().is_err());
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert!(Form::read(&HeaderMap::new(), &Bytes::new()).unwrap().finish().is_ok());
        assert!(Form::read(&HeaderMap::new(), &Bytes::from_static(b"{}")).is_err());
    }
}
