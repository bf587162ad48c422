use base64::{Engine, engine::general_purpose::STANDARD};
use castad_domain::model::WebhookSecret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret as its owner is shown it.
#[must_use]
pub fn shown(secret: &WebhookSecret) -> String {
    format!("whsec_{}", STANDARD.encode(secret.reveal()))
}

/// The signature of a call: `v1,` and the HMAC-SHA256 of its id, the second of the attempt and the
/// body, with full stops between them.
///
/// # Panics
///
/// Never: a key may have any length.
#[must_use]
pub fn sign(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut seal = Hmac::<Sha256>::new_from_slice(secret).expect("a key may have any length");
    seal.update(format!("{id}.{timestamp}.").as_bytes());
    seal.update(body);
    format!("v1,{}", STANDARD.encode(seal.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one that Standard Webhooks publishes.
    #[test]
    fn a_published_signature_comes_out_the_same() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let signature = sign(&secret, id, 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_shown_as_its_bytes_in_base64() {
        let text = shown(&WebhookSecret::new([0; 32]));
        assert_eq!(text, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    }
}
