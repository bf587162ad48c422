use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use super::Castad;

/// The folder of the whole project.
///
/// # Panics
///
/// If these tests stand nowhere.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are in the project").to_owned()
}

/// Where the program and its examples were built.
///
/// # Panics
///
/// If the program was not built.
#[must_use]
pub fn built() -> PathBuf {
    Castad::program().parent().expect("the program is in a folder").to_owned()
}

/// A port that was free a moment ago.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    let found = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    found.expect("a port is free").port()
}

/// What a command says that has to end well.
///
/// # Panics
///
/// If it does not run, or ends otherwise.
pub fn ended_well(command: &mut Command) -> String {
    let ran = command.output().unwrap_or_else(|fault| panic!("{command:?} does not run: {fault}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (said(&ran.stdout), said(&ran.stderr));
    assert!(ran.status.success(), "{command:?}\n{out}\n{error}");
    out
}

/// The packages that a `package.json` names, fetched once for each wording of it; the folder that
/// holds them.
///
/// # Panics
///
/// If they cannot be fetched.
#[must_use]
pub fn node_tools(wanted: &Path, name: &str) -> PathBuf {
    let folder = built().join("tools").join(name);
    if !is_fetched(wanted, &folder.join("package.json")) {
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]);
        ended_well(npm.arg("--prefix").arg(&folder));
        note(wanted, &folder.join("package.json"));
    }
    folder
}

/// The packages that a `requirements.txt` names, in an environment of their own; the folder of its
/// programs.
///
/// # Panics
///
/// If they cannot be fetched.
#[must_use]
pub fn python_tools(wanted: &Path, name: &str) -> PathBuf {
    let folder = built().join("tools").join(name);
    if !is_fetched(wanted, &folder.join("requirements.txt")) {
        ended_well(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let mut pip = Command::new(folder.join("bin/pip"));
        ended_well(pip.args(["install", "--quiet", "--requirement"]).arg(wanted));
        note(wanted, &folder.join("requirements.txt"));
    }
    folder.join("bin")
}

/// Whether what is wanted was fetched, all of it; if not, npm is told where it is wanted.
fn is_fetched(wanted: &Path, kept: &Path) -> bool {
    let text = fs::read_to_string(wanted).expect("what is wanted is written down");
    let marked = fs::read_to_string(kept.with_extension("fetched")).unwrap_or_default();
    if marked == text {
        return true;
    }
    let folder = kept.parent().expect("it is in a folder");
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).expect("a folder for tools");
    fs::write(kept, text).expect("a file beside the tools");
    false
}

fn note(wanted: &Path, kept: &Path) {
    fs::copy(wanted, kept.with_extension("fetched")).expect("a note beside the tools");
}
