use std::str::FromStr;

use lettre::message::Mailbox;

/// Whom letters come from: an address, with a name or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// It is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an address such as Castad <ads@castad.example>")]
pub struct SenderError;

impl Sender {
    /// Where the address is; ids of letters end with it.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }

    pub(crate) fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

impl FromStr for Sender {
    type Err = SenderError;

    fn from_str(text: &str) -> Result<Self, SenderError> {
        let named = |mailbox: &Mailbox| {
            mailbox.name.as_deref().is_none_or(|name| !name.chars().any(char::is_control))
        };
        text.parse().ok().filter(named).map(Self).ok_or(SenderError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_a_name_or_without() {
        for good in
            ["ads@castad.example", "Castad <ads@castad.example>", "캐스타드 <ads@castad.example>"]
        {
            assert_eq!(
                good.parse::<Sender>().map(|s| s.domain().to_owned()),
                Ok("castad.example".to_owned())
            );
        }
        for bad in ["", "castad", "ads@", "Castad ads@castad.example>", "a@b.c\r\nBcc: d@e.f"] {
            assert_eq!(bad.parse::<Sender>(), Err(SenderError), "{bad:?}");
        }
    }
}
