//! What the environment and `castad.toml` say, read once and in full: every fault is told at once.

mod chatgpt;
mod creatomate;
mod database;
mod feed;
mod limits;
mod lock;
mod mail;
mod media;
mod otlp;
mod outside;
mod provider;
mod source;
mod suno;

use std::{net::SocketAddr, path::PathBuf};

use castad_chatgpt::Settings as ChatGptSettings;
use castad_creatomate::Settings as CreatomateSettings;
use castad_domain::model::{BacklogLimits, Prices, Rate};
use castad_engine::Rates;
use castad_suno::Settings as SunoSettings;
use chrono_tz::Tz;
pub use database::{DatabaseConfig, PoolConfig, ServerConfig, ServerUrl};
pub use feed::FeedConfig;
pub use limits::{ConnectionLimits, LimitsConfig};
pub use lock::LockConfig;
pub use mail::MailConfig;
pub use media::MediaConfig;
pub use otlp::OtlpConfig;
pub use outside::OutsideConfig;
use source::Source;
pub use source::{ConfigFault, ConfigFaults};
use tracing_subscriber::EnvFilter;

/// How the program is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where `serve` listens.
    pub bind: SocketAddr,
    /// The folder of the embedded database and media.
    pub data: PathBuf,
    /// Which database.
    pub database: DatabaseConfig,
    /// Where files are kept.
    pub media: MediaConfig,
    /// Where who waits is decided.
    pub lock: LockConfig,
    /// NATS beside the database, where there is one.
    pub feed: Option<FeedConfig>,
    /// What each stage costs.
    pub prices: Prices,
    /// How much may wait.
    pub backlog: BacklogLimits,
    /// How many steps providers take in a time.
    pub rates: Rates,
    /// Where days begin and end.
    pub time_zone: Tz,
    /// The owner's first points.
    pub welcome: i64,
    /// Whether callers need a key.
    pub auth: bool,
    /// How often who may ask, and how long connections are waited for.
    pub limits: LimitsConfig,
    /// How to log.
    pub log: LogConfig,
    /// Where traces go, if they are to.
    pub otlp: Option<OtlpConfig>,
    /// How background work is done.
    pub work: WorkConfig,
    /// How providers and this program reach each other.
    pub outside: OutsideConfig,
    /// Whom to ask for words; the studio where it is none.
    pub chatgpt: Option<ChatGptSettings>,
    /// Whom to ask for songs; the studio where it is none.
    pub suno: Option<SunoSettings>,
    /// Whom to ask for videos; the studio where it is none.
    pub creatomate: Option<CreatomateSettings>,
    /// Who takes money for orders.
    pub payments: PaymentsConfig,
    /// Who sends letters; nobody where it is none.
    pub mail: Option<MailConfig>,
}

/// Who takes money for orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentsConfig {
    /// Nobody: orders are taken and cannot be paid.
    NotSetUp,
    /// A stand-in that charges nobody.
    StandIn,
}

/// How to log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// One JSON object a line, for collectors.
    pub json: bool,
    /// Which levels of which parts.
    pub filter: String,
}

/// How background work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkConfig {
    /// Where `work` shows health and numbers, if it does.
    pub bind: Option<SocketAddr>,
    /// How many steps run at once.
    pub steps: usize,
    /// How many of them may ask the same provider.
    pub steps_of_provider: usize,
    /// How long a claim holds without a sign of life, in seconds.
    pub lease_s: u32,
    /// How long steps may go on when the program is told to stop, in seconds.
    pub drain_s: u32,
    /// How long requests are taken when the program is told to stop, in seconds.
    pub notice_s: u32,
    /// How many threads a film may be drawn on.
    pub threads: usize,
}

impl Config {
    /// Reads `castad.toml` (where one is named or lies in the working folder) and over it the
    /// environment.
    ///
    /// # Errors
    ///
    /// [`ConfigFaults`] lists every fault by the variable's name.
    pub fn load(file: Option<PathBuf>) -> Result<Self, ConfigFaults> {
        Self::read(Source::load(file, std::env::vars()))
    }

