//! Checks that a JPEG is all there: the decoder paints what is missing grey and reports nothing.

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// Whether the markers of `bytes` can be followed from the first to the end-of-image marker.
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return true,
            // Restart markers and TEM stand alone; every other marker starts a segment with a length.
            0x01 | 0xD0..=0xD8 => after,
            START_OF_SCAN => match skip_segment(after) {
                Some(scan) => skip_scan(scan),
                None => return false,
            },
            _ => match skip_segment(after) {
                Some(next) => next,
                None => return false,
            },
        };
    }
    false
}

fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start =
        bytes.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF))?;
    Some((bytes[start + 1], &bytes[start + 2..]))
}

fn skip_segment(bytes: &[u8]) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]));
    bytes.get(length.max(2)..)
}

fn skip_scan(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF | 0xD0..=0xD7));
    end.map_or(&[], |end| &bytes[end..])
}
