//! The program is ended after every single step of a take's life; what recovery makes of it must be right each time.

use std::collections::BTreeMap;

use super::*;
use crate::corpus::atomic::replace_file;
use crate::corpus::draft::{Closing, DraftAudio, PROGRAM_ENDED};
use crate::corpus::records::{Record, to_text};
use crate::corpus::sidecar::{
    DeviceRecord, Encoding, Integrity, PromptRecord, Quality, Software, Timing, Verdict,
};

const FORMAT: WavFormat = WavFormat {
    sample_rate_hz: 16_000,
    channels: 1,
    encoding: Encoding::PcmS24le,
};

pub(crate) fn draft() -> Draft {
    let sidecar = Sidecar {
        format: Sidecar::FORMAT.into(),
        revision: 1,
        history: Vec::new(),
        id: "019ab7e2-0000-7000-8000-000000000001".into(),
        source: "microphone".into(),
        prompt: PromptRecord {
            id: "zero".into(),
            text: "0".into(),
            spoken: Some("zero".into()),
            label: None,
            language: Some("en".into()),
            section: None,
            list_sha256: "0123456789ab".into(),
        },
        repeat: 1,
        pass: 1,
        position: 7,
        role: "item".into(),
        take: 2,
        supersedes: None,
        speaker: "s7k3q".into(),
        session: "2026-11-22T101502Z-7f3a".into(),
        started_at: "2026-11-22T10:15:09.482113Z".into(),
        status: Status::Unreviewed,
        decided_by: DecidedBy::Auto,
        reasons: Vec::new(),
        transcript: None,
        label_confirmed: None,
        flagged: false,
        note: None,
        audio: None,
        timing: None,
        integrity: None,
        quality: None,
        device: None,
        software: Software::this(),
    };
    let audio = DraftAudio {
        file: "zero_r1_2.wav".into(),
        sample_rate_hz: FORMAT.sample_rate_hz,
        channels: FORMAT.channels,
        encoding: FORMAT.encoding,
    };
    let device = DeviceRecord {
        host: "alsa".into(),
        id: "default".into(),
        name: "Microphone".into(),
        block_frames: 480,
    };
    Draft::new(sidecar, audio, timing(), device)
}

pub(crate) fn closed(frames: u64) -> ClosedWav {
    ClosedWav {
        frames,
        sha256: "0".repeat(64),
    }
}

/// What is known when a take begins.
fn timing() -> Timing {
    Timing {
        stream: 1,
        first_frame: 1_203_840,
        shown_frame: Some(-9_600),
        key_down_frame: Some(4_800),
        pre_roll_frames: 4_800,
        limited_by: vec!["previous_take".into()],
        measured_sample_rate_hz: Some(15_999.87),
        clock_error_ms: Some(0.05),
        ..Timing::default()
    }
}

pub(crate) fn accepted() -> Closing {
    Closing {
        timing: Timing {
            key_up_frame: Some(4_801),
            ..timing()
        },
        integrity: Integrity::default(),
        quality: Quality {
            verdict: Verdict::Fine,
            warnings: Vec::new(),
            peak_dbfs: -12.04,
            speech_peak_dbfs: None,
            rms_dbfs: -12.04,
            noise_floor_dbfs: None,
            snr_db: None,
            clipped_samples: 0,
            dc_offset: 0.25,
            hum_dbfs: None,
            bandwidth_hz: None,
        },
        status: Status::Accepted,
        decided_by: DecidedBy::Auto,
        reasons: Vec::new(),
    }
}

struct Folder {
    _corpus: tempfile::TempDir,
    lock: SpeakerLock,
    session: PathBuf,
    paths: TakePaths,
}

impl Folder {
    fn new() -> Self {
        let corpus = tempfile::tempdir().unwrap();
        let lock = SpeakerLock::take(corpus.path(), "s7k3q").unwrap();
        let session = lock.folder().join("2026-11-22T101502Z-7f3a");
        fs::create_dir(&session).unwrap();
        let paths = TakePaths::in_folder(&session, "zero_r1_2");
        Self {
            _corpus: corpus,
            lock,
            session,
            paths,
        }
    }

    /// Recovers, and once more to see that nothing is left to do.
    fn recover(&self) -> Vec<Found> {
        let found = self.recover_once();
        let before = self.files();
        let again = self.recover_once();
        assert!(
            again
                .iter()
                .all(|f| matches!(f, Found::Left(_) | Found::Unknown)),
            "{again:?}"
        );
        assert_eq!(self.files(), before);
        found
    }

