//! Traces by OTLP: one from a request through the jobs that it pushed to the calls to providers.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::port::{IdSource, chain};
use opentelemetry::{
    Context, KeyValue,
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    propagation::TraceContextPropagator,
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, Span as Begun,
        SpanData, SpanExporter, SpanProcessor,
    },
};
use tokio::runtime::Handle;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::{config::OtlpConfig, system::TimeOrderedIds};

/// The most spans that wait to be sent.
const MOST: usize = 2_048;
/// How long spans wait for others to be sent with.
const TOGETHER: Duration = Duration::from_secs(1);
/// How long the collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where spans go, until it is told to end.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans to the collector that the configuration names, from that runtime.
    ///
    /// # Errors
    ///
    /// When no client can be made.
    pub fn open(config: &OtlpConfig, runtime: Handle) -> anyhow::Result<Self> {
        castad_http_client::install_tls();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(Sender { client, runtime })
            .with_endpoint(format!("{}/v1/traces", config.url))
            .with_timeout(PATIENCE)
            .build()?;
        let in_hand = Arc::new(AtomicUsize::new(0));
        let counted = Counted { exporter, in_hand: Arc::clone(&in_hand), away: false.into() };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(MOST)
            .with_max_export_batch_size(MOST / 4)
            .with_scheduled_delay(TOGETHER)
            .build();
        let batches = BatchSpanProcessor::builder(counted).with_batch_config(batches).build();
        let ratio = Sampler::TraceIdRatioBased(config.ratio);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource())
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            .with_span_processor(Bounded { batches, in_hand })
            .build();
        Ok(Self(provider))
    }

    /// What hands spans on: those of this program, with what went wrong in them.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("castad"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_traced))
    }

    /// Sends what waits, for a few seconds at most.
    pub fn end(&self) {
        if let Err(fault) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(error = chain(&fault), "the last spans may not have gone out");
        }
    }
}

fn is_traced(of: &Metadata<'_>) -> bool {
    let most = if of.is_span() { Level::INFO } else { Level::WARN };
    of.target().starts_with("castad") && *of.level() <= most
}

fn resource() -> Resource {
    let instance = format!("{:032x}", TimeOrderedIds::default().next());
    Resource::builder_empty()
        .with_service_name("castad")
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", instance),
        ])
        .build()
}

/// What is done just now, as a `traceparent` of W3C has it; `None` where nobody traces.
#[must_use]
pub fn leading() -> Option<String> {
    let context = Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| {
        let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags());
        format!("00-{trace}-{id}-{flags:02x}")
    })
}

/// Has a span that has not begun belong to what a `traceparent` names; one that cannot be read
/// changes nothing.
pub fn follow(span: &Span, traceparent: &str) {
    let sent = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let found = TraceContextPropagator::new().extract_with_context(&Context::new(), &sent);
    if found.span().span_context().is_valid() {
        // Where nobody traces there is nothing to set.
        let _ = span.set_parent(found);
    }
}

/// Sends from the program's runtime; who exports has a thread of its own.
#[derive(Debug)]
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), reqwest::Request::try_from(request)?);
        let answered = self.runtime.spawn(async move {
            let answer = client.execute(request).await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.bytes().await?))
        });
        let (status, body) = answered.await?.map_err(reqwest::Error::without_url)?;
        Ok(Response::builder().status(status).body(body)?)
    }
}

/// Takes no more spans than fit, and counts those that do not.
#[derive(Debug)]
struct Bounded {
    batches: BatchSpanProcessor,
    in_hand: Arc<AtomicUsize>,
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut Begun, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.in_hand.fetch_add(1, Ordering::Relaxed) < MOST {
            self.batches.on_end(span);
        } else {
            self.in_hand.fetch_sub(1, Ordering::Relaxed);
            count("dropped", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// Counts what became of spans that were sent, and says once when they begin to be lost.
#[derive(Debug)]
struct Counted<E> {
    exporter: E,
    in_hand: Arc<AtomicUsize>,
    away: AtomicBool,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let end = self.exporter.export(batch).await;
        self.in_hand.fetch_sub(spans, Ordering::Relaxed);
        let was_away = self.away.swap(end.is_err(), Ordering::Relaxed);
        match &end {
            Ok(()) => count("sent", spans),
            Err(fault) => {
                count("lost", spans);
                if !was_away {
                    tracing::warn!(error = chain(fault), "spans do not go out and are lost");
                }
            }
        }
        end
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

fn count(fate: &'static str, spans: usize) {
    metrics::counter!("castad_spans_total", "fate" => fate).increment(spans as u64);
}
