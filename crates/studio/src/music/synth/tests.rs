use super::*;

fn play(patch: &Patch, key: i32) -> Vec<f32> {
    let mut out = Vec::new();
    patch.play(Key { pitch: key, held: 0.5, level: 1.0 }, &mut Random::new(1, 1), &mut out);
    out
}

/// How strong the sound is at a frequency.
fn strength(sound: &[f32], frequency: f32) -> f32 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (at, sample) in sound.iter().enumerate() {
        let angle = std::f32::consts::TAU * frequency * seconds(at);
        real += sample * angle.cos();
        imaginary += sample * angle.sin();
    }
    real.hypot(imaginary) / float(sound.len())
}

#[test]
fn instruments_are_in_tune() {
    for patch in
        [patches::STEEL_GUITAR, patches::UPRIGHT_BASS, patches::PIANO, patches::FINGER_BASS]
    {
        let sound = play(&patch, 57);
        let sound = &sound[2_400..21_600];
        let tuned = strength(sound, 220.0);
        for off in [207.0, 213.0, 227.0, 233.0] {
            assert!(tuned > 3.0 * strength(sound, off), "{patch:?} at {off}");
        }
    }
}

#[test]
fn saws_do_not_fold_back() {
    let sound = play(&patches::SUPER_SAW, 105);
    let sound = &sound[2_400..21_600];
    let tuned = strength(sound, 3_520.0);
    // The fold of the 13th and 14th overtone.
    for fold in [2_240.0, 1_280.0] {
        assert!(strength(sound, fold) < tuned / 30.0, "{fold}");
    }
}

#[test]
fn notes_begin_and_end_in_silence() {
    for patch in [patches::STEEL_GUITAR, patches::PIANO, patches::SAW_BASS, patches::STRINGS] {
        let sound = play(&patch, 60);
        assert!(sound[0].abs() < 0.05 && sound.last().unwrap().abs() < 1e-3, "{patch:?}");
        assert!(sound.iter().any(|sample| sample.abs() > 0.02));
        assert!(sound.iter().all(|sample| sample.is_finite()));
    }
}

#[test]
fn the_sine_is_a_sine() {
    for step in 0..100 {
        let turns = float(step) / 37.0;
        assert!((sine(turns) - (std::f32::consts::TAU * turns).sin()).abs() < 2e-3, "{turns}");
    }
}
