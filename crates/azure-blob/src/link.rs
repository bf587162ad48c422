use chrono::{DateTime, SecondsFormat, Utc};
use form_urlencoded::Serializer;
use object_store::{path::Path, signer::Url};

use crate::{Account, Place};

/// The version whose text to sign this writes.
const VERSION: &str = "2023-11-03";

/// The address of a blob.
pub(crate) fn address(account: &Account, place: &Place, blob: &Path) -> Url {
    let mut url = container(account, place);
    url.set_path(&format!("{}/{blob}", url.path()));
    url
}

/// The address of the container.
pub(crate) fn container(account: &Account, place: &Place) -> Url {
    let mut url = account.endpoint().clone();
    url.set_path(&format!("{}/{}", url.path().trim_end_matches('/'), place.container()));
    url
}

/// An address that lets anybody read the blob until then.
///
/// It is good at once: a beginning would be taken from our clock, and refused by a storage whose clock
/// is behind it.
pub(crate) fn sign(account: &Account, place: &Place, blob: &Path, until: DateTime<Utc>) -> String {
    let end = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    let protocol = if account.is_encrypted() { "https" } else { "https,http" };
    let resource = format!("/blob/{}/{}/{blob}", account.name(), place.container());
    let signed =
        ["r", "", &end, &resource, "", "", protocol, VERSION, "b", "", "", "", "", "", "", ""];
    let signature = account.sign(&signed.join("\n"));
    let query = [
        ("sv", VERSION),
        ("spr", protocol),
        ("se", &end),
        ("sr", "b"),
        ("sp", "r"),
        ("sig", &signature),
    ];
    let mut url = address(account, place, blob);
    url.set_query(Some(&Serializer::new(String::new()).extend_pairs(query).finish()));
    url.into()
}
