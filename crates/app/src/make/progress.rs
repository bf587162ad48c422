use std::{collections::BTreeMap, io::IsTerminal, time::Duration};

use castad_domain::model::{Job, Production, Stage};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;

use crate::{cli::Make, command::say};

/// Tells how far an ad is: bars in a terminal, lines elsewhere, JSON for programs.
pub(super) struct Progress {
    voice: Voice,
    told: BTreeMap<Stage, &'static str>,
}

enum Voice {
    Bars(BTreeMap<Stage, ProgressBar>),
    Lines,
    Json,
}

impl Progress {
    pub(super) fn new(json: bool) -> Self {
        let voice = if json {
            Voice::Json
        } else if std::io::stderr().is_terminal() {
            Voice::Bars(bars())
        } else {
            Voice::Lines
        };
        Self { voice, told: BTreeMap::new() }
    }

    pub(super) fn show(&mut self, production: &Production, job: Option<&Job>) {
        for stage in Stage::ALL {
            let Some(state) = state(production, stage) else { continue };
            let progress = job.filter(|job| job.work.task.stage() == Some(stage));
            self.stage(stage, state, progress.map_or(0.0, |job| job.progress));
        }
    }

    fn stage(&mut self, stage: Stage, state: &'static str, progress: f32) {
        let news = self.told.insert(stage, state) != Some(state);
        match &self.voice {
            Voice::Bars(bars) => {
                let Some(bar) = bars.get(&stage) else { return };
                bar.set_message(state);
                match state {
                    "ready" => {
                        bar.set_position(100);
                        bar.finish();
                    }
                    "failed" | "canceled" => bar.abandon(),
                    _ => bar.set_position(percent(progress)),
                }
            }
            Voice::Lines if news => say(&format!("{}: {state}", stage.name())),
            Voice::Json if news => {
                say(&json!({"stage": stage.name(), "status": state}).to_string());
            }
            Voice::Lines | Voice::Json => {}
        }
    }

    pub(super) fn made(&self, flags: &Make, production: &Production, seconds: f64) {
        let song = production.song().and_then(|song| song.making.product());
        let played = if song.is_some_and(|song| song.instrumental) {
            "; the song is an instrumental, its words are captions"
        } else {
            ""
        };
        let (out, shape) = (flags.out.display().to_string(), flags.orientation.name());
        match self.voice {
            Voice::Json => {
                let seconds = (seconds * 1_000.0).round() / 1_000.0;
                let language = flags.language.code();
                let told = json!({
                    "out": out, "seconds": seconds, "orientation": shape, "language": language,
                });
                say(&told.to_string());
            }
            Voice::Bars(_) | Voice::Lines => say(&format!("{out}: made in {seconds:.1} s{played}")),
        }
    }

    pub(super) fn failed(&self, production: &Production) {
        let told = production.failure().map_or_else(
            || "the ad was not made: it was canceled".to_owned(),
            |failure| {
                let help = if failure.retryable { "; making it again may help" } else { "" };
                format!(
                    "the {} failed ({}): {}{help}",
                    failure.stage.name(),
                    failure.code.name(),
                    failure.detail
                )
            },
        );
        match self.voice {
            Voice::Json => say(&json!({"error": told}).to_string()),
            Voice::Bars(_) | Voice::Lines => crate::command::complain(&told),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100")]
fn percent(progress: f32) -> u64 {
    (progress.clamp(0.0, 1.0) * 100.0) as u64
}

fn bars() -> BTreeMap<Stage, ProgressBar> {
    let all = MultiProgress::new();
    let style = ProgressStyle::with_template("{prefix:>6} {bar:30} {pos:>3}% {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = |stage: Stage| {
        let bar = all.add(ProgressBar::new(100));
        bar.set_style(style.clone());
        bar.set_prefix(stage.name());
        bar.enable_steady_tick(Duration::from_millis(200));
        (stage, bar)
    };
    Stage::ALL.into_iter().map(bar).collect()
}

fn state(production: &Production, stage: Stage) -> Option<&'static str> {
    match stage {
        Stage::Lyric => production.lyric().map(|lyric| lyric.state.name()),
        Stage::Song => production.song().map(|song| song.making.name()),
        Stage::Video => production.video().map(|video| video.making.name()),
    }
}
