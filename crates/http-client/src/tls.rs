use std::sync::Once;

/// Sets the TLS provider of this process; further calls do nothing. Every client here calls it; who
/// makes a `reqwest` client of their own in the same program calls it first.
pub fn install_tls() {
    static ONCE: Once = Once::new();
    // An error says that somebody set one already, which is as good.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}
