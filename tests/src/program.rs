use std::{
    env,
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use reqwest::{
    Client, Method, RequestBuilder, Response,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// The longest that anything here may take.
const LIMIT: Duration = Duration::from_mins(3);

/// A folder of its own, removed with the test.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty one.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("castad-test-{}-{count}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Suites ask from one address, many with one key, and without a pause where it pleases them.
const UNLIMITED: [(&str, &str); 3] = [
    ("CASTAD_LIMIT_REQUESTS", "off"),
    ("CASTAD_LIMIT_REQUESTS_OF_KEY", "off"),
    ("CASTAD_LIMIT_REGISTRATIONS", "off"),
];

/// A running `castad serve` on a port of its own.
pub struct Castad {
    child: Child,
    /// Where it listens: `http://127.0.0.1:…`.
    pub url: String,
    /// The link that logs a browser in.
    pub login: String,
    key: String,
    client: Client,
}

impl Castad {
    /// The program that was built with these tests.
    ///
    /// # Panics
    ///
    /// If it was not built.
    #[must_use]
    pub fn program() -> PathBuf {
        let tests = env::current_exe().expect("the test knows where it is");
        let built = tests.parent().and_then(Path::parent).map(|folder| folder.join("castad"));
        let program = env::var_os("CASTAD_TEST_PROGRAM").map(PathBuf::from).or(built);
        let program = program.expect("a program to test");
        assert!(program.is_file(), "{} is not built: cargo build -p castad-app", program.display());
        program
    }

    /// A command of the program on a data folder, with nothing of this process's configuration.
    #[must_use]
    pub fn command(data: &Path) -> Command {
        let mut command = Command::new(Self::program());
        let ours = env::vars().map(|(name, _)| name).filter(|name| is_setting(name));
        ours.for_each(|name| {
            command.env_remove(name);
        });
        command.envs(UNLIMITED).env("CASTAD_DATA", data).env("CASTAD_LOG", "warn");
        command.current_dir(data).kill_on_drop(true);
        command
    }

    /// Starts `serve` on a data folder and waits until it listens.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// The same with more in its environment.
    ///
    /// # Panics
    ///
    /// If it does not listen.
    pub async fn start_with(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::serve(Self::command(data), data, (&[], environment)).await
    }

    /// The same, which writes what it says of itself into a file.
    ///
    /// # Panics
    ///
    /// If it does not listen.
    pub async fn start_logged(data: &Path, environment: &[(&str, &str)], log: File) -> Self {
        let mut command = Self::command(data);
        command.stderr(log);
        Self::serve(command, data, (&[], environment)).await
    }

    /// The same, and nothing is worked on.
    ///
    /// # Panics
    ///
    /// If it does not listen.
    pub async fn start_idle(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::serve(Self::command(data), data, (&["--no-workers"], environment)).await
    }

    async fn serve(
        mut command: Command,
        data: &Path,
        (flags, environment): (&[&str], &[(&str, &str)]),
    ) -> Self {
        command.arg("serve").args(flags).env("CASTAD_BIND", "127.0.0.1:0").stdout(Stdio::piped());
        command.envs(environment.iter().copied());
        let mut child = command.spawn().expect("the program starts");
        let out = child.stdout.take().expect("its output is ours");
        let mut lines = BufReader::new(out).lines();
        let login = timeout(LIMIT, async {
            while let Some(line) = lines.next_line().await.expect("its output is text") {
                if let Some((_, link)) = line.split_once("Open the studio:") {
                    return link.trim().to_owned();
                }
            }
            panic!("the program ended before it listened")
        });
        let login = login.await.expect("the program listens in time");
        // Whoever stops reading stops the program: what it says from now on is let go by.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let url = login.split("/login").next().unwrap_or_default().trim_end_matches('/').to_owned();
        let key = Self::make_key(data, &[], environment).await;
        castad_http_client::install_tls();
        Self { child, url, login, key, client: Client::new() }
    }

    /// A fresh key, made beside the running program.
    ///
    /// # Panics
    ///
    /// If none is made.
    pub async fn new_key(data: &Path, args: &[&str]) -> String {
        Self::make_key(data, args, &[]).await
    }

    async fn make_key(data: &Path, args: &[&str], environment: &[(&str, &str)]) -> String {
        let mut command = Self::command(data);
        command.args(["keys", "create", "--json"]).args(args).envs(environment.iter().copied());
        let made = command.output().await.expect("the program runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let told: Value = serde_json::from_slice(&made.stdout).expect("keys are told as JSON");
        told["key"].as_str().expect("a key is told").to_owned()
    }

    /// Ends the program as a power cut would.
    ///
    /// # Panics
    ///
    /// If it cannot be ended.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the program is killed");
    }

    /// Asks the program to stop and waits until it has; gives its exit code.
    ///
    /// # Panics
    ///
    /// If it does not stop in time.
    pub async fn stop(self) -> Option<i32> {
        self.tell_to_stop().await;
        self.ended().await
    }

    /// Asks the program to stop.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub async fn tell_to_stop(&self) {
        let id = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.expect("kill runs").success());
    }

    /// Waits until the program has ended; gives its exit code.
    ///
    /// # Panics
    ///
    /// If it does not end in time.
    pub async fn ended(mut self) -> Option<i32> {
        let status = timeout(LIMIT, self.child.wait()).await.expect("it stops in time");
        status.expect("it ends").code()
    }

    /// The number under which the kernel knows the program.
    ///
    /// # Panics
    ///
    /// If it has ended.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// The owner's key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A request with the owner's key.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// A request without a key.
    pub fn stranger(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// What is at an address.
    ///
    /// # Panics
    ///
    /// If it does not answer with JSON.
    pub async fn get(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await.expect("an answer");
        body(response).await
    }

    /// What is at an address, as text.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub async fn text(&self, path: &str) -> String {
        let response = self.request(Method::GET, path).send().await.expect("an answer");
        response.text().await.expect("the whole answer")
    }

    /// What answers to JSON that is sent, with its status.
    ///
    /// # Panics
    ///
    /// If it does not answer with JSON.
    pub async fn send(&self, method: Method, path: &str, json: &Value) -> (u16, Value) {
        let response = self.request(method, path).json(json).send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, body(response).await)
    }

    /// Opens a project with a picture, in that shape; its id.
    ///
    /// # Panics
    ///
    /// If it cannot be opened.
    pub async fn open(&self, orientation: &str) -> String {
        let brief = json!({
            "business_name": "다온카페", "region": "부산 해운대", "language": "ko",
            "orientation": orientation, "seed": 3,
        });
        let (status, made) = self.send(Method::POST, "/v1/projects", &brief).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().expect("it has an id").to_owned();
        let picture = Part::bytes(castad_studio::sample_picture(3, 0, None)).file_name("a.jpg");
        let form = Form::new().part("files", picture);
        let path = format!("/v1/projects/{id}/images");
        let added = self.request(Method::POST, &path).multipart(form).send().await;
        assert_eq!(added.expect("an answer").status(), 201);
        id
    }

    /// Opens a project and asks for all of it; its id.
    ///
    /// # Panics
    ///
    /// If it cannot be begun.
    pub async fn produce(&self, orientation: &str) -> String {
        let id = self.open(orientation).await;
        let path = format!("/v1/projects/{id}/produce");
        let (status, told) = self.send(Method::POST, &path, &json!({})).await;
        assert_eq!(status, 202, "{told}");
        id
    }

    /// Follows what happens until the project is so.
    ///
    /// # Panics
    ///
    /// If it does not come to be so in time.
    pub async fn until(&self, project: &str, so: impl Fn(&Value) -> bool + Sync) -> Value {
        let watch = async {
            loop {
                // Whatever happens from now on is told, also while the project is read.
                let mut events = self.events(project).await;
                loop {
                    let found = self.get(&format!("/v1/projects/{project}")).await;
                    if so(&found) {
                        return found;
                    }
                    match events.chunk().await {
                        Ok(Some(_)) => {}
                        Ok(None) | Err(_) => break,
                    }
                }
            }
        };
        let seen = timeout(LIMIT, watch).await;
        if seen.is_err() {
            let project = self.get(&format!("/v1/projects/{project}")).await;
            panic!("it does not come to be so in time: {project}");
        }
        seen.expect("it was seen")
    }

    async fn events(&self, project: &str) -> Response {
        let path = format!("/v1/projects/{project}/events");
        let request = self.request(Method::GET, &path).header("accept", "text/event-stream");
        request.send().await.expect("an answer")
    }
}

fn is_setting(name: &str) -> bool {
    ["AZURE_STORAGE_", "CASTAD_", "CREATOMATE_", "OPENAI_", "SUNO_"]
        .iter()
        .any(|ours| name.starts_with(ours))
}

async fn body(response: Response) -> Value {
    let text = response.text().await.expect("the whole answer");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}
