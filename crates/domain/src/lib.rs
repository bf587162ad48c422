//! What Castad decides.
