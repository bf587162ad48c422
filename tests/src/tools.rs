use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::atomic::{AtomicU32, Ordering},
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

/// A port that is free. It lies below those that the system gives to whoever connects somewhere, so
/// that none of these takes it in between, and is told once.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    const LOWEST: u32 = 10_000;
    const MANY: u32 = 20_000;
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let begin = process::id().wrapping_mul(97);
    let next = || begin.wrapping_add(TOLD.fetch_add(1, Ordering::Relaxed)) % MANY + LOWEST;
    let mut ports = (0..MANY).filter_map(|_| u16::try_from(next()).ok());
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("a port is free")
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
