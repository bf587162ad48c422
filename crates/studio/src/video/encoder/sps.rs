//! Adds to a sequence parameter set what the encoder leaves out: the colour space and the frame rate.
//!
//! The encoder ends its set with "no usability information follows". That bit is turned over and the information
//! (ITU-T H.264, annex E) appended, so that every player converts BT.709 in limited range as it was meant.

use crate::video::FRAME_RATE;

/// The set with usability information; unchanged if it does not end as expected.
pub(in crate::video) fn with_colour(sequence: &[u8]) -> Vec<u8> {
    let mut bits = Bits::read(&unescaped(sequence));
    while bits.0.last() == Some(&false) {
        bits.0.pop();
    }
    let (stop, absent) = (bits.0.pop(), bits.0.pop());
    if (stop, absent) != (Some(true), Some(false)) {
        return sequence.to_vec();
    }
    bits.push(1, 1);
    usability(&mut bits);
    bits.push(1, 1);
    escaped(&bits.bytes())
}

fn usability(bits: &mut Bits) {
    bits.push(0, 1); // aspect_ratio_info_present_flag
    bits.push(0, 1); // overscan_info_present_flag
    bits.push(1, 1); // video_signal_type_present_flag
    bits.push(5, 3); // video_format: unspecified
    bits.push(0, 1); // video_full_range_flag
    bits.push(1, 1); // colour_description_present_flag
    bits.push(1, 8); // colour_primaries: BT.709
    bits.push(1, 8); // transfer_characteristics: BT.709
    bits.push(1, 8); // matrix_coefficients: BT.709
    bits.push(0, 1); // chroma_loc_info_present_flag
    bits.push(1, 1); // timing_info_present_flag
    bits.push(1, 32); // num_units_in_tick
    bits.push(2 * FRAME_RATE, 32); // time_scale counts fields
    bits.push(1, 1); // fixed_frame_rate_flag
    bits.push(0, 1); // nal_hrd_parameters_present_flag
    bits.push(0, 1); // vcl_hrd_parameters_present_flag
    bits.push(0, 1); // pic_struct_present_flag
    bits.push(0, 1); // bitstream_restriction_flag
}

struct Bits(Vec<bool>);

impl Bits {
    fn read(bytes: &[u8]) -> Self {
        Self(
            bytes
                .iter()
                .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
                .collect(),
        )
    }

    fn push(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
        };
        self.0.chunks(8).map(byte).collect()
    }
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if *byte != 3 || !plain.ends_with(&[0, 0]) {
            plain.push(*byte);
        }
    }
    plain
}

fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut safe = Vec::with_capacity(bytes.len() + 8);
    for byte in bytes {
        if *byte <= 3 && safe.ends_with(&[0, 0]) {
            safe.push(3);
        }
        safe.push(*byte);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{Bits, unescaped, with_colour};

    #[test]
    fn the_information_follows_the_bit_that_announces_it() {
        let plain = [0x67, 100, 0b1010_0100];

        let bits = Bits::read(&unescaped(&with_colour(&plain))).0;

        let start = 16 + 4;
        assert_eq!(bits[..start], Bits::read(&plain).0[..start]);
        assert!(bits[start], "usability information is announced");
        assert_eq!(
            bits[start + 1..start + 9],
            [false, false, true, true, false, true, false, true]
        );
    }

    #[test]
    fn zeros_in_the_frame_rate_are_protected_from_looking_like_a_start_code() {
        let set = with_colour(&[0x67, 100, 0b1010_0100]);

        assert!(set.windows(3).all(|three| !matches!(three, [0, 0, 0..=2])), "{set:?}");
    }

    #[test]
    fn a_set_that_ends_otherwise_is_left_alone() {
        assert_eq!(with_colour(&[0x67, 0b1111_0000]), [0x67, 0b1111_0000]);
        assert!(with_colour(&[]).is_empty());
    }
}
