/// Reads server-sent events out of pieces that heed neither lines nor letters.
#[derive(Default)]
pub(crate) struct Events {
    unread: Vec<u8>,
    data: Vec<String>,
}

impl Events {
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.unread.extend_from_slice(piece);
    }

    /// The data of the next event that is there in full. Its name is not read: the data repeats it.
    pub(crate) fn next(&mut self) -> Option<String> {
        while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() && !self.data.is_empty() {
                return Some(std::mem::take(&mut self.data).join("\n"));
            }
            if let Some(data) = line.strip_prefix("data:") {
                self.data.push(data.strip_prefix(' ').unwrap_or(data).to_owned());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, size: usize) -> Vec<String> {
        let mut events = Events::default();
        let mut found = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            events.push(piece);
            found.extend(std::iter::from_fn(|| events.next()));
        }
        found
    }

    #[test]
    fn events_are_the_same_however_they_are_cut() {
        let text = ": hello\r\nevent: a\r\ndata: {\"t\":\"다온\"}\r\n\r\n\n\ndata:one\ndata: two\nid: 7\n\ndata: unfinished\n";
        for size in 1..=text.len() {
            assert_eq!(read(text, size), ["{\"t\":\"다온\"}", "one\ntwo"], "{size}");
        }
    }
}
