use std::{error::Error, iter::successors};

use castad_domain::port::{ProviderError, ProviderErrorKind};

use crate::address::NotPublic;

/// What a call that got no answer means: before it was sent nothing was started, after that anything
/// may have been.
pub(crate) fn fault(error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let (kind, text) = if error.is_builder() {
        (ProviderErrorKind::Refused, "the request to the provider cannot be made")
    } else if leads_to::<NotPublic>(&error) {
        (ProviderErrorKind::Refused, "the provider's address lies in a private network")
    } else if error.is_connect() {
        (ProviderErrorKind::Busy, "the provider cannot be reached")
    } else if error.is_timeout() {
        (ProviderErrorKind::Unknown, "the provider did not answer in time")
    } else {
        (ProviderErrorKind::Unknown, "the provider's answer broke off")
    };
    ProviderError::new(kind, text).with_source(error)
}

fn leads_to<E: Error + 'static>(error: &reqwest::Error) -> bool {
    let first: &(dyn Error + 'static) = error;
    successors(Some(first), |&error| error.source()).any(<dyn Error>::is::<E>)
}
