//! The commands and their flags.

use std::path::PathBuf;

use castad_domain::model::{
    KeyId, KeyLifetime, Language, MemberId, Orientation, OutOfBounds, ParseIdError, Role, Scope,
    UnknownWord,
};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Makes sung advertising videos from a business's name, place and pictures.
#[derive(Debug, Parser)]
#[command(name = "castad", version, about)]
pub struct Cli {
    /// The configuration file; without it, castad.toml in the working folder if there is one.
    #[arg(long, global = true, env = "CASTAD_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do; without a command, `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the console, and do the work.
    Serve(Serve),
    /// Do the work alone, for a database that others serve.
    Work,
    /// Make one ad, from start to finish.
    Make(Box<Make>),
    /// Bring the database up to date.
    Migrate,
    /// Keys of the API.
    #[command(subcommand)]
    Keys(Keys),
    /// Points of members.
    #[command(subcommand)]
    Points(Points),
    /// Prove the books of a database that may be in use: points, coupons, orders, slots.
    Audit {
        /// Print what is found as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Have many ask for the same at once, and say whether it went by the rules.
    Race(Race),
    /// Say whether the configuration is good: every fault of it, and what the providers that it names
    /// say. Nothing is bought.
    CheckConfig {
        /// Ask nobody.
        #[arg(long)]
        offline: bool,
    },
    /// Print the OpenAPI document.
    Openapi,
}

/// How to serve.
#[derive(Debug, Default, Args)]
pub struct Serve {
    /// Serve only; another process does the work.
    #[arg(long)]
    pub no_workers: bool,
}

/// What ad to make.
#[derive(Debug, Args)]
pub struct Make {
    /// What the business is called.
    #[arg(long, default_value = "다온카페")]
    pub business: String,
    /// Where it is.
    #[arg(long, default_value = "부산 해운대")]
    pub region: String,
    /// What else the song should know.
    #[arg(long, default_value = "")]
    pub details: String,
    /// The language of the words.
    #[arg(long, default_value = "ko", value_parser = language)]
    pub language: Language,
    /// The shape of the picture: vertical, square or horizontal.
    #[arg(long, default_value = "vertical", value_parser = orientation)]
    pub orientation: Orientation,
    /// How the song should sound.
    #[arg(long)]
    pub style: Option<String>,
    /// A picture, JPEG, PNG or WebP; may be given up to 20 times. Without any, the program draws
    /// some itself.
    #[arg(long = "image", value_name = "FILE")]
    pub images: Vec<PathBuf>,
    /// The same seed makes the same ad again.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Where to write the film.
    #[arg(long, default_value = "ad.mp4", value_name = "FILE")]
    pub out: PathBuf,
    /// Tell what happens as lines of JSON.
    #[arg(long)]
    pub json: bool,
}

/// What many ask for at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Contest {
    /// Points of one account.
    Points,
    /// Coupons of a campaign.
    Coupon,
    /// Slots of a channel.
    Slot,
    /// Packs of a stock.
    Order,
    /// The configured lock, in this process.
    Lock,
}

/// How a campaign that is raced for gives its coupons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// At once.
    #[default]
    Direct,
    /// In the order of a line.
    Queue,
}

/// How to race.
#[derive(Debug, Args)]
pub struct Race {
    /// What they ask for.
    pub contest: Contest,
    /// How many ask.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub clients: usize,
    /// For how many there is something.
    #[arg(long, default_value_t = 10, value_name = "M")]
    pub items: usize,
    /// How the campaign gives its coupons; for coupons only.
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    pub mode: Mode,
    /// A running instance; may be given again, they are asked in turns.
    #[arg(long = "url", value_name = "URL")]
    pub urls: Vec<String>,
    /// The key of an admin, who prepares what is raced for.
    #[arg(long, env = "CASTAD_KEY", hide_env_values = true, value_name = "KEY")]
    pub key: Option<String>,
    /// Print the verdict as JSON.
    #[arg(long)]
    pub json: bool,
    /// The control: without any guard, in memory. It has to be found out.
    #[arg(long, hide = true)]
    pub unguarded: bool,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key; it is shown once.
    Create(NewKey),
    /// Show a member's keys, newest first, those that have expired among them.
    List {
        /// Whose; without it, the owner's.
        #[arg(long, value_name = "NAME")]
        member: Option<String>,
        /// Print a list of keys as JSON, with their ids, scopes and ends.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key: it opens nothing any more.
    Revoke {
        /// The key's id, as it is listed.
        #[arg(value_parser = key)]
        id: KeyId,
        /// Whose it is; without it, the owner's.
        #[arg(long, value_name = "NAME")]
        member: Option<String>,
        /// Print {"id"} instead of text.
        #[arg(long)]
        json: bool,
    },
}

/// What key to make.
#[derive(Debug, Args)]
pub struct NewKey {
    /// What it allows: member or admin. The owner's is admin unless said otherwise.
    #[arg(long, value_parser = role)]
    pub role: Option<Role>,
    /// What it is for: read, produce, points, account or admin; may be given again. Without it,
    /// everything that its role allows.
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
    pub scopes: Vec<Scope>,
    /// After how many days it opens nothing any more, 1 to 3650. Without it, never.
    #[arg(long, value_name = "DAYS", value_parser = lifetime)]
    pub expires_in_days: Option<KeyLifetime>,
    /// Whose it is; a new name joins. Without it, the owner's.
    #[arg(long, value_name = "NAME")]
    pub member: Option<String>,
    /// Print {"id", "key"} and what it is for instead of text.
    #[arg(long)]
    pub json: bool,
}

/// What to do with points.
#[derive(Debug, Subcommand)]
pub enum Points {
    /// Give a member points by hand; it works beside a program that serves.
    Grant {
        /// How many.
        #[arg(long)]
        amount: i64,
        /// To whom, by id. Without it, the owner.
        #[arg(long, value_name = "ID", value_parser = member)]
        member: Option<MemberId>,
        /// Print the key, the member, the amount and the balance as JSON instead of text.
        #[arg(long)]
        json: bool,
    },
}

fn member(text: &str) -> Result<MemberId, String> {
    text.parse().map_err(|refused: ParseIdError| refused.to_string())
}

fn key(text: &str) -> Result<KeyId, String> {
    text.parse().map_err(|refused: ParseIdError| refused.to_string())
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|refused: UnknownWord| refused.to_string())
}

fn lifetime(text: &str) -> Result<KeyLifetime, String> {
    let days = text.parse().unwrap_or_default();
    KeyLifetime::days(days).map_err(|refused: OutOfBounds| refused.to_string())
}

fn language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|refused: UnknownWord| refused.to_string())
}

fn orientation(text: &str) -> Result<Orientation, String> {
    text.parse().map_err(|refused: UnknownWord| refused.to_string())
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_name(text).map_err(|refused| refused.to_string())
}
