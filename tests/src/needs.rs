use std::{env, process::Command};

/// Whether a suite must run: `CASTAD_TEST_REQUIRE` names what has been prepared.
fn required(need: &str) -> bool {
    let named = env::var("CASTAD_TEST_REQUIRE").unwrap_or_default();
    named.split(',').any(|word| word.trim() == need)
}

/// Why a suite cannot run here; `None` if it can, or must.
#[must_use]
pub fn missing(need: &str, check: &[&str]) -> Option<String> {
    if required(need) {
        return None;
    }
    let (program, args) = check.split_first()?;
    let ran = Command::new(program).args(args).output();
    let fine = ran.is_ok_and(|output| output.status.success());
    (!fine).then(|| format!("needs {need}: `{}` does not succeed", check.join(" ")))
}

/// A test's name with the reason why it is ignored, if it is.
#[must_use]
pub fn suite(name: &str, missing: Option<&str>) -> String {
    missing.map_or_else(|| name.to_owned(), |why| format!("{name} ({why})"))
}
