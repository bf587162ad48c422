use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Display},
    path::PathBuf,
    str::FromStr,
};

/// Read elsewhere, or meant for the tests.
const OTHERS: [&str; 3] = ["CASTAD_CONFIG", "CASTAD_KEY", "CASTAD_TEST_"];

/// Settings under names that a provider gave them; others of such names are not ours to judge.
const PROVIDERS: [&str; 17] = [
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_ENDPOINT",
    "AZURE_STORAGE_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "OPENAI_API",
    "SUNO_API_KEY",
    "SUNO_BASE_URL",
    "SUNO_MODEL",
    "CREATOMATE_API_KEY",
    "CREATOMATE_BASE_URL",
    "CREATOMATE_API",
    "CREATOMATE_TEMPLATE_VERTICAL",
    "CREATOMATE_TEMPLATE_SQUARE",
    "CREATOMATE_TEMPLATE_HORIZONTAL",
];

/// Whether it is such a setting, or names the file that holds it.
fn is_providers(name: &str) -> bool {
    PROVIDERS.contains(&name.strip_suffix("_FILE").unwrap_or(name))
}

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The variable, or the key of the file.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
}

/// All that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} fault(s):", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {}: {}", fault.name, fault.what))
    }
}

impl std::error::Error for ConfigFaults {}

/// Values by variable, from the file and over it the environment, with the faults found so far.
pub(super) struct Source {
    values: BTreeMap<String, (String, String)>,
    asked: BTreeSet<&'static str>,
    faults: Vec<ConfigFault>,
}

impl Source {
    pub(super) fn load(file: Option<PathBuf>, env: impl Iterator<Item = (String, String)>) -> Self {
        let named = file.is_some();
        let path = file.unwrap_or_else(|| PathBuf::from("castad.toml"));
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::from_text(&text, env),
            Err(error) => {
                let mut source = Self::from_text("", env);
                if named || error.kind() != std::io::ErrorKind::NotFound {
                    source.fault("--config", format!("{}: {error}", path.display()));
                }
                source
            }
        }
    }

    /// A key of the file is a variable's name in small letters, without `CASTAD_`; a provider's is
    /// written in full.
    pub(super) fn from_text(file: &str, env: impl Iterator<Item = (String, String)>) -> Self {
        let mut source =
            Self { values: BTreeMap::new(), asked: BTreeSet::new(), faults: Vec::new() };
        match file.parse::<toml::Table>() {
            Ok(table) => {
                for (key, value) in table {
                    let variable = key.to_uppercase();
                    let variable = if is_providers(&variable) {
                        variable
                    } else {
                        format!("CASTAD_{variable}")
                    };
                    let text = match value {
                        toml::Value::String(text) => text,
                        toml::Value::Integer(number) => number.to_string(),
                        toml::Value::Float(number) => number.to_string(),
                        toml::Value::Boolean(flag) => flag.to_string(),
                        toml::Value::Datetime(_)
                        | toml::Value::Array(_)
                        | toml::Value::Table(_) => {
                            source.fault(&key, "must be a text, a number or a flag".to_owned());
                            continue;
                        }
                    };
                    source.values.insert(variable, (key, text));
                }
            }
            Err(error) => source.fault("castad.toml", error.message().to_owned()),
        }
        for (name, value) in env {
            let ours = name.starts_with("CASTAD_") && !OTHERS.iter().any(|o| name.starts_with(o));
            let ours = ours || is_providers(&name);
            if ours && !value.is_empty() {
                source.values.insert(name.clone(), (name, value));
            }
        }
        source
    }

    pub(super) fn fault(&mut self, name: &str, what: String) {
        self.faults.push(ConfigFault { name: name.to_owned(), what });
    }

    /// The value, from a file where `…_FILE` names one.
    fn value(&mut self, name: &'static str) -> Option<String> {
        self.asked.insert(name);
        if let Some((_, value)) = self.values.get(name) {
            return Some(value.clone());
        }
        let (named, path) = self.values.remove(&format!("{name}_FILE"))?;
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(text.trim_end().to_owned()),
            Err(error) => {
                self.fault(&named, format!("{path}: {error}"));
                None
            }
        }
    }

    /// Settings of what was not chosen may stand, whatever they hold.
    pub(super) fn ignore(&mut self, names: &[&'static str]) {
        for name in names {
            self.asked.insert(name);
            self.values.remove(&format!("{name}_FILE"));
        }
    }

    pub(super) fn text(&mut self, name: &'static str, unset: &str) -> String {
        self.value(name).unwrap_or_else(|| unset.to_owned())
    }

    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str, unset: &str, what: &str) -> T {
        let text = self.text(name, unset);
        text.parse()
            .or_else(|_| {
                self.fault(name, format!("must be {what}, not {text:?}"));
                unset.parse()
            })
            .unwrap_or_else(|_| unreachable!("what {name} means when unset can be read"))
    }

    pub(super) fn between<T>(&mut self, name: &'static str, unset: T, least: T, most: T) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(text) = self.value(name) else { return unset };
        match text.parse::<T>() {
            Ok(number) if (&least..=&most).contains(&&number) => number,
            _ => {
                let what = format!("must be a number from {least} to {most}, not {text:?}");
                self.fault(name, what);
                unset
            }
        }
    }

    /// The first choice is the one that unset means.
    pub(super) fn one_of(&mut self, name: &'static str, choices: &[&'static str]) -> &'static str {
        let text = self.text(name, choices[0]);
        let chosen = choices.iter().find(|choice| **choice == text);
        chosen.copied().unwrap_or_else(|| {
            self.fault(name, format!("must be {}, not {text:?}", choices.join(" or ")));
            choices[0]
        })
    }

    /// What nobody asked for is misspelt.
    pub(super) fn finish<T>(mut self, config: T) -> Result<T, ConfigFaults> {
        let asked = std::mem::take(&mut self.asked);
        for (variable, (name, _)) in std::mem::take(&mut self.values) {
            if !asked.contains(variable.as_str()) {
                self.fault(&name, "is not a setting".to_owned());
            }
        }
        if self.faults.is_empty() { Ok(config) } else { Err(ConfigFaults(self.faults)) }
    }
}
