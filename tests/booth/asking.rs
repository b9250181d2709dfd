//! What a study asks, in a real terminal: a refusal leaves nothing, a consent is kept, nobody is asked twice.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use voicebooth::corpus::scan;

use crate::check;
use crate::sitting::{Place, SPEAKER, Sitting};

/// A study that asks for a consent, an age and a cold.
fn study(version: &str) -> String {
    format!(
        r#"name = "asking"
prompts = "list.txt"

[consent]
version = "{version}"

[[consent.scopes]]
id = "study"
required = true

[[consent.scopes]]
id = "publication"

[[speaker-form]]
id = "age"
question = "How old are you?"
type = "number"
min = 18
required = true

[[session-form]]
id = "cold"
question = "Do you have a cold today?"
type = "yes_no"
required = true
"#
    )
}

fn place() -> Place {
    let place = Place::with("list.txt", "alpha\nbeta\n");
    place.write("study.toml", &study("1"));
    place
}

fn start(place: &Place) -> Sitting {
    let start = place.demo(&["--study", "study.toml", "--log", "log.txt"]);
    Sitting::start(&start.size(80, 24))
}

/// Agrees to the study and not to a publication.
fn agree(sitting: &Sitting) {
    sitting.wait_for("Before you begin");
    sitting.press("\r");
    sitting.wait_for("used for this study");
    sitting.press("y");
    sitting.wait_for("may be published");
    sitting.press("n");
}

/// Says that there is no cold, confirms, and leaves when the prompt is there.
fn confirm_and_leave(sitting: Sitting) {
    sitting.wait_for("cold today?");
    sitting.press("n");
    sitting.wait_for("Is this right?");
    sitting.press("\r");
    sitting.wait_for("○ ready");
    sitting.leave();
}

fn newest_speaker(place: &Place) -> Value {
    check::corpus(&place.corpus());
    let record = scan::speaker(&place.corpus(), SPEAKER).unwrap().unwrap();
    serde_json::to_value(record).unwrap()
}

#[test]
fn who_refuses_is_let_go_and_no_microphone_was_opened_and_no_file_is_left() {
    let place = place();
    let before = files_in(&place.path(""));
    let start = place.demo(&["--study", "study.toml", "--log", "logs/log.txt"]);
    let mut sitting = Sitting::start(&start.size(80, 24));
    sitting.wait_for("Before you begin");
    sitting.press("\r");
    sitting.wait_for("used for this study");
    sitting.press("n");
    sitting.wait_for("Then nothing is recorded.");
    sitting.press("y");
    assert!(sitting.end().success());
    sitting.assert_restored();
    let said = sitting.printed();
    assert!(said.contains("Nothing was recorded."), "{said}");
    // A source that is opened is told in the log: there is none.
    assert_eq!(files_in(&place.path("")), before);
}

/// Every file and folder below `folder`.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_in(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn a_text_is_read_to_its_end_before_enter_leaves_it() {
    let place = place();
    let sentence = "Every sentence that you read is kept. ";
    let text = format!("[consent]\ntext = \"{}Finis.\"", sentence.repeat(40));
    place.write("study.toml", &study("1").replace("[consent]", &text));
    let mut sitting = start(&place);
    let begun = sitting.wait_for("Press Enter to read on");
    assert!(!begun.contains("Finis."), "{begun}");
    sitting.press("\r");
    let read = sitting.wait_for("Press Enter to go on");
    assert!(read.contains("Finis."), "{read}");
    sitting.press("\r");
    sitting.wait_for("used for this study");
    sitting.press("\x03");
    sitting.end();
}

#[test]
fn a_consent_and_answers_are_kept_and_a_second_session_asks_only_what_every_session_asks() {
    let place = place();
    let sitting = start(&place);
    agree(&sitting);
    sitting.wait_for("How old are you?");
    sitting.send("17");
    sitting.press("\r");
    sitting.wait_for("18 or more");
    sitting.press("\x7f");
    sitting.send("8");
    sitting.wait_for("> 18");
    sitting.press("\r");
    sitting.wait_for("cold today?");
    sitting.press("\x1b[D");
    sitting.wait_for("> 18");
    sitting.press("\x7f");
    sitting.send("9");
    sitting.wait_for("> 19");
    sitting.press("\r");
    confirm_and_leave(sitting);
    let speaker = newest_speaker(&place);
    assert_eq!(speaker["form"], json!({"age": 19}));
    let consent = &speaker["consent"];
    assert_eq!(
        consent["scopes"],
        json!({"study": true, "publication": false})
    );
    assert_eq!(consent["version"], "1");
    assert_eq!(consent["giver"], "self");

    let sitting = start(&place);
    sitting.wait_for("Go on as");
    sitting.press("\r");
    confirm_and_leave(sitting);
    assert_eq!(newest_speaker(&place), speaker);
    let log = fs::read_to_string(place.path("log.txt")).unwrap();
    assert!(
        log.contains("source opened"),
        "what the other test rests on: {log}"
    );
}

#[test]
fn a_new_version_of_the_consent_asks_again() {
    let place = place();
    let sitting = start(&place);
    agree(&sitting);
    sitting.wait_for("How old are you?");
    sitting.send("30");
    sitting.wait_for("> 30");
    sitting.press("\r");
    confirm_and_leave(sitting);

    place.write("study.toml", &study("2"));
    let sitting = start(&place);
    sitting.wait_for("Go on as");
    sitting.press("\r");
    agree(&sitting);
    confirm_and_leave(sitting);
    assert_eq!(newest_speaker(&place)["consent"]["version"], "2");
}
