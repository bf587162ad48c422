//! Castad on NATS.
