//! What is due is taken up one by one, each in a unit of its own, so that several may sweep at once
//! and one that cannot be done keeps nobody from the rest.

use std::future::Future;

use crate::port::StoreError;

/// How many are looked up at once.
const BATCH: u32 = 100;

/// Takes up all that is due, a batch at a time, and says how many were done.
pub(super) async fn sweep<I, D, F>(
    due: impl Fn(u32) -> D,
    one: impl Fn(I) -> F,
) -> Result<u64, StoreError>
where
    D: Future<Output = Result<Vec<I>, StoreError>>,
    F: Future<Output = Result<bool, StoreError>>,
{
    let (mut done, mut fault) = (0, None);
    loop {
        let batch = due(BATCH).await?;
        let (full, before) = (batch.len() == BATCH as usize, done);
        for item in batch {
            match one(item).await {
                Ok(true) => done += 1,
                Ok(false) => {}
                Err(error) => fault = Some(error),
            }
        }
        // What is still due after a look that did nothing will be at the next one.
        if !full || done == before {
            return fault.map_or(Ok(done), Err);
        }
    }
}
