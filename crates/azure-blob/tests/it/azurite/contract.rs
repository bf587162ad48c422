//! The suites of the port.

use std::sync::Arc;

use castad_azure_blob::{AzureBlob, Limits};

async fn fresh(limits: Limits) -> Arc<AzureBlob> {
    let store = super::place(limits, super::far()).await;
    store.ensure().await.unwrap();
    Arc::new(store)
}

mod as_it_is {
    use super::{Arc, AzureBlob, Limits};

    async fn fresh() -> Arc<AzureBlob> {
        super::fresh(Limits::default()).await
    }

    castad_contract::media_contract!(ignore = "needs Azurite: ./test", fresh);
    castad_contract::big_media_contract!(ignore = "needs Azurite: ./test", fresh);
}

/// The files of the suite are short: here they go up in blocks all the same.
mod in_many_blocks {
    use super::{Arc, AzureBlob, Limits};

    async fn fresh() -> Arc<AzureBlob> {
        super::fresh(Limits { block: 40_000, at_once: 3, ..Limits::default() }).await
    }

    async fn tiny() -> Arc<AzureBlob> {
        super::fresh(Limits { block: 100, at_once: 8, ..Limits::default() }).await
    }

    castad_contract::media_contract!(ignore = "needs Azurite: ./test", fresh);

    #[tokio::test]
    #[ignore = "needs Azurite: ./test"]
    async fn the_last_block_may_be_full_or_begun() {
        let store = tiny().await;
        for length in [99, 100, 101, 199, 200, 201, 5_000] {
            crate::orders::goes_there_and_back(&*store, length).await;
        }
    }
}
