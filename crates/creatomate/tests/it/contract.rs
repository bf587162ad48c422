//! The suite of the port, on both versions of the API.
use std::sync::Arc;

use castad_contract::Rendering;
use castad_creatomate::Version;
use castad_memory::HurriedClock;

use crate::desk::{Desk, pictures, song};

async fn rendering(version: Version) -> Rendering {
    let desk = Desk::open(version).await;
    Rendering {
        renderer: desk.renderer.clone(),
        clock: Arc::new(HurriedClock(desk.clock.clone())),
        pictures: pictures(),
        song: song(),
        keep: Some(Box::new(desk)),
    }
}

mod v2 {
    use super::*;

    async fn fresh() -> Rendering {
        rendering(Version::V2).await
    }

    castad_contract::video_contract!(fresh);
}

mod v1 {
    use super::*;

    async fn fresh() -> Rendering {
        rendering(Version::V1).await
    }

    castad_contract::video_contract!(fresh);
}