    fn recover_once(&self) -> Vec<Found> {
        let findings = recover(&self.lock).unwrap();
        findings.into_iter().map(|finding| finding.what).collect()
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let names = names_in(&self.session).unwrap();
        let read = |name: String| {
            let bytes = fs::read(self.session.join(&name)).unwrap();
            (name, bytes)
        };
        names.into_iter().map(read).collect()
    }

    fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }

    fn record(&self, frames: usize) -> WavPart {
        let mut wav = WavPart::create(&self.paths.wav_part(), FORMAT).unwrap();
        wav.append(&vec![0.25; frames]).unwrap();
        wav
    }

    fn write_draft(&self) {
        replace_file(&self.paths.json_part(), to_text(&draft()).as_bytes()).unwrap();
    }

    /// The saved take, after checking that its WAV is what it says.
    fn saved(&self) -> Sidecar {
        assert_eq!(self.names(), ["zero_r1_2.json", "zero_r1_2.wav"]);
        let take: Sidecar = records::read(&self.paths.json()).unwrap();
        let audio = take.audio.clone().unwrap();
        assert_eq!(audio.sha256, file_sha256(&self.paths.wav()).unwrap());
        let wav = hound::WavReader::open(self.paths.wav()).unwrap();
        assert_eq!(u64::from(wav.duration()), audio.frames);
        take
    }
}

const FRAMES: usize = 4801;

#[test]
fn a_program_that_ends_after_any_step_of_a_take_leaves_what_can_be_finished() {
    for steps in 0..=9 {
        let folder = Folder::new();
        let temp = folder.session.join(".zero_r1_2.json.part.0123abcd.tmp");
        let mut commit = None;
        for step in 0..steps {
            match step {
                0 => fs::write(&temp, "{\"form").unwrap(),
                1 => {
                    fs::remove_file(&temp).unwrap();
                    folder.write_draft();
                }
                2 => drop(folder.record(0)),
                3 => drop(folder.record(FRAMES)),
                4 => {
                    let closed = folder.record(FRAMES).close().unwrap();
                    let sidecar = draft().close(closed, accepted());
                    commit = Some(Commit::new(folder.paths.clone(), sidecar));
                }
                _ => assert!(commit.as_mut().unwrap().step().unwrap()),
            }
        }
        let found = folder.recover();
        let seconds = FRAMES as f64 / 16_000.0;
        match steps {
            2 | 3 => assert_eq!(found, [Found::NothingRecorded]),
            4 | 5 => assert_eq!(found, [Found::Interrupted { seconds }]),
            6 | 7 => assert_eq!(found, [Found::Saved]),
            // Nothing was begun yet, or all is done.
            _ => assert_eq!(found, []),
        }
        if steps < 4 {
            assert_eq!(folder.names(), [""; 0], "after {steps} steps");
            continue;
        }
        let take = folder.saved();
        let whole = steps > 5;
        let status = if whole {
            Status::Accepted
        } else {
            Status::Interrupted
        };
        assert_eq!(take.status, status, "after {steps} steps");
        assert_eq!(take.audio.unwrap().frames, FRAMES as u64);
        assert_eq!(take.prompt.id, "zero");
        let mut known = timing();
        if whole {
            known.key_up_frame = Some(4_801);
        } else {
            known.limited_by.push(PROGRAM_ENDED.into());
            assert_eq!((take.integrity, take.quality), (None, None));
        }
        assert_eq!(take.timing, Some(known));
    }
}

#[test]
fn a_recovery_that_ends_after_any_step_is_gone_on_with() {
    for steps in 0..=4 {
        let folder = Folder::new();
        folder.write_draft();
        drop(folder.record(FRAMES));
        let closed = close_as_it_is(&folder.paths.wav_part(), FORMAT).unwrap();
        let sidecar = draft().cut_off(closed);
        let mut commit = Commit::new(folder.paths.clone(), sidecar);
        for _ in 0..steps {
            commit.step().unwrap();
        }
        folder.recover();
        let take = folder.saved();
        assert_eq!(take.status, Status::Interrupted);
        assert_eq!(take.reasons, [PROGRAM_ENDED]);
        assert_eq!((take.integrity, take.quality), (None, None));
    }
}

#[test]
fn half_a_frame_at_the_end_is_cut_off() {
    let folder = Folder::new();
    folder.write_draft();
    drop(folder.record(100));
    let part = folder.paths.wav_part();
    let bytes = fs::read(&part).unwrap();
    fs::write(&part, &bytes[..bytes.len() - 1]).unwrap();
    folder.recover();
    assert_eq!(folder.saved().audio.unwrap().frames, 99);
}

