//! Takes the encoder's byte stream apart.

const SEQUENCE: u8 = 7;
const PARAMETERS: u8 = 8;
const KEY_SLICE: u8 = 5;

/// One encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::video) struct AccessUnit {
    /// The slices, each behind its length in four bytes, as MP4 stores them.
    pub(in crate::video) data: Vec<u8>,
    /// The parameter sets in front of a key frame: sequence, then picture.
    pub(in crate::video) head: Option<(Vec<u8>, Vec<u8>)>,
    /// Whether decoding can begin here.
    pub(in crate::video) key: bool,
}

impl AccessUnit {
    /// Reads an Annex B access unit; `None` if it holds no slice.
    pub(super) fn from_annex_b(bytes: &[u8]) -> Option<Self> {
        let (mut data, mut key) = (Vec::with_capacity(bytes.len()), false);
        let (mut sequence, mut parameters) = (None, None);
        for unit in units(bytes) {
            match unit.first()? & 0x1F {
                SEQUENCE => sequence = Some(unit.to_vec()),
                PARAMETERS => parameters = Some(unit.to_vec()),
                kind => {
                    key |= kind == KEY_SLICE;
                    data.extend(u32::try_from(unit.len()).ok()?.to_be_bytes());
                    data.extend(unit);
                }
            }
        }
        (!data.is_empty()).then(|| Self { data, head: sequence.zip(parameters), key })
    }
}

fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts: Vec<usize> = (0..bytes.len().saturating_sub(2))
        .filter(|at| bytes[*at..*at + 3] == [0, 0, 1])
        .map(|at| at + 3)
        .collect();
    let ends: Vec<usize> =
        starts.iter().skip(1).map(|next| next - 3).chain([bytes.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| {
        let unit = &bytes[start..end];
        let length = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &unit[..length]
    })
}

#[cfg(test)]
mod tests {
    use super::AccessUnit;

    #[test]
    fn parameter_sets_are_parted_from_slices_and_slices_get_their_length() {
        let stream = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 1, 0x65, 9, 9];

        let unit = AccessUnit::from_annex_b(&stream).unwrap();

        assert_eq!(unit.head, Some((vec![0x67, 1, 2], vec![0x68, 3])));
        assert_eq!(unit.data, [0, 0, 0, 3, 0x65, 9, 9]);
        assert!(unit.key);
    }

    #[test]
    fn a_stream_without_a_slice_is_no_picture() {
        assert_eq!(AccessUnit::from_annex_b(&[0, 0, 1, 0x67, 1]), None);
        assert_eq!(AccessUnit::from_annex_b(&[]), None);
    }
}
