use castad_stand_ins::{StandIns, creatomate};
use castad_tests::{Castad, Folder, azurite, database, free_port};
use reqwest::Method;
use serde_json::{Value, json};
use testcontainers::{ContainerAsync, GenericImage};

use super::{line::Line, providers::providers};

/// Words that the owner wrote.
const WORDS: &str = "[Verse]\n해운대 골목 끝에\n햇살이 참 좋아요\n[Chorus]\n다온카페에서 만나요\n우리 함께 노래해요";

/// The program, the servers that it stands on, and the providers that it asks.
pub(crate) struct World {
    pub(crate) castad: Castad,
    pub(crate) stand_ins: StandIns,
    /// The line to the database.
    pub(crate) database: Line,
    _servers: [ContainerAsync<GenericImage>; 2],
    _folder: Folder,
}

/// What was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bought {
    pub(crate) lyrics: usize,
    pub(crate) songs: usize,
    pub(crate) videos: usize,
}

impl World {
    pub(crate) async fn start() -> Self {
        let ((mysql, database), (azure, origin)) =
            tokio::join!(database("mysql", "9.7", "MYSQL"), azurite());
        let (before, rest) = database.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let line = Line::to(server.to_owned()).await.unwrap();
        let database = format!("{before}@{}/{name}", line.address);
        let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        stand_ins.suno.work_for(0);
        stand_ins.creatomate.pace(creatomate::Pace::TakesMs(20));
        let folder = Folder::new();
        let bind = free_address();
        let servers = [
            ("CASTAD_BIND", bind.clone()),
            ("CASTAD_PUBLIC_URL", format!("http://{bind}")),
            ("CASTAD_DATABASE_URL", database),
            ("CASTAD_POOL_REQUESTS_WAIT", "2".to_owned()),
            ("CASTAD_POOL_BACKGROUND_WAIT", "2".to_owned()),
            ("CASTAD_MEDIA_URL", "az://castad/ads".to_owned()),
            ("AZURE_STORAGE_CONNECTION_STRING", "UseDevelopmentStorage=true".to_owned()),
            ("AZURE_STORAGE_ENDPOINT", origin),
        ];
        let urls = (stand_ins.openai_url(), stand_ins.suno_url(), stand_ins.creatomate_url());
        let providers = providers(stand_ins.host(), urls);
        let told = servers.iter().chain(&providers);
        let environment: Vec<(&str, &str)> = told.map(|(k, v)| (*k, v.as_str())).collect();
        checked(folder.path(), &environment).await;
        let castad = Castad::start_with(folder.path(), &environment).await;
        Self { castad, stand_ins, database: line, _servers: [mysql, azure], _folder: folder }
    }

    /// The project once nothing of it is being made.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        self.castad.until(id, |project| project["status"] != "producing").await
    }

    /// Asks for a stage of a project.
    pub(crate) async fn order(&self, id: &str, stage: &str) {
        let path = format!("/v1/projects/{id}/{stage}");
        let (status, told) = self.castad.send(Method::POST, &path, &json!({})).await;
        assert_eq!(status, 202, "{told}");
    }

    /// A project with words, and a song to come of them.
    pub(crate) async fn song(&self) -> Value {
        let id = self.castad.open("square").await;
        let words = json!({"title": "다온의 노래", "text": WORDS});
        let path = format!("/v1/projects/{id}/lyric");
        let (status, told) = self.castad.send(Method::PUT, &path, &words).await;
        assert_eq!(status, 200, "{told}");
        self.order(&id, "song").await;
        self.ended(&id).await
    }

    /// What the address answers that the last song's provider was given.
    pub(crate) async fn call_back_of_the_last_song(&self) -> u16 {
        let order = self.stand_ins.suno.purchases().pop().unwrap();
        let url = order["callBackUrl"].as_str().unwrap().to_owned();
        let (_, path) = url.split_once("/callbacks").unwrap();
        let path = format!("/callbacks{path}");
        let called = self.castad.stranger(Method::POST, &path).body("{}").send().await;
        called.unwrap().status().as_u16()
    }

    pub(crate) fn bought(&self) -> Bought {
        Bought {
            lyrics: self.stand_ins.openai.requests().len(),
            songs: self.stand_ins.suno.purchases().len(),
            videos: self.stand_ins.creatomate.purchases(),
        }
    }

    /// What a file's address leads to.
    pub(crate) async fn fetch(&self, path: &str) -> Vec<u8> {
        let answer = self.castad.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }
}

/// The program finds nothing wrong with such a configuration, and says so of each provider.
async fn checked(folder: &std::path::Path, environment: &[(&str, &str)]) {
    let mut command = Castad::command(folder);
    command.arg("check-config").envs(environment.iter().copied());
    let told = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&told.stderr));
    for provider in
        ["chatgpt: the model is there", "suno: 1000 credits", "creatomate: the templates"]
    {
        assert!(said.contains(provider), "{said}");
    }
}

/// Where the program can listen, known before it does: providers are told of it.
fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}
