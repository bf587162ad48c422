use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Mutex, OnceLock},
};

use crate::Arrived;

/// What the server is made of; each is pinned.
const PACKAGES: [&str; 2] = ["aiosmtpd==1.4.6", "trustme==1.2.1"];

/// A mail server that is somebody else's: `aiosmtpd`, which is fetched once.
///
/// It takes letters to everybody but those whom [`Mails`](crate::Mails) names.
pub struct PostOffice {
    child: Child,
    said: Mutex<(BufReader<ChildStdout>, Vec<Arrived>)>,
    port: u16,
    trusted: PathBuf,
}

impl PostOffice {
    /// Opens one. The words are those of `post_office.py`: `--tls starttls`, `--login user:password`.
    #[must_use]
    pub fn open(words: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/post_office.py");
        let mut command = Command::new(python());
        command.arg(script).args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().expect("the mail server starts");
        let mut said = BufReader::new(child.stdout.take().expect("it says something"));
        let line = next(&mut said);
        let mut words = line.split_whitespace().skip(1);
        let port = words.next().and_then(|port| port.parse().ok()).expect("it says where it is");
        let trusted = words.next().expect("it says whom to trust").into();
        Self { child, said: Mutex::new((said, Vec::new())), port, trusted }
    }

    /// Where it is, on this machine.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file with whom to trust for what it shows.
    #[must_use]
    pub fn trusted(&self) -> &Path {
        &self.trusted
    }

    /// All letters that came.
    #[must_use]
    pub fn arrived(&self) -> Vec<Arrived> {
        let mut said = self.said.lock().expect("no test panics with it");
        let (lines, arrived) = &mut *said;
        let mut to = self.child.stdin.as_ref().expect("it listens");
        to.write_all(b"sync\n").expect("it listens");
        loop {
            let line = next(lines);
            if line == "synced" {
                return arrived.clone();
            }
            arrived.push(letter(&line));
        }
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if self.trusted.is_absolute() {
            drop(fs::remove_file(&self.trusted));
        }
    }
}

fn next(said: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    said.read_line(&mut line).expect("the mail server goes on");
    assert!(!line.is_empty(), "the mail server has ended");
    line.trim_end().to_owned()
}

fn letter(line: &str) -> Arrived {
    let mut words = line.split(' ').skip(1).map(plain);
    let mut word = || words.next().expect("a line has all words");
    let (id, to, subject, text) = (word(), word(), word(), word());
    Arrived { id, to, subject, text }
}

fn plain(hexadecimal: &str) -> String {
    let byte = |place: usize| u8::from_str_radix(&hexadecimal[place..place + 2], 16);
    let bytes: Result<Vec<u8>, _> = (0..hexadecimal.len()).step_by(2).map(byte).collect();
    String::from_utf8(bytes.expect("it is hexadecimal")).expect("it is text")
}

/// A Python that has what the server is made of, beside what was built.
fn python() -> &'static Path {
    // Tests of one process that begin at once wait for the one that makes it.
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(make_python)
}

fn make_python() -> PathBuf {
    let built = env::current_exe().expect("a test is a file");
    let folder = built.ancestors().nth(3).expect("tests lie in the build folder");
    let made = folder.join("post-office");
    let python = made.join("bin/python");
    if !python.exists() {
        // Others may make it at the same time: the first to be ready leaves it to all.
        let own = folder.join(format!("post-office-{}", std::process::id()));
        run(Command::new("python3").args(["-m", "venv"]).arg(&own));
        let mut pip = Command::new(own.join("bin/python"));
        run(pip
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(PACKAGES));
        if fs::rename(&own, &made).is_err() {
            drop(fs::remove_dir_all(&own));
        }
    }
    python
}

fn run(command: &mut Command) {
    let ran = command.output().expect("Python is there");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