#[test]
fn a_deletion_that_ends_after_any_step_is_finished_and_told() {
    for steps in 0..4 {
        let folder = Folder::new();
        let closed = folder.record(10).close().unwrap();
        Commit::new(folder.paths.clone(), draft().close(closed, accepted()))
            .finish()
            .unwrap();
        if steps > 0 {
            fs::rename(folder.paths.json(), folder.paths.json_deleted()).unwrap();
        }
        if steps > 1 {
            fs::remove_file(folder.paths.wav()).unwrap();
        }
        if steps > 2 {
            finish_deletion(&folder.paths, Timestamp::now()).unwrap();
        }
        let found = folder.recover();
        match steps {
            0 => assert_eq!((found, folder.names().len()), (vec![], 2)),
            1 | 2 => assert_eq!(found, [Found::Deleted]),
            _ => assert_eq!(found, []),
        }
        if steps > 0 {
            assert_eq!(folder.names(), ["events.jsonl"]);
            let events = fs::read_to_string(events_file(&folder.session)).unwrap();
            assert!(events.contains(r#""event":"deleted""#), "{events}");
            assert!(events.contains(&draft().sidecar.id), "{events}");
        }
    }
}

#[test]
fn a_wav_that_is_not_what_its_sidecar_says_is_kept_as_interrupted() {
    let folder = Folder::new();
    folder.record(100).close().unwrap();
    let sidecar = draft().close(closed(100), accepted());
    let text = to_text(&sidecar);
    fs::write(folder.paths.json_part(), text).unwrap();
    assert!(matches!(folder.recover()[..], [Found::Interrupted { .. }]));
    let take = folder.saved();
    assert_eq!(take.status, Status::Interrupted);
    assert_eq!(take.reasons, [DAMAGED]);
}

#[test]
fn a_disk_that_named_the_sidecar_before_the_wav_loses_nothing() {
    let folder = Folder::new();
    let closed = folder.record(100).close().unwrap();
    let sidecar = draft().close(closed, accepted());
    fs::write(folder.paths.json(), to_text(&sidecar)).unwrap();
    assert_eq!(folder.recover(), [Found::Saved]);
    assert_eq!(folder.saved().status, Status::Accepted);
}

#[test]
fn what_cannot_be_understood_is_named_and_left_as_it_is() {
    let newer = r#"{"format": "voicebooth-draft/2"}"#;
    for draft in ["", "{", "[]", newer, "not json"] {
        let folder = Folder::new();
        fs::write(folder.paths.json_part(), draft).unwrap();
        drop(folder.record(10));
        let before = folder.files();
        let found = folder.recover();
        assert!(
            matches!(found[..], [Found::Left(_)]),
            "{draft:?} gave {found:?}"
        );
        assert_eq!(folder.files(), before);
    }
    let folder = Folder::new();
    drop(folder.record(10));
    fs::write(folder.session.join("other.wav"), "RIFF").unwrap();
    let before = folder.files();
    assert_eq!(folder.recover(), [Found::Unknown, Found::Unknown]);
    assert_eq!(folder.files(), before);
}

#[test]
fn a_take_is_never_written_over_by_recovery() {
    let folder = Folder::new();
    fs::write(folder.paths.wav(), "a finished take").unwrap();
    fs::write(folder.paths.json(), "its sidecar").unwrap();
    folder.write_draft();
    drop(folder.record(10));
    assert!(matches!(folder.recover()[..], [Found::Left(_)]));
    assert_eq!(fs::read(folder.paths.wav()).unwrap(), b"a finished take");
    assert_eq!(fs::read(folder.paths.json()).unwrap(), b"its sidecar");
}

#[test]
fn a_session_that_was_never_begun_is_removed() {
    let folder = Folder::new();
    let unfinished = folder.lock.folder().join(format!("{UNFINISHED}2026-x"));
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("session.json"), "{}").unwrap();
    assert_eq!(folder.recover(), []);
    assert!(!unfinished.exists());
}

#[test]
fn every_finding_says_what_became_of_the_data() {
    let what = Found::Interrupted { seconds: 1.25 };
    let file = "corpus/zero_r1_2.wav".into();
    assert_eq!(
        Finding { file, what }.to_string(),
        "corpus/zero_r1_2.wav: its recording had been cut off; 1.2 s are kept"
    );
}
