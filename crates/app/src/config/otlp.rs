use super::source::Source;

/// A collector of traces.
#[derive(Debug, Clone, PartialEq)]
pub struct OtlpConfig {
    /// Where it is, without a slash at its end.
    pub url: String,
    /// Which part of the traces that begin here is sent.
    pub ratio: f64,
}

impl OtlpConfig {
    /// Read in any case, so that a setting which nobody has a use for is not unknown.
    pub(super) fn read(source: &mut Source) -> Option<Self> {
        let what = "a part such as 0.1, from 0 to 1";
        let ratio: f64 = source.parsed("CASTAD_OTLP_RATIO", "1", what);
        if !(0.0..=1.0).contains(&ratio) {
            source.fault("CASTAD_OTLP_RATIO", format!("must be {what}, not {ratio}"));
        }
        let text = source.text("CASTAD_OTLP_URL", "");
        let url = text.trim_end_matches('/').to_owned();
        if url.is_empty() {
            return None;
        }
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_graphic() && !"?#@\\\"".contains(c);
        if !host.is_some_and(|host| !host.is_empty() && host.chars().all(plain)) {
            let what = "must be an address such as http://collector:4318";
            source.fault("CASTAD_OTLP_URL", what.to_owned());
        }
        Some(Self { url, ratio })
    }
}
