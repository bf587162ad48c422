//! The real hasher, held to its port.

use std::{future::ready, sync::Arc};

use castad_app::password::Argon2id;

fn hasher() -> impl Future<Output = Arc<Argon2id>> {
    ready(Arc::new(Argon2id::new(2)))
}

castad_contract::passwords_contract!(hasher);
