use std::time::SystemTime;

use castad_domain::model::Letter;
use chrono::{DateTime, Utc};
use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::{
    Address, Message,
    error::Error,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0},
    },
};

use crate::Sender;

/// The letter as it goes over the wire: headers and text in ASCII, whatever they say.
pub(crate) fn compose(
    letter: &Letter,
    to: Address,
    from: &Sender,
    at: DateTime<Utc>,
) -> Result<Message, Error> {
    let wording = letter.wording();
    // Nobody who is away answers a machine.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(from.mailbox().clone())
        .to(Mailbox::new(None, to))
        .date(SystemTime::from(at))
        .message_id(Some(format!("<{}@{}>", letter.id, from.domain())))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .raw_header(subject(&wording.subject))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(wording.text)
}

fn subject(text: &str) -> HeaderValue {
    let (name, line) = (HeaderName::new_from_ascii_str("Subject"), one_line(text));
    // What somebody typed that looks encoded already would be decoded by whoever reads it.
    match encoded(&line).filter(|_| line.contains("=?")) {
        Some(encoded) => HeaderValue::dangerous_new_pre_encoded(name, line, encoded),
        None => HeaderValue::new(name, line),
    }
}

fn encoded(line: &str) -> Option<String> {
    let mut encoded = String::new();
    let mut writer = EmailWriter::new(&mut encoded, "Subject: ".len(), 0, false);
    rfc2047::encode(line, &mut writer).ok()?;
    drop(writer);
    Some(encoded)
}

/// A header ends with its line.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(breaks).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use castad_domain::model::{BusinessName, Email, JobId, Language, PersonName, Tidings};

    use super::*;

    fn written(letter: &Letter) -> String {
        let to = letter.to.as_str().parse().unwrap();
        let from = "캐스타드 <ads@castad.example>".parse().unwrap();
        let at = "2026-05-01T15:00:00Z".parse().unwrap();
        let message = compose(letter, to, &from, at).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    fn letter(business: &str) -> Letter {
        Letter {
            id: JobId::from_bits(7),
            to: Email::parse("daon@castad.example").unwrap(),
            name: PersonName::parse("김다온").unwrap(),
            language: Language::Korean,
            tidings: Tidings::Finished { business: BusinessName::parse(business).unwrap() },
            link: None,
        }
    }

    #[test]
    fn a_letter_goes_out_in_ascii_with_a_header_for_each_thing() {
        let written = written(&letter("다온카페 해운대 본점"));
        assert!(written.is_ascii());
        assert!(written.lines().all(|line| line.len() <= 998));
        let (head, _) = written.split_once("\r\n\r\n").unwrap();
        let mut names: Vec<_> = head
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "Auto-Submitted",
                "Content-Transfer-Encoding",
                "Content-Type",
                "Date",
                "From",
                "MIME-Version",
                "Message-ID",
                "Subject",
                "To",
            ]
        );
        let id = format!("Message-ID: <{}@castad.example>\r\n", JobId::from_bits(7));
        assert!(head.contains(&id), "{head}");
        assert!(head.contains("Date: Fri, 01 May 2026 15:00:00 +0000\r\n"), "{head}");
        assert!(head.contains("Subject: [Castad] =?utf-8?b?"), "{head}");
    }

    #[test]
    fn what_looks_encoded_is_encoded() {
        let written = written(&letter(&"=?utf-8?q?x?= ".repeat(5)));
        assert!(!written.contains("?q?"), "{written}");
        assert!(written.lines().all(|line| line.len() <= 78), "{written}");
    }

    #[test]
    fn a_line_s_end_ends_no_header() {
        for hostile in [
            "A\r\nBcc: all@castad.example",
            "A\nBcc: all@castad.example",
            "A\rBcc: all@castad.example",
            "A\u{0}\u{b}\u{c}\u{85}Bcc: all@castad.example",
            "\r\n\r\nA\u{2028}Bcc: all@castad.example\r\n",
        ] {
            let line = one_line(hostile);
            assert_eq!(line, "A Bcc: all@castad.example", "{hostile:?}");
        }
        assert_eq!(one_line("☕ 다온카페"), "☕ 다온카페");
    }
}