    fn read(mut source: Source) -> Result<Self, ConfigFaults> {
        let outside = OutsideConfig::read(&mut source);
        let suno = suno::read(&mut source, &outside);
        let creatomate = creatomate::read(&mut source, &outside);
        let config = Self {
            bind: source.parsed(
                "CASTAD_BIND",
                "127.0.0.1:8080",
                "an address such as 127.0.0.1:8080",
            ),
            data: PathBuf::from(source.text("CASTAD_DATA", "./castad-data")),
            database: DatabaseConfig::read(&mut source),
            media: MediaConfig::read(&mut source),
            lock: LockConfig::read(&mut source),
            feed: FeedConfig::read(&mut source),
            prices: prices(&mut source),
            backlog: backlog(&mut source),
            rates: rates(&mut source, suno.is_some(), creatomate.is_some()),
            time_zone: time_zone(&mut source),
            welcome: source.between("CASTAD_WELCOME_POINTS", 100_000, 0, 100_000),
            auth: source.one_of("CASTAD_AUTH", &["on", "off"]) == "on",
            limits: LimitsConfig::read(&mut source),
            log: log(&mut source),
            otlp: OtlpConfig::read(&mut source),
            work: work(&mut source),
            chatgpt: chatgpt::read(&mut source),
            suno,
            creatomate,
            payments: PaymentsConfig::read(&mut source),
            mail: MailConfig::read(&mut source),
            outside,
        };
        config.check_links(&mut source);
        config.check_bind(&mut source);
        source.finish(config)
    }

    /// Who fetches files from here has to reach them.
    fn check_links(&self, source: &mut Source) {
        let in_folder = matches!(self.media, MediaConfig::InFolder);
        if self.creatomate.is_some() && in_folder && self.outside.public_url.is_none() {
            let what = "is needed where CASTAD_VIDEOS is creatomate and files are kept in the data \
                        folder: Creatomate fetches pictures and song from there";
            source.fault("CASTAD_PUBLIC_URL", what.to_owned());
        }
    }

    /// What is for one's own machine only is not offered to others.
    fn check_bind(&self, source: &mut Source) {
        if self.bind.ip().is_loopback() {
            return;
        }
        if !self.auth {
            source.fault("CASTAD_AUTH", "off is allowed on a loopback address only".to_owned());
        }
        if self.payments == PaymentsConfig::StandIn {
            let what = "stand-in is allowed on a loopback address only: it charges nobody";
            source.fault("CASTAD_PAYMENTS", what.to_owned());
        }
    }
}

impl PaymentsConfig {
    fn read(source: &mut Source) -> Self {
        match source.one_of("CASTAD_PAYMENTS", &["none", "stand-in"]) {
            "stand-in" => Self::StandIn,
            _ => Self::NotSetUp,
        }
    }
}

fn time_zone(source: &mut Source) -> Tz {
    let what = "a time zone of the IANA database such as Asia/Seoul";
    source.parsed("CASTAD_TIME_ZONE", "Asia/Seoul", what)
}

