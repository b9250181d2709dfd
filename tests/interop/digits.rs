//! From the microphone to a recogniser: digits of several voices, recorded by the program in two booths over a virtual
//! microphone, put together, exported, and learnt.

use std::fs;
use std::path::Path;

use serde_json::json;
use voicebooth::audio::demo::{Voice, reading};
use voicebooth::export::{Cut, Shape};

use crate::common::capture::write_wav;
use crate::common::pipewire::VirtualCard;
use crate::common::session::wait_until;
use crate::common::terminal::{PATIENCE, Start};
use crate::loading::{Asked, export, listed, load_with, python};

const RATE_HZ: u32 = 48_000;
const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
/// Who comes to which booth, and what is learnt of them.
const SPEAKERS: [(&str, &str, &str); 6] = [
    ("v1", "west", "train"),
    ("v2", "east", "train"),
    ("v3", "west", "train"),
    ("v4", "east", "train"),
    ("v5", "west", "test"),
    ("v6", "east", "test"),
];
/// `pw-cat` leaves out the last, incomplete block of a file.
const LAST_BLOCK: [i16; 8192] = [0; 8192];

/// A quiet room for as long as a speaker stays.
fn room() -> Vec<i16> {
    let mut state = 1_u32;
    let mut step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 28) as i16 - 8
    };
    (0..120 * RATE_HZ).map(|_| step()).collect()
}

/// A speaker comes and reads every digit between two keys.
fn sit(card: &VirtualCard, folder: &Path, speaker: &str, booth: &str) {
    let voice = Voice::from_seed(speaker.bytes().map(u64::from).sum());
    let args = [
        "record",
        "digits.tsv",
        "--corpus",
        booth,
        "--speaker",
        speaker,
        "--no-check",
        "--rate",
        "16000",
    ];
    let mut start = Start::new(folder, &args);
    for (name, value) in card.env() {
        start = start.env(name, value.to_str().unwrap());
    }
    let _room = card.speak(&folder.join("room.wav"));
    let mut terminal = start.run();
    for (index, digit) in DIGITS.into_iter().enumerate() {
        terminal.wait_for("ready");
        terminal.press(" ");
        terminal.wait_for("recording");
        let samples = reading(digit, &voice, RATE_HZ).samples;
        let mut samples: Vec<i16> = samples.iter().map(|s| (s * 32_767.0) as i16).collect();
        samples.extend(LAST_BLOCK);
        let wav = folder.join("word.wav");
        write_wav(&wav, RATE_HZ, &samples);
        card.speak(&wav).wait();
        terminal.press(" ");
        let recordings = folder.join(booth).join("recordings").join(speaker);
        wait_until("the take to be saved", PATIENCE, || {
            saved(&recordings) > index
        });
    }
    terminal.press("q");
    let status = terminal.end();
    assert!(status.success(), "{status}\n{}", terminal.text());
}

/// Takes of a speaker that are saved.
fn saved(recordings: &Path) -> usize {
    let sessions = fs::read_dir(recordings).into_iter().flatten().flatten();
    let files = sessions.flat_map(|session| fs::read_dir(session.path()).into_iter().flatten());
    files
        .flatten()
        .filter(|file| {
            let is_sidecar = file.path().extension().is_some_and(|end| end == "json");
            is_sidecar && file.file_name().to_string_lossy().contains("_r1_")
        })
        .count()
}

/// Copies one folder into another, which is how booths are put together.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

#[test]
fn digits_of_two_booths_teach_a_recogniser_that_knows_voices_it_has_not_heard() {
    // Two minutes at the microphone are for nothing where nobody learns from them.
    let (Some(_), Some(card)) = (python("interop"), VirtualCard::start(512)) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let rows = DIGITS.map(|digit| format!("{digit}\t{digit}\t{digit}\n"));
    let list = format!("id\ttext\tlabel\n{}", rows.concat());
    fs::write(folder.path().join("digits.tsv"), list).unwrap();
    write_wav(&folder.path().join("room.wav"), RATE_HZ, &room());
    for (speaker, booth, _) in SPEAKERS {
        sit(&card, folder.path(), speaker, booth);
    }
    let corpus = folder.path().join("corpus");
    for booth in ["west", "east"] {
        copy(&folder.path().join(booth), &corpus);
    }
    let of = SPEAKERS.map(|(speaker, _, split)| (speaker, split));
    let out = folder.path().join("out");
    let asked = Asked {
        shape: Shape {
            rate_hz: Some(16_000),
            cut: Cut::Speech { margin_ms: 150 },
            ..Shape::default()
        },
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    let report = export("fsdd", &corpus, &out, asked).unwrap();
    assert_eq!(report.utterances, 60, "{report:?}");
    print!("{}", load_with("hmm_digits", &out, &[], &json!({})));
}
