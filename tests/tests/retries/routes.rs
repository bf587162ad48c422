use std::{collections::BTreeSet, sync::Mutex};

use serde_json::Value;

/// Every address that was asked.
static ASKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub(crate) fn note(path: &str) {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let mut asked = ASKED.lock().unwrap();
    if !asked.contains(path) {
        asked.insert(path.to_owned());
    }
}

/// Every route that takes a POST is asked here, a new one as well.
pub(crate) fn assert_that_none_is_forgotten() {
    let document: Value = serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap();
    let asked = ASKED.lock().unwrap().clone();
    for (route, methods) in document["paths"].as_object().unwrap() {
        let is_asked = asked.iter().any(|path| is_of(path, route));
        let posts = methods.get("post").is_some();
        assert!(!posts || is_asked, "{route} takes a POST and is not asked");
    }
}

fn is_of(path: &str, route: &str) -> bool {
    let (parts, pattern): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), route.split('/').collect());
    let fits = |(part, known): (&&str, &&str)| part == known || known.starts_with('{');
    parts.len() == pattern.len() && parts.iter().zip(&pattern).all(fits)
}
