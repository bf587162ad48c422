//! The router over a studio in memory, and requests to it.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use castad_app::{
    config::LimitsConfig,
    http::{Access, App, Code, router},
    links::Links,
    secret::Secret,
};
use castad_domain::{
    model::{Caller, MemberId, Role},
    port::Ports,
    usecase::IssueKey,
};
use castad_memory::Memory;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::told::Asked;

pub(crate) struct Studio {
    pub(crate) memory: Memory,
    pub(crate) ports: Ports,
    pub(crate) router: Router,
    pub(crate) stop: CancellationToken,
    pub(crate) login: Secret,
    pub(crate) owner: MemberId,
    app: App,
    pub(crate) key: Secret,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem's code, having checked that it is one with all its members.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json");
        let body = self.json();
        for member in ["type", "title", "detail", "instance", "code", "request_id"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {body}");
        }
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        let word = body["code"].as_str().unwrap_or_default();
        let code = Code::ALL.iter().find(|code| code.word() == word).unwrap_or_else(|| {
            panic!("no code of the table: {body}");
        });
        assert_eq!(self.status, code.status(), "{body}");
        assert_eq!(body["type"], format!("/docs/errors/{word}"));
        assert_eq!(body["retryable"], code.retryable(), "{body}");
        assert_eq!(body["charged_points"], json!(code.charged().points()), "{body}");
        if matches!(self.status.as_u16(), 429 | 503) {
            let wait = self.header(header::RETRY_AFTER).parse::<u64>();
            assert!(wait.is_ok_and(|seconds| seconds > 0), "no Retry-After: {body}");
        }
        word.to_owned()
    }
}

pub(crate) async fn send(router: Router, request: Request<Body>) -> Answer {
    let (asked, request) = Asked::read(request).await;
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    let answer = Answer { status: parts.status, headers: parts.headers, bytes };
    asked.is_answered_as_told(&answer);
    answer
}

/// A form whose picture comes often enough, and without an end.
pub(crate) fn slow_form() -> Body {
    let head = b"--b\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\n".to_vec();
    let more = stream::repeat(()).then(async |()| {
        sleep_until(Instant::now() + Duration::from_secs(25)).await;
        vec![b' '; 40 * 1024]
    });
    Body::from_stream(stream::iter([head]).chain(more).map(Ok::<_, std::io::Error>))
}

impl Studio {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other ports, once the owner has a key.
    pub(crate) async fn with(change: impl FnOnce(&mut Ports)) -> Self {
        Self::made(change, None).await
    }

    /// Whose files are linked to at another origin.
    pub(crate) async fn with_media_origin(origin: &str) -> Self {
        Self::made(|_| {}, Some(origin.to_owned())).await
    }

    async fn made(change: impl FnOnce(&mut Ports), media_origin: Option<String>) -> Self {
        let memory = Memory::new();
        let mut ports = memory.ports();
        ports.photos = Arc::new(castad_memory::PlainLab);
        let (stop, login) = (CancellationToken::new(), Secret::fresh("login"));
        let issue = IssueKey::new(&ports);
        let key = Secret::fresh("castad");
        let owner = issue.run("owner", Role::Admin, key.hash()).await.unwrap();
        let caller = Caller::of_the_program(owner.member.id, Role::Admin);
        let gate = Arc::new(memory.store().clone());
        let access = Access::new(gate, ports.clock.clone()).with_login(&login, caller);
        change(&mut ports);
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let app =
            App::new(ports.clone(), access, metrics, stop.clone()).with_media_origin(media_origin);
        let owner = owner.member.id;
        Self { memory, ports, router: router(app.clone()), stop, login, owner, app, key }
    }

    /// The same at a public address, with what makes links to its files.
    pub(crate) fn at_a_public_address(self) -> (Self, Arc<Links>) {
        let links = Arc::new(Links::new("https://ads.example", [7; 32]));
        let router = router(self.app.clone().with_links(Some(links.clone())));
        (Self { router, ..self }, links)
    }

    /// The same where nobody asks more often than that.
    pub(crate) fn limited(mut self, limits: &LimitsConfig) -> Self {
        self.app = self.app.with_limits(limits);
        self.router = router(self.app.clone());
        self
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let bearer = format!("Bearer {}", self.key.reveal());
        Request::builder().method(method).uri(path).header(header::AUTHORIZATION, bearer)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(self.router.clone(), request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, json: &Value) -> Answer {
        let request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(json.to_string())).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    /// A request of somebody without a key, or with the one that is told.
    pub(crate) async fn of(
        &self,
        key: Option<&str>,
        method: Method,
        path: &str,
        json: &Value,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(json.to_string())).unwrap()).await
    }

    /// The key of a member who is no admin.
    pub(crate) async fn member(&self, name: &str) -> String {
        let key = Secret::fresh("castad");
        IssueKey::new(&self.ports).run(name, Role::Member, key.hash()).await.unwrap();
        key.reveal().to_owned()
    }

    /// The same studio where nobody needs a key.
    pub(crate) fn without_keys(mut self, caller: Caller) -> Self {
        let gate = Arc::new(self.memory.store().clone());
        let access = Access::new(gate, self.ports.clock.clone()).open_to_all(caller);
        self.app.access = Arc::new(access);
        self.router = router(self.app.clone());
        self
    }

    /// Another process at the same database.
    pub(crate) fn another(&self) -> Router {
        let gate = Arc::new(self.memory.store().clone());
        let access = Access::new(gate, self.ports.clock.clone());
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let stop = CancellationToken::new();
        router(App::new(self.ports.clone(), access, metrics, stop))
    }

    pub(crate) async fn work(&self) {
        self.memory.work_until_idle().await.unwrap();
    }

    /// A draft; its id.
    pub(crate) async fn draft(&self) -> String {
        let made = self.call(Method::POST, "/v1/projects", &brief()).await;
        assert_eq!(made.status, StatusCode::CREATED);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// A draft with a picture; its id.
    pub(crate) async fn pictured(&self) -> String {
        let id = self.draft().await;
        let added = self.upload(&id, &[("files", "a.jpg", castad_contract::photo::PICTURE)]).await;
        assert_eq!(added.status, StatusCode::CREATED);
        id
    }

    /// A project with a finished video; its id.
    pub(crate) async fn finished(&self) -> String {
        let id = self.pictured().await;
        let begun = self.post(&format!("/v1/projects/{id}/produce")).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED);
        self.work().await;
        id
    }

    /// Asks for all of it, within so many seconds.
    pub(crate) async fn produce_within(&self, id: &str, seconds: u32) -> Answer {
        let request = self.request(Method::POST, &format!("/v1/projects/{id}/produce"));
        let request = request.header("cancel-after", seconds.to_string());
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn upload(&self, id: &str, parts: &[(&str, &str, &[u8])]) -> Answer {
        self.send(self.upload_request(id, parts, "x-boundary-x", None)).await
    }

    pub(crate) fn upload_request(
        &self,
        id: &str,
        parts: &[(&str, &str, &[u8])],
        boundary: &str,
        key: Option<&str>,
    ) -> Request<Body> {
        let mut body = Vec::new();
        for (field, file, bytes) in parts {
            body.extend_from_slice(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; \
                     filename=\"{file}\"\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let mut request = self
            .request(Method::POST, &format!("/v1/projects/{id}/images"))
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.body(Body::from(body)).unwrap()
    }
}

pub(crate) fn brief() -> Value {
    serde_json::json!({
        "business_name": "다온카페", "region": "부산 해운대", "details": "바다가 보여요",
        "language": "ko", "orientation": "vertical",
    })
}