/// `json`, a filter, or both: `json,info,castad_engine=debug`.
fn log(source: &mut Source) -> LogConfig {
    let text = source.text("CASTAD_LOG", "info");
    let mut parts: Vec<&str> = text.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    let before = parts.len();
    parts.retain(|part| *part != "json");
    let json = parts.len() < before;
    let filter = if parts.is_empty() { "info".to_owned() } else { parts.join(",") };
    if EnvFilter::try_new(&filter).is_err() {
        source.fault("CASTAD_LOG", format!("must be json, a filter, or both, not {text:?}"));
    }
    LogConfig { json, filter }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn prices(source: &mut Source) -> Prices {
    Prices {
        lyric: source.parsed("CASTAD_PRICE_LYRIC", "100", "a number of points"),
        song: source.parsed("CASTAD_PRICE_SONG", "500", "a number of points"),
        video: source.parsed("CASTAD_PRICE_VIDEO", "1000", "a number of points"),
    }
}

fn work(source: &mut Source) -> WorkConfig {
    let address = source.text("CASTAD_WORK_BIND", "");
    let bind = address.parse().ok();
    if bind.is_none() && !address.is_empty() {
        let what = format!("must be an address such as 127.0.0.1:9090, not {address:?}");
        source.fault("CASTAD_WORK_BIND", what);
    }
    WorkConfig {
        bind,
        steps: source.between("CASTAD_WORK_STEPS", 5, 1, 1_000),
        steps_of_provider: source.between("CASTAD_LIMIT_STEPS_OF_PROVIDER", 4, 1, 1_000),
        lease_s: source.between("CASTAD_WORK_LEASE", 30, 3, 3_600),
        drain_s: source.between("CASTAD_WORK_DRAIN", 20, 0, 3_600),
        notice_s: source.between("CASTAD_STOP_NOTICE", 0, 0, 300),
        threads: source.between("CASTAD_STUDIO_THREADS", cores(), 1, 256),
    }
}

fn backlog(source: &mut Source) -> BacklogLimits {
    BacklogLimits {
        of_member: source.between("CASTAD_LIMIT_WAITING", 1_000, 1, 1_000_000),
        in_all: source.between("CASTAD_LIMIT_WAITING_IN_ALL", 20_000, 1, 10_000_000),
    }
}

/// How many steps each provider takes in a time. A step may ask a provider twice, so that those whose
/// limits are known are asked for half of them.
fn rates(source: &mut Source, suno: bool, creatomate: bool) -> Rates {
    let mut rate = |name, unset| {
        let text = source.text(name, unset);
        if text == "off" {
            return None;
        }
        let rate = Rate::parse(&text);
        if rate.is_none() {
            source.fault(name, format!("must be off or a rate such as 10/10s, not {text:?}"));
        }
        rate
    };
    Rates {
        lyric: rate("CASTAD_LIMIT_LYRICS", "off"),
        song: rate("CASTAD_LIMIT_SONGS", if suno { "10/10s" } else { "off" }),
        video: rate("CASTAD_LIMIT_VIDEOS", if creatomate { "15/10s" } else { "off" }),
    }
}

#[cfg(test)]
mod tests {
    use castad_domain::{port::Calendar, usecase::Unresolved};

    use super::*;

    fn read(file: &str, env: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
        let vars = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::read(Source::from_text(file, vars))
    }

    #[test]
    fn what_is_unset_means_the_embedded_choice() {
        let config = read("", &[]).unwrap();
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.data, PathBuf::from("./castad-data"));
        assert_eq!(config.prices, Prices::default());
        assert!(config.auth);
        assert_eq!(config.log, LogConfig { json: false, filter: "info".to_owned() });
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let file = "bind = \"127.0.0.1:1\"\nprice_song = 7";
        let config = read(file, &[("CASTAD_BIND", "127.0.0.1:2")]).unwrap();
        assert_eq!(config.bind.port(), 2);
        assert_eq!(config.prices.song, 7);
    }

    #[test]
    fn any_setting_may_lie_in_a_file_of_its_own() {
        let names = ["CASTAD_BIND_FILE", "OPENAI_API_KEY_FILE", "OPENAI_MODEL_FILE"];
        let env = names.map(|name| (name, "/no/such/file"));
        let chatgpt = [("CASTAD_LYRICS", "chatgpt")];
        let faults = read("", &[&env[..], &chatgpt].concat()).unwrap_err();
        let named: Vec<_> = faults.0.iter().map(|fault| fault.name.as_str()).collect();
        for name in names {
            assert!(named.contains(&name), "{name}: {named:?}");
        }
    }

    #[test]
    fn every_fault_is_told_at_once_and_by_name() {
        let file = "colour = \"red\"\nwork_steps = 0";
        let env = [("CASTAD_BIND", "here"), ("CASTAD_SONGS", "kazoo"), ("CASTAD_AUTH", "maybe")];
        let faults = read(file, &env).unwrap_err();
        let named: Vec<_> = faults.0.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(
            named,
            ["CASTAD_SONGS", "CASTAD_BIND", "CASTAD_AUTH", "CASTAD_WORK_STEPS", "colour"]
        );
    }

    #[test]
    fn a_public_address_without_keys_is_refused() {
        let faults =
            read("", &[("CASTAD_BIND", "0.0.0.0:80"), ("CASTAD_AUTH", "off")]).unwrap_err();
        assert_eq!(faults.0.len(), 1);
        assert!(read("", &[("CASTAD_AUTH", "off")]).is_ok());
    }

    #[test]
    fn a_gateway_that_charges_nobody_is_for_one_s_own_machine() {
        assert_eq!(read("", &[]).unwrap().payments, PaymentsConfig::NotSetUp);
        let stand_in = ("CASTAD_PAYMENTS", "stand-in");
        assert_eq!(read("", &[stand_in]).unwrap().payments, PaymentsConfig::StandIn);
        for env in
            [vec![stand_in, ("CASTAD_BIND", "0.0.0.0:80")], vec![("CASTAD_PAYMENTS", "toss")]]
        {
            let faults = read("", &env).unwrap_err();
            assert_eq!((faults.0[0].name.as_str(), faults.0.len()), ("CASTAD_PAYMENTS", 1));
        }
    }

    #[test]
    fn traces_go_out_where_a_collector_is_named() {
        assert_eq!(read("", &[("CASTAD_OTLP_RATIO", "0.5")]).unwrap().otlp, None);
        let named = ("CASTAD_OTLP_URL", "http://collector:4318/");
        let otlp = read("", &[named]).unwrap().otlp.unwrap();
        assert_eq!((otlp.url.as_str(), otlp.ratio), ("http://collector:4318", 1.0));
        let otlp = read("otlp_ratio = 0.25", &[named]).unwrap().otlp.unwrap();
        assert_eq!((otlp.url.as_str(), otlp.ratio), ("http://collector:4318", 0.25));
        for bad in [
            ("CASTAD_OTLP_URL", "collector:4317"),
            ("CASTAD_OTLP_URL", "http://user:secret@collector"),
            ("CASTAD_OTLP_RATIO", "1.5"),
            ("CASTAD_OTLP_RATIO", "NaN"),
        ] {
            let faults = read("", &[bad]).unwrap_err();
            assert_eq!((faults.0.len(), faults.0[0].name.as_str()), (1, bad.0), "{bad:?}");
            assert!(!faults.to_string().contains("secret"), "{faults}");
        }
    }

    #[test]
    fn a_misspelt_variable_is_a_fault() {
        let faults =
            read("", &[("CASTAD_BINT", "127.0.0.1:1"), ("CASTAD_TEST_X", "1")]).unwrap_err();
        assert_eq!(faults.0[0].name, "CASTAD_BINT");
        assert_eq!(faults.0.len(), 1);
    }

    #[test]
    fn chatgpt_needs_a_key_and_takes_the_rest_as_openai_has_it() {
        let chosen = ("CASTAD_LYRICS", "chatgpt");
        let faults = read("", &[chosen]).unwrap_err();
        assert_eq!(faults.0[0].name, "OPENAI_API_KEY");
        assert_eq!(faults.0.len(), 1);
        let settings = read("", &[chosen, ("OPENAI_API_KEY", "sk-1")]).unwrap().chatgpt.unwrap();
        assert_eq!(settings.base, "https://api.openai.com/v1");
        assert_eq!(settings.shape, castad_chatgpt::Shape::Responses);
        let file = "lyrics = \"chatgpt\"\nopenai_api = \"chat\"\nopenai_model = \"llama\"";
        let settings = read(file, &[("OPENAI_API_KEY", "sk-1")]).unwrap().chatgpt.unwrap();
        assert_eq!(
            (settings.shape, settings.model.as_str()),
            (castad_chatgpt::Shape::Chat, "llama")
        );
    }

    #[test]
    fn suno_needs_a_key_and_creatomate_a_template_and_an_address_as_well() {
        let chosen = [("CASTAD_SONGS", "suno"), ("CASTAD_VIDEOS", "creatomate")];
        let faults = read("", &chosen).unwrap_err();
        let named: Vec<_> = faults.0.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(
            named,
            [
                "SUNO_API_KEY",
                "CREATOMATE_TEMPLATE_VERTICAL",
                "CREATOMATE_API_KEY",
                "CASTAD_PUBLIC_URL"
            ]
        );
        let file = "songs = \"suno\"\nvideos = \"creatomate\"\npublic_url = \"https://a.example\"\n\
                    creatomate_template_square = \"c0ffee-1\"\ncreatomate_api = \"v1\"";
        let keys = [("SUNO_API_KEY", "secret-1"), ("CREATOMATE_API_KEY", "secret-2")];
        let config = read(file, &keys).unwrap();
        let (suno, creatomate) = (config.suno.unwrap(), config.creatomate.unwrap());
        assert_eq!((suno.base.as_str(), suno.model.as_str()), ("https://api.sunoapi.org", "V5"));
        assert_eq!(suno.callbacks.as_deref(), Some("https://a.example"));
        assert_eq!(creatomate.templates.square.as_deref(), Some("c0ffee-1"));
        assert_eq!(creatomate.version, castad_creatomate::Version::V1);
        assert!(!format!("{suno:?}{creatomate:?}").contains("secret"), "no key is shown");
        let unused = [("SUNO_BASE_URL", "nowhere"), ("CREATOMATE_TEMPLATE_VERTICAL", "?")];
        assert!(read("", &unused).unwrap().creatomate.is_none());
    }

    #[test]
    fn the_studio_minds_nothing_that_others_set_for_openai() {
        let env = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", "nowhere"), ("OPENAI_ORG", "x")];
        assert!(read("", &env).unwrap().chatgpt.is_none());
        let faults = read("", &[("CASTAD_LYRICS", "chatgpt"), env[0], env[1]]).unwrap_err();
        assert_eq!(faults.0[0].name, "OPENAI_BASE_URL");
        assert_eq!(read("openai_modell = \"x\"", &[]).unwrap_err().0[0].name, "openai_modell");
    }

    #[test]
    fn a_key_is_in_nothing_that_is_printed() {
        let key = "sk-very-secret";
        let env = [("CASTAD_LYRICS", "chatgpt"), ("OPENAI_API_KEY", key)];
        let config = read("", &env).unwrap();
        assert!(!format!("{config:?}").contains(key));
        for bad in [("OPENAI_API", "soap"), ("OPENAI_BASE_URL", "ftp://x"), ("CASTAD_BIND", "here")]
        {
            let faults = read("", &[env[0], env[1], bad]).unwrap_err();
            assert_eq!(faults.0[0].name.as_str(), bad.0);
            assert!(!format!("{faults}{faults:?}").contains(key));
        }
        let faults = read("", &[env[0], ("OPENAI_API_KEY", "a\nb")]).unwrap_err();
        assert!(!format!("{faults}").contains("a\nb"));
    }

    #[test]
    fn providers_reach_this_program_where_it_says() {
        let unset = read("", &[]).unwrap().outside;
        assert_eq!((unset.public_url, unset.unresolved), (None, Unresolved::Wait));
        assert!(unset.result_hosts.is_empty());
        let file = "public_url = \"https://ads.example/castad/\"\nunresolved = \"fail\"\n\
                    result_hosts = \"cdn.example, 127.0.0.1:9000\"";
        let outside = read(file, &[]).unwrap().outside;
        assert_eq!(outside.public_url.as_deref(), Some("https://ads.example/castad"));
        assert_eq!(outside.unresolved, Unresolved::Fail);
        assert_eq!(outside.result_hosts.len(), 2);
        for (name, bad) in [
            ("CASTAD_PUBLIC_URL", "ads.example"),
            ("CASTAD_PUBLIC_URL", "https://"),
            ("CASTAD_PUBLIC_URL", "https://me:word@ads.example"),
            ("CASTAD_RESULT_HOSTS", "https://cdn.example/"),
            ("CASTAD_WEBHOOK_HOSTS", "http://127.0.0.1:9000"),
            ("CASTAD_UNRESOLVED", "buy"),
        ] {
            assert_eq!(read("", &[(name, bad)]).unwrap_err().0[0].name, name, "{bad}");
        }
    }

    #[test]
    fn a_server_is_named_by_its_url_and_its_password_is_not_shown() {
        let url = "mysql://castad:hunter2@db/castad";
        let env = [("CASTAD_DATABASE_URL", url), ("CASTAD_POOL_REQUESTS_MOST", "50")];
        let config = read("pool_background_wait = 5", &env).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let DatabaseConfig::Server(server) = config.database else { panic!("a server is named") };
        assert_eq!(server.url.reveal(), url);
        assert_eq!(server.requests, PoolConfig { kept: 20, most: 50, wait_s: 30 });
        assert_eq!(server.background, PoolConfig { kept: 10, most: 20, wait_s: 5 });
        assert_eq!((server.lifetime_s, server.test_idle_s, server.lock_wait_s), (280, 1, 10));
    }

    #[test]
    fn a_replica_is_a_server_beside_a_server() {
        let (primary, replica) = ("mysql://a:b@db/castad", "mysql://reader:hunter2@copy/castad");
        let env = [("CASTAD_DATABASE_URL", primary), ("CASTAD_DATABASE_READ_URL", replica)];
        let config = read("", &env).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let DatabaseConfig::Server(server) = config.database else { panic!("a server is named") };
        assert_eq!(server.replica.unwrap().reveal(), replica);
        for env in [vec![env[1]], vec![env[0], ("CASTAD_DATABASE_READ_URL", "sqlite://a.db")]] {
            let faults = read("", &env).unwrap_err();
            assert_eq!(faults.0[0].name, "CASTAD_DATABASE_READ_URL");
            assert!(!faults.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_database_that_is_neither_a_file_nor_a_server_is_a_fault() {
        for url in ["postgres://db/castad", "sqlite://", "mysql://", "castad.db"] {
            let faults = read("", &[("CASTAD_DATABASE_URL", url)]).unwrap_err();
            assert_eq!(faults.0[0].name, "CASTAD_DATABASE_URL", "{url}");
        }
        let file = read("", &[("CASTAD_DATABASE_URL", "sqlite:///tmp/a.db")]).unwrap();
        assert!(matches!(file.database, DatabaseConfig::File(path) if path.ends_with("a.db")));
    }

    #[test]
    fn a_time_zone_is_named_as_the_world_names_it() {
        let end_of_day = "2026-05-01T15:00:00Z".parse().unwrap();
        let day = |file, env: &[_]| read(file, env).unwrap().time_zone.day(end_of_day).to_string();
        assert_eq!(day("", &[]), "2026-05-02", "it is midnight in Seoul");
        assert_eq!(day("time_zone = \"Europe/London\"", &[]), "2026-05-01");
        assert_eq!(day("", &[("CASTAD_TIME_ZONE", "Pacific/Auckland")]), "2026-05-02");
        for bad in ["Seoul", "KST", "+09:00", "asia/seoul"] {
            let faults = read("", &[("CASTAD_TIME_ZONE", bad)]).unwrap_err();
            assert_eq!(faults.0[0].name, "CASTAD_TIME_ZONE", "{bad}");
            let told = format!("a time zone of the IANA database such as Asia/Seoul, not {bad:?}");
            assert!(faults.0[0].what.contains(&told), "{faults}");
        }
    }

    #[test]
    fn the_lock_is_in_the_database_or_in_redis() {
        assert_eq!(read("", &[]).unwrap().lock, LockConfig::Database);
        let url = "rediss://castad:hunter2@cache.example:6380";
        let config = read(&format!("lock_url = \"{url}\""), &[]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(matches!(config.lock, LockConfig::Redis(named) if named.reveal() == url));
        for bad in ["mysql://db", "redis://", "cache:6379"] {
            let faults = read("", &[("CASTAD_LOCK_URL", bad)]).unwrap_err();
            assert_eq!(faults.0[0].name, "CASTAD_LOCK_URL", "{bad}");
        }
    }

    #[test]
    fn no_more_connections_are_kept_than_there_are() {
        let faults = read("pool_background_most = 5\npool_background_kept = 6", &[]).unwrap_err();
        assert_eq!(faults.0[0].name, "CASTAD_POOL_BACKGROUND_KEPT");
        let url = ("CASTAD_DATABASE_URL", "mysql://u:p@host/castad");
        let fewer = read("pool_background_most = 5", &[url]).unwrap();
        let DatabaseConfig::Server(server) = fewer.database else { panic!("a server is named") };
        assert_eq!((server.background.kept, server.background.most), (5, 5));
        assert_eq!((server.requests.kept, server.requests.most), (20, 40));
    }

    #[test]
    fn nats_is_named_by_its_url_and_who_asks_is_not_shown() {
        assert!(read("feed_replicas = 3", &[]).unwrap().feed.is_none());
        let url = ("CASTAD_FEED_URL", "nats://castad:hunter2@one:4222,two:4222");
        let file = "feed_events_kept = 48\nfeed_ack_wait = 10\nfeed_offers = 4";
        let feed = read(file, &[url, ("CASTAD_FEED_REPLICAS", "3")]).unwrap().feed.unwrap();
        assert!(!format!("{feed:?}").contains("hunter2"));
        assert_eq!(feed.url.reveal(), url.1);
        let (settings, offers) = (feed.settings, feed.offers);
        assert_eq!((offers, settings.offers_kept.as_secs()), (4, 60));
        assert_eq!((settings.replicas, settings.events_kept.as_secs()), (3, 48 * 3_600));
        assert_eq!((settings.ack_wait.as_secs(), settings.max_deliver), (10, 5));
        for bad in ["redis://one", "nats://", "hunter2"] {
            let faults = read("", &[("CASTAD_FEED_URL", bad)]).unwrap_err();
            assert_eq!(faults.0[0].name, "CASTAD_FEED_URL", "{bad}");
            assert!(!format!("{faults}").contains("hunter2"));
        }
        let faults = read("feed_replicas = 6", &[]).unwrap_err();
        assert_eq!(faults.0[0].name, "CASTAD_FEED_REPLICAS");
    }

    #[test]
    fn letters_are_sent_where_a_server_is_named_and_its_password_is_not_shown() {
        let from = ("CASTAD_MAIL_FROM", "Castad <ads@castad.example>");
        assert_eq!(read("", &[from]).unwrap().mail, None);
        let url = ("CASTAD_SMTP_URL", "smtp://castad:hunter2@mail.example?tls=required");
        let config = read("", &[url, from]).unwrap();
        assert!(config.mail.is_some());
        assert!(!format!("{config:?}").contains("hunter2"));
        for (env, named) in [
            (vec![url], vec!["CASTAD_MAIL_FROM"]),
            (
                vec![("CASTAD_SMTP_URL", "smtp://a:hunter2@mail.example"), from],
                vec!["CASTAD_SMTP_URL"],
            ),
            (
                vec![("CASTAD_SMTP_URL", "hunter2"), ("CASTAD_MAIL_FROM", "castad")],
                vec!["CASTAD_SMTP_URL", "CASTAD_MAIL_FROM"],
            ),
        ] {
            let faults = read("", &env).unwrap_err();
            let found: Vec<_> = faults.0.iter().map(|fault| fault.name.as_str()).collect();
            assert_eq!(found, named);
            assert!(!format!("{faults}{faults:?}").contains("hunter2"), "{faults}");
        }
    }

    #[test]
    fn a_container_is_named_with_the_account_that_it_lies_in() {
        let place = ("CASTAD_MEDIA_URL", "az://castad/media");
        let key = ("AZURE_STORAGE_KEY", "c2VjcmV0LWtleQ==");
        let env = [place, ("AZURE_STORAGE_ACCOUNT", "daoncafe"), key];
        let config = read("", &env).unwrap();
        let MediaConfig::AzureBlob(settings) = &config.media else {
            panic!("a container is named")
        };
        assert_eq!(settings.place.container(), "castad");
        assert!(!format!("{config:?}").contains("c2VjcmV0"));
        let connection = ("AZURE_STORAGE_CONNECTION_STRING", "UseDevelopmentStorage=true");
        assert!(matches!(read("", &[place, connection]).unwrap().media, MediaConfig::AzureBlob(_)));
        let file = "media_url = \"az://castad\"\nazure_storage_account = \"daoncafe\"";
        assert!(matches!(read(file, &[key]).unwrap().media, MediaConfig::AzureBlob(_)));
        assert!(matches!(read("", &[connection, key]).unwrap().media, MediaConfig::InFolder));
    }

    #[test]
    fn every_fault_of_a_container_is_told_by_name_and_without_the_key() {
        let place = ("CASTAD_MEDIA_URL", "az://castad");
        let (name, key) =
            (("AZURE_STORAGE_ACCOUNT", "daoncafe"), ("AZURE_STORAGE_KEY", "c2VjcmV0"));
        let connection = |text| ("AZURE_STORAGE_CONNECTION_STRING", text);
        for (env, named) in [
            (vec![place], vec!["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY"]),
            (vec![place, name], vec!["AZURE_STORAGE_KEY"]),
            (vec![place, ("AZURE_STORAGE_ACCOUNT", "Daon"), key], vec!["AZURE_STORAGE_ACCOUNT"]),
            (vec![place, name, ("AZURE_STORAGE_KEY", "c2VjcmV0!")], vec!["AZURE_STORAGE_KEY"]),
            (vec![("CASTAD_MEDIA_URL", "s3://castad"), name, key], vec!["CASTAD_MEDIA_URL"]),
            (
                vec![place, connection("AccountKey=c2VjcmV0")],
                vec!["AZURE_STORAGE_CONNECTION_STRING"],
            ),
            (
                vec![place, name, key, ("AZURE_STORAGE_ENDPOINT", "c2VjcmV0")],
                vec!["AZURE_STORAGE_ENDPOINT"],
            ),
        ] {
            let faults = read("", &env).unwrap_err();
            let found: Vec<_> = faults.0.iter().map(|fault| fault.name.as_str()).collect();
            assert_eq!(found, named);
            assert!(!format!("{faults}{faults:?}").contains("c2VjcmV0"), "{faults}");
        }
    }

    #[test]
    fn a_log_setting_may_be_a_format_a_filter_or_both() {
        let log = |text| read("", &[("CASTAD_LOG", text)]).map(|config| config.log);
        let json = LogConfig { json: true, filter: "info".to_owned() };
        assert_eq!(log("json").unwrap(), json);
        assert_eq!(log("json,warn").unwrap().filter, "warn");
        assert!(!log("debug").unwrap().json);
        assert_eq!(log("loud=very").unwrap_err().0[0].name, "CASTAD_LOG");
    }
}
