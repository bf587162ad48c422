use std::{fmt, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{LyricText, ProviderName},
    port::{Draft, LyricOrder, LyricWriter, ProviderError, ProviderErrorKind},
};
use castad_http_client::{Answer, HttpClient, Request};

use crate::{
    Settings, Shape, check,
    draft::draft,
    prompt::Prompt,
    refusal::{refused, stopped},
    sse::Events,
    wire::{End, Ended, Reading, Usage, body},
};

/// Has ChatGPT write the words.
pub struct ChatGpt {
    settings: Settings,
    http: HttpClient,
}

impl ChatGpt {
    /// Its name in events and failures.
    pub const NAME: &str = "chatgpt";

    /// A writer that asks by way of that client.
    #[must_use]
    pub fn new(mut settings: Settings, http: HttpClient) -> Self {
        settings.base.truncate(settings.base.trim_end_matches('/').len());
        Self { settings, http }
    }

    /// Whether the key is good and the model is there. Nothing is written and nothing is paid for.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] says what is the matter; where a compatible server keeps no list of models,
    /// nothing is.
    pub async fn check(&self) -> Result<(), ProviderError> {
        let Settings { base, key, model, shape } = &self.settings;
        let answer =
            self.http.send(Request::get(format!("{base}/models/{model}")).bearer(key)).await?;
        match (answer.status(), shape) {
            (200, _) | (404 | 405, Shape::Chat) => Ok(()),
            _ => Err(refused(answer, key).await),
        }
    }

    /// What the model says to a prompt, to its end.
    async fn ask(&self, prompt: &Prompt<'_>, watching: &dyn Draft) -> Result<Ended, ProviderError> {
        let Settings { base, key, model, shape } = &self.settings;
        let (path, body) = body(*shape, model, prompt);
        let request = Request::post(format!("{base}/{path}"), &body).bearer(key);

        let answer = self.http.send(request).await?;

        if answer.status() != 200 {
            return Err(refused(answer, key).await);
        }
        let ended = self.read(answer, watching).await?;
        if let Some(usage) = &ended.usage {
            record(usage);
        }
        Ok(ended)
    }

    async fn read(&self, mut answer: Answer, watching: &dyn Draft) -> Result<Ended, ProviderError> {
        if !answer.is("text/event-stream") {
            return Err(unknown("ChatGPT's answer is not what its documents describe"));
        }
        let (mut events, mut reading) = (Events::default(), Reading::new(self.settings.shape));
        loop {
            match answer.piece().await {
                Ok(Some(piece)) => events.push(&piece),
                Ok(None) => break,
                // What is complete stays so, however the connection ends.
                Err(_) if reading.is_complete() => break,
                Err(error) => return Err(error),
            }
            while let Some(event) = events.next() {
                reading.event(&event).map_err(|error| {
                    unknown("ChatGPT's answer is not what its documents describe")
                        .with_source(error)
                })?;
            }
            if let Some(words) = draft(reading.so_far()) {
                watching.shows(&words).await;
            }
        }
        reading.ended().ok_or_else(|| unknown("ChatGPT's answer broke off"))
    }
}

#[async_trait]
impl LyricWriter for ChatGpt {
    fn name(&self) -> ProviderName {
        ProviderName::new(Self::NAME)
    }

    #[tracing::instrument(name = "chatgpt.write", skip_all, fields(lyric.id = %order.lyric))]
    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        let prompt = Prompt::new(&order.brief);
        let first = words(self.ask(&prompt, &*draft).await?, order)?;
        let Err(fault) = first else { return first.map_err(check::Fault::into) };

        tracing::info!(%fault, "the words cannot be used: they are asked for again");
        let second = words(self.ask(&prompt.again(&fault), &*draft).await?, order)?;
        second.map_err(check::Fault::into)
    }
}

/// The words of an answer, or why they cannot be used; an error where asking again is of no use.
fn words(
    answer: Ended,
    order: &LyricOrder,
) -> Result<Result<LyricText, check::Fault>, ProviderError> {
    match answer.end {
        End::Complete => Ok(check::words(&answer.text, &order.brief)),
        End::Truncated(code) => Ok(Err(check::Fault::Truncated(code))),
        End::Declined(code) => {
            let text = "ChatGPT declines to write about this";
            Err(ProviderError::new(ProviderErrorKind::Refused, text).with_code(code))
        }
        End::Failed(code) => Err(stopped(code)),
    }
}

fn record(usage: &Usage) {
    let (read, written) = (usage.input, usage.output);
    let (cached, reasoning) = (usage.cached(), usage.reasoning());
    tracing::info!(read, cached, written, reasoning, "tokens were used");
    for (kind, count) in
        [("input", read), ("cached", cached), ("output", written), ("reasoning", reasoning)]
    {
        metrics::counter!("castad_provider_tokens_total", "provider" => ChatGpt::NAME, "kind" => kind)
            .increment(count);
    }
}

fn unknown(text: &str) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Unknown, text)
}

impl fmt::Debug for ChatGpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatGpt").field("settings", &self.settings).finish_non_exhaustive()
    }
}
