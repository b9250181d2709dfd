//! Which inputs there are, and which one is meant.

use std::fs;
use std::process::Command;

use super::booth::{Booth, Setting, Take};
use super::common::pipewire::VirtualCard;
use super::common::terminal::shows;

/// What `voicebooth` says on the card, and its exit code.
fn voicebooth(card: &VirtualCard, args: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_voicebooth"))
        .args(args)
        .envs(card.env())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text, output.status.code())
}

fn with_input(input: &str) -> [&str; 2] {
    ["--input", input]
}

/// A take that lasts until the screen says one second.
fn one_second(booth: &Booth) -> Take {
    booth.ready();
    booth.start();
    booth.terminal.wait_for("0:01");
    booth.stop();
    booth.take("alpha_r1_1")
}

/// The id of what is recorded from, as the take says.
fn input_of(take: &Take) -> &str {
    &take.sidecar.device.as_ref().unwrap().id
}

#[test]
fn devices_lists_the_microphone_and_nothing_that_is_none() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    let (words, code) = voicebooth(&card, &["devices"]);
    assert_eq!(code, Some(0));
    assert!(
        shows(
            &words,
            "* Virtual microphone --input pulseaudio:mic 48000 Hz; 1 channel;"
        ),
        "{words}"
    );
    let (json, _) = voicebooth(&card, &["devices", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    let inputs = list.as_array().unwrap();
    let servers: Vec<_> = inputs
        .iter()
        .filter(|input| input["host"] == "pulseaudio")
        .collect();
    let [mic] = servers[..] else {
        panic!("{json}");
    };
    assert_eq!(mic["id"], "pulseaudio:mic");
    assert_eq!(mic["default"], true);
    assert_eq!(mic["channels"], serde_json::json!([1]));
    // Hardware of the machine, if it has any: no plugins, no second names.
    for input in inputs.iter().filter(|input| input["host"] != "pulseaudio") {
        let id = input["id"].as_str().unwrap();
        assert!(id.starts_with("alsa:hw:CARD="), "{json}");
    }
    let (json, _) = voicebooth(&card, &["devices", "--json", "--host", "alsa"]);
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    for input in list.as_array().unwrap() {
        let id = input["id"].as_str().unwrap();
        assert!(
            id == "alsa:default" || id.starts_with("alsa:hw:CARD="),
            "{json}"
        );
    }
}

#[test]
fn an_input_is_named_by_its_id_or_by_a_part_that_no_other_has() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    card.add_source("studio", "Studio input", &["MONO"]);
    for (named, id) in [
        ("pulseaudio:studio", "pulseaudio:studio"),
        ("virtual MIC", "pulseaudio:mic"),
    ] {
        let args = &with_input(named);
        let mut booth = Booth::open(
            &card,
            Setting {
                args,
                ..Setting::default()
            },
        );
        assert_eq!(input_of(&one_second(&booth)), id);
        booth.leave();
    }
}

#[test]
fn a_name_that_nothing_or_too_much_has_leads_to_the_list_of_inputs() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    card.add_source("studio", "Studio microphone", &["MONO"]);
    let args = &with_input("gramophone");
    let mut booth = Booth::open(
        &card,
        Setting {
            args,
            ..Setting::default()
        },
    );
    let screen = booth.terminal.wait_for("What shall be used?");
    assert!(
        shows(&screen, "no input is called \"gramophone\""),
        "{screen}"
    );
    let choices = [
        "1 Virtual microphone",
        "2 Studio microphone",
        "3 The demo speaker",
    ];
    for choice in choices {
        assert!(shows(&screen, choice), "{screen}");
    }
    booth.terminal.press("2");
    assert_eq!(input_of(&one_second(&booth)), "pulseaudio:studio");
    booth.leave();

    let args = &with_input("microphone");
    let booth = Booth::open(
        &card,
        Setting {
            args,
            ..Setting::default()
        },
    );
    let screen = booth.terminal.wait_for("What shall be used?");
    assert!(
        shows(&screen, "\"microphone\" means several inputs"),
        "{screen}"
    );
    assert!(
        shows(&screen, "pulseaudio:mic, pulseaudio:studio"),
        "{screen}"
    );
}

#[test]
fn without_any_microphone_the_demo_speaker_is_offered_and_works() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    card.remove_source("mic");
    let mut booth = Booth::open(&card, Setting::default());
    let screen = booth.terminal.wait_for("No microphone");
    assert!(shows(&screen, "1 The demo speaker"), "{screen}");
    booth.terminal.press("1");
    let take = one_second(&booth);
    assert_eq!(take.sidecar.source, "demo");
    assert_eq!(input_of(&take), "demo");
    booth.leave();
}

#[test]
fn what_libasound_prints_reaches_the_log_and_never_the_screen() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    let (_, home) = card
        .env()
        .into_iter()
        .find(|(name, _)| *name == "HOME")
        .unwrap();
    let settings = std::path::Path::new(&home).join(".asoundrc");
    fs::write(settings, "pcm.!default { type nonsense }\n").unwrap();
    let args = &["--host", "alsa", "--log", "booth.log"];
    let mut booth = Booth::open(
        &card,
        Setting {
            args,
            ..Setting::default()
        },
    );
    booth.terminal.wait_for("No microphone");
    booth.leave();
    let log = fs::read_to_string(booth.folder().join("booth.log")).unwrap();
    assert!(
        log.contains("ALSA lib"),
        "libasound was not heard at all:\n{log}"
    );
    let written = booth.terminal.written();
    assert!(!written.contains("ALSA lib"), "{written}");
}
