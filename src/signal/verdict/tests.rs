use super::*;

const LIMITS: Thresholds = Thresholds::DEFAULT;

fn spoken() -> Facts {
    Facts {
        speech_hops: 40,
        speech_peak_dbfs: Some(-12.0),
        rms_dbfs: Some(-26.0),
        noise_dbfs: Some(-58.0),
        snr_db: Some(32.0),
        ..Facts::default()
    }
}

#[test]
fn a_spoken_take_without_trouble_is_fine() {
    assert_eq!(judge(&spoken(), &LIMITS), (Verdict::Fine, vec![]));
    let only_hops = Facts {
        speech_hops: 40,
        ..Facts::default()
    };
    assert_eq!(
        judge(&only_hops, &LIMITS),
        (Verdict::Fine, vec![]),
        "what was not measured is no reason"
    );
}

#[test]
fn a_forgotten_stop_is_for_the_operator_but_never_softens_again() {
    let forgotten = Facts {
        max_take: true,
        ..spoken()
    };
    assert_eq!(
        judge(&forgotten, &LIMITS),
        (Verdict::Look, vec!["max_take"])
    );
    let silent = Facts {
        speech_hops: 0,
        ..forgotten
    };
    assert_eq!(
        judge(&silent, &LIMITS),
        (Verdict::Again, vec!["silent", "max_take"])
    );
}

#[test]
fn what_cannot_be_used_is_read_again() {
    let broken = [
        (
            Facts {
                lost_frames: true,
                ..spoken()
            },
            "lost_frames",
        ),
        (
            Facts {
                start_cut: true,
                ..spoken()
            },
            "start_cut",
        ),
        (
            Facts {
                end_cut: true,
                ..spoken()
            },
            "end_cut",
        ),
        (
            Facts {
                clipped_run: 3,
                ..spoken()
            },
            "clipped",
        ),
        (
            Facts {
                speech_hops: 7,
                ..spoken()
            },
            "silent",
        ),
    ];
    for (facts, word) in broken {
        assert_eq!(judge(&facts, &LIMITS), (Verdict::Again, vec![word]));
    }
}

#[test]
fn what_sounds_or_reads_wrong_is_for_the_operator() {
    let odd = [
        (
            Facts {
                speech_peak_dbfs: Some(-30.1),
                ..spoken()
            },
            "quiet",
        ),
        (
            Facts {
                snr_db: Some(19.9),
                ..spoken()
            },
            "noisy",
        ),
        (
            Facts {
                hum_dbfs: Some(-50.0),
                ..spoken()
            },
            "hum",
        ),
        (
            Facts {
                dc_offset: -0.02,
                ..spoken()
            },
            "dc_offset",
        ),
        (
            Facts {
                length: Length::Short,
                ..spoken()
            },
            "short",
        ),
        (
            Facts {
                length: Length::Long,
                ..spoken()
            },
            "long",
        ),
        (
            Facts {
                misread: true,
                ..spoken()
            },
            "misread",
        ),
        (
            Facts {
                cough: true,
                ..spoken()
            },
            "cough",
        ),
        (
            Facts {
                unpitched: true,
                ..spoken()
            },
            "no_voice",
        ),
        (
            Facts {
                repetition: Repetition::Twice,
                ..spoken()
            },
            "double_reading",
        ),
        (
            Facts {
                repetition: Repetition::Begun,
                ..spoken()
            },
            "correction",
        ),
    ];
    for (facts, word) in odd {
        assert_eq!(judge(&facts, &LIMITS), (Verdict::Look, vec![word]));
    }
}

#[test]
fn of_a_take_without_speech_nothing_is_said_about_its_sound() {
    let facts = Facts {
        speech_hops: 0,
        end_cut: true,
        snr_db: Some(1.0),
        hum_dbfs: Some(-40.0),
        ..Facts::default()
    };
    assert_eq!(judge(&facts, &LIMITS).1, ["silent"]);
}

#[test]
fn what_may_have_been_whispered_is_for_the_operator_and_not_read_again() {
    let whispered = |whispered_hops| Facts {
        whispered_hops,
        ..Facts::default()
    };
    assert_eq!(
        judge(&whispered(8), &LIMITS),
        (Verdict::Look, vec!["no_voice"])
    );
    assert_eq!(
        judge(&whispered(7), &LIMITS),
        (Verdict::Again, vec!["silent"])
    );
}

#[test]
fn where_something_soft_was_heard_but_no_voice_the_speaker_may_have_been_too_quiet() {
    let soft = |peak| Facts {
        other_peak_dbfs: Some(peak),
        ..Facts::default()
    };
    assert_eq!(
        judge(&soft(-38.0), &LIMITS),
        (Verdict::Again, vec!["silent", "quiet"])
    );
    assert_eq!(
        judge(&soft(-12.0), &LIMITS),
        (Verdict::Again, vec!["silent"])
    );
}

#[test]
fn a_study_for_synthesis_or_audio_books_looks_more_closely() {
    let dull = Facts {
        bandwidth_hz: Some(8000.0),
        snr_db: Some(30.0),
        ..spoken()
    };
    assert_eq!(judge(&dull, &LIMITS).0, Verdict::Fine);
    assert_eq!(
        judge(&dull, &Thresholds::TTS),
        (Verdict::Look, vec!["noisy", "narrow_band"])
    );
    let book = judge(&spoken(), &Thresholds::AUDIOBOOK);
    assert_eq!(book, (Verdict::Look, vec!["quiet", "noisy"]));
}
