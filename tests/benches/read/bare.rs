//! Handlers that do nothing but ask the database.

use std::hint::black_box;

use axum::{Router, routing::get};
use castad_domain::{
    model::{MemberId, ProjectId},
    port::{Page, Ports, StoreError},
};
use futures_util::future::BoxFuture;

type Read = dyn Fn() -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync;

/// What a call asks the database, and nothing else.
pub(crate) struct Bare(Box<Read>);

impl Bare {
    /// Each call that is measured, by its path, with what it asks.
    pub(crate) fn all(
        ports: &Ports,
        (member, project): (MemberId, ProjectId),
    ) -> Vec<(String, Self)> {
        let page = Page { limit: 100, after: None };
        let (one, many) = (ports.catalog.clone(), ports.catalog.clone());
        let (members, points) = (ports.members.clone(), ports.points.clone());
        vec![
            (
                format!("/v1/projects/{project}"),
                Self::of(move || {
                    let catalog = one.clone();
                    async move { catalog.project(member, project).await.map(|it| drop(black_box(it))) }
                }),
            ),
            (
                "/v1/projects?limit=100".to_owned(),
                Self::of(move || {
                    let catalog = many.clone();
                    async move { catalog.projects(member, page).await.map(|it| drop(black_box(it))) }
                }),
            ),
            (
                "/v1/account".to_owned(),
                Self::of(move || {
                    let members = members.clone();
                    async move { members.account(member).await.map(|it| drop(black_box(it))) }
                }),
            ),
            (
                "/v1/points/history".to_owned(),
                Self::of(move || {
                    let points = points.clone();
                    let page =
                        castad_domain::port::HistoryPage { limit: 20, after: None, order: None };
                    async move { points.history(member, page).await.map(|it| drop(black_box(it))) }
                }),
            ),
        ]
    }

    fn of<F>(read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        Self(Box::new(move || Box::pin(read())))
    }

    /// Answers with so many bytes on a port of its own; its origin.
    pub(crate) async fn serve(self, length: usize) -> String {
        let body = bytes::Bytes::from(vec![b' '; length]);
        let read = std::sync::Arc::new(self.0);
        let answer = move || {
            let (read, body) = (read.clone(), body.clone());
            async move {
                read().await.expect("the database answers");
                body
            }
        };
        super::serve(Router::new().route("/", get(answer))).await
    }
}
