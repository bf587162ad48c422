//! The suite of the port, on both APIs.
use std::sync::Arc;

use castad_chatgpt::Shape;

use crate::desk::Desk;

mod responses {
    use super::*;

    async fn fresh() -> Arc<Desk> {
        Arc::new(Desk::open(Shape::Responses).await)
    }

    castad_contract::writer_contract!(fresh);
}

mod chat {
    use super::*;

    async fn fresh() -> Arc<Desk> {
        Arc::new(Desk::open(Shape::Chat).await)
    }

    castad_contract::writer_contract!(fresh);
}
