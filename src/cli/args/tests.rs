use std::path::Path;

use clap::CommandFactory;

use super::*;
use crate::audio::StreamFormat;
use crate::cli::config;
use crate::corpus::sidecar::Encoding;
use crate::prompts::Order;
use crate::session::view;

/// What `voicebooth record list.txt` and these flags come to, with this configuration file.
fn record_with(flags: &str, file: &str) -> Result<RecordConfig, String> {
    let words = "voicebooth record list.txt"
        .split(' ')
        .chain(flags.split_whitespace());
    let arguments = Arguments::try_parse_from(words).map_err(|error| error.to_string())?;
    let Task::Record(args) = arguments.task else {
        panic!("not record");
    };
    let config =
        config::parse(Path::new("c.toml"), file.as_bytes()).map_err(|error| error.to_string())?;
    resolve(&args, &Settings::default(), &config).map_err(|error| error.to_string())
}

fn record(flags: &str) -> Result<RecordConfig, String> {
    record_with(flags, "")
}

#[track_caller]
fn refused(flags: &str, why: &str) {
    let message = record(flags).unwrap_err();
    assert!(message.contains(why), "{flags}: {message}");
}

#[test]
fn the_flags_are_well_formed() {
    Arguments::command().debug_assert();
}

#[test]
fn without_flags_the_defaults_are_those_of_the_design() {
    let config = record("").unwrap();
    let expected = RecordConfig {
        read: crate::prompts::ReadOptions::default(),
        corpus: "corpus".into(),
        speaker: None,
        input: None,
        host: None,
        sample_rate_hz: 48_000,
        channel_map: vec![0],
        encoding: Encoding::PcmS16le,
        mode: None,
        review: Review::OnWarning,
        pre_roll_ms: 300,
        post_roll_ms: 300,
        post_roll_max_ms: 1000,
        max_take_ms: 60_000,
        end_silence_ms: None,
        order: None,
        labels_apart: None,
        seed: None,
        repeat: None,
        restart: false,
        skipped: false,
        profile: Profile::Default,
        check: true,
        screen: Screen::Full,
        bidi: None,
        log: None,
        facts: SessionFacts::default(),
        overrides: Vec::new(),
        keys: Vec::new(),
    };
    assert_eq!(config, expected);
}

#[test]
fn the_defaults_that_the_help_names_are_the_defaults() {
    let defaults = record("").unwrap();
    let command = Settings::augment_args(clap::Command::new(""));
    let mut checked = 0;
    for flag in command.get_arguments() {
        let help = flag.get_help().unwrap_or_default().to_string();
        let default = help
            .split("[default: ")
            .nth(1)
            .and_then(|rest| rest.split(']').next());
        if let Some(default) = default.filter(|default| !default.contains(' ')) {
            let flag = format!("--{} {default}", flag.get_long().unwrap());
            let mut same = record(&flag).unwrap();
            same.repeat = same.repeat.filter(|repeat| *repeat != 1); // the session's own default
            same.mode = same.mode.filter(|mode| *mode != view::Mode::Keys); // a list may say another
            assert_eq!(same, defaults, "{flag}");
            checked += 1;
        }
    }
    assert_eq!(checked, 13);
}

#[test]
fn every_flag_of_a_session_is_heard() {
    let flags = "--corpus c --speaker S01 --input usb --host alsa --rate 16000 --channel-map 4,3 --bits 32f --mode timed \
        --seconds 1.5 --review always --pre-roll 0 --post-roll 2000 --max-take 5 --order shuffled --labels-apart --seed 42 --repeat 3 \
        --restart --skipped --format kaldi --comments --language pt-BR --screen speaker --bidi booth --log l.txt --room R1 \
        --microphone m --distance-cm 30.5 --gain g --operator o";
    let some = |text: &str| Some(text.to_owned());
    let expected = RecordConfig {
        read: crate::prompts::ReadOptions {
            format: Some(crate::prompts::Format::Kaldi),
            comments: true,
            language: some("pt-BR"),
        },
        corpus: "c".into(),
        speaker: some("S01"),
        input: Some(Input::Device("usb".into())),
        host: some("alsa"),
        sample_rate_hz: 16_000,
        channel_map: vec![3, 2],
        encoding: Encoding::PcmF32le,
        mode: Some(view::Mode::Timed { ms: 1500 }),
        review: Review::Always,
        pre_roll_ms: 0,
        post_roll_ms: 2000,
        post_roll_max_ms: 2000,
        max_take_ms: 5000,
        end_silence_ms: None,
        order: Some(Order::Shuffled),
        labels_apart: Some(true),
        seed: Some(42),
        repeat: Some(3),
        restart: true,
        skipped: true,
        profile: Profile::Default,
        check: true,
        screen: Screen::Speaker,
        bidi: Some(Bidi::Booth),
        log: Some("l.txt".into()),
        facts: SessionFacts {
            room: some("R1"),
            microphone: some("m"),
            distance_cm: Some(30.5),
            gain: some("g"),
            operator: some("o"),
        },
        overrides: Vec::new(),
        keys: Vec::new(),
    };
    assert_eq!(record(flags).unwrap(), expected);
}

#[test]
fn a_prompt_list_must_be_given() {
    let error = Arguments::try_parse_from(["voicebooth", "record"]).unwrap_err();
    assert!(error.to_string().contains("<PROMPTS>"), "{error}");
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn inputs_are_the_demo_a_file_or_a_device() {
    let input = |name: &str| record(&format!("--input {name}")).unwrap().input;
    assert_eq!(input("demo"), Some(Input::Demo));
    assert_eq!(input("a/b.WAV"), Some(Input::File("a/b.WAV".into())));
    assert_eq!(input("hw:1,0"), Some(Input::Device("hw:1,0".into())));
}

#[test]
fn numbers_out_of_range_are_refused_with_their_range() {
    refused(
        "--rate 0",
        "'--rate <HZ>': give a whole number from 1000 to 768000",
    );
    refused(
        "--channels 0",
        "'--channels <N>': give a whole number from 1 to 128",
    );
    refused("--pre-roll 10001", "give a whole number from 0 to 10000");
    refused("--pre-roll=-1", "give a whole number from 0 to 10000");
    refused("--max-take 0.5", "give seconds, from 1 to 3600");
    refused("--max-take NaN", "give seconds, from 1 to 3600");
    refused("--repeat 0", "give a whole number from 1 to 10000");
    refused(
        "--seed 9007199254740992",
        "give a whole number from 0 to 9007199254740991",
    );
    refused("--bits 20", "[possible values: 16, 24, 32f]");
    refused("--channel-map 0", "give the numbers of channels");
    refused("--channel-map 1,1", "give the numbers of channels");
    refused("--language en_US", "give a BCP 47 tag");
    refused("--speaker ../x", "only the letters a to z");
    refused("--distance-cm=-1", "give centimetres, from 0 to 10000");
    refused("--room=", "give one line of text");
}

#[test]
fn flags_that_do_not_fit_together_are_refused() {
    refused("--seconds 2", "--mode timed");
    refused("--mode timed", "add --seconds");
    refused("--mode timed --seconds 61", "longer than --max-take 60");
    refused(
        "--post-roll 500 --post-roll-max 400",
        "shorter than --post-roll 500",
    );
    refused("--channels 2 --channel-map 1", "--channel-map names 1");
    assert_eq!(
        record("--post-roll 500 --post-roll-max 0")
            .unwrap()
            .post_roll_max_ms,
        0
    );
    assert_eq!(record("--channels 3").unwrap().channel_map, [0, 1, 2]);
}

#[test]
fn a_take_that_no_wav_file_holds_is_refused_before_the_session() {
    assert!(record("--channels 32 --rate 192000 --bits 24 --max-take 60").is_ok());
    refused(
        "--channels 32 --rate 192000 --bits 32f --max-take 175",
        "give at most --max-take 171",
    );
    assert!(record("--channels 32 --rate 192000 --bits 32f --max-take 171").is_ok());
}

#[test]
fn the_queue_to_the_writer_holds_30_s_and_256_mib_at_most() {
    let windows = |sample_rate_hz, channels| {
        record("").unwrap().windows(StreamFormat {
            sample_rate_hz,
            channels,
        })
    };
    assert_eq!(windows(16_000, 1).queue_frames, 480_000);
    assert_eq!(windows(192_000, 32).queue_frames, 2 * 1024 * 1024);
}

#[test]
fn a_flag_wins_over_the_configuration_file() {
    let file = "rate = 16000\nchannels = 2\nmode = \"timed\"\nseconds = 2\ncomments = true\nroom = \"R1\"\n";
    let config = record_with("", file).unwrap();
    assert_eq!(
        (config.sample_rate_hz, config.channel_map.len()),
        (16_000, 2)
    );
    assert_eq!(config.mode, Some(view::Mode::Timed { ms: 2000 }));
    assert!(config.read.comments);

    let config = record_with(
        "--rate 44100 --channel-map 3 --mode keys --comments=false",
        file,
    )
    .unwrap();
    assert_eq!(
        (config.sample_rate_hz, config.channel_map),
        (44_100, vec![2])
    );
    assert_eq!(config.mode, Some(view::Mode::Keys));
    assert!(!config.read.comments);
    assert_eq!(config.facts.room.as_deref(), Some("R1"));

    assert_eq!(
        record_with("--seconds 3", file).unwrap().mode,
        Some(view::Mode::Timed { ms: 3000 })
    );
    assert_eq!(record_with("", "seconds = 2").unwrap().mode, None);
}

#[test]
fn a_flag_wins_over_the_study_and_the_study_over_the_configuration_file() {
    let of = |flags: &[&str]| {
        let flags: Vec<String> = flags.iter().map(|flag| format!("--{flag}")).collect();
        config::parse_flags(&flags).unwrap()
    };
    let resolved = |typed: Settings, study: Settings| {
        let args = RecordArgs {
            settings: typed,
            study: Some("s.toml".into()),
            ..RecordArgs::default()
        };
        let file = config::parse(Path::new("c.toml"), b"rate = 8000\nbits = 24\nrepeat = 2");
        resolve(&args, &study, &file.unwrap()).unwrap()
    };
    let study = of(&["rate=16000", "review=always", "repeat=3"]);
    let config = resolved(
        of(&["rate=44100", "review=always", "seed=4"]),
        study.clone(),
    );
    assert_eq!(config.sample_rate_hz, 44_100);
    assert_eq!(config.encoding, Encoding::PcmS24le);
    assert_eq!(config.repeat, Some(3));
    // What stands in place of something else in the study, and what it says nothing of, wherever it comes from.
    assert_eq!(config.overrides, ["rate", "bits", "seed"]);
    let stereo = resolved(of(&["channel-map=3,4"]), of(&["channels=1"]));
    assert_eq!(
        (stereo.channel_map.len(), stereo.overrides),
        (
            2,
            ["rate", "bits", "repeat", "channel-map"]
                .map(String::from)
                .to_vec()
        )
    );
}

#[test]
fn prompts_come_from_a_list_or_from_a_study_and_not_from_both() {
    let parse =
        |words: &[&str]| Arguments::try_parse_from([&["voicebooth", "record"], words].concat());
    assert!(parse(&["--study", "s.toml"]).is_ok());
    let error = parse(&["list.txt", "--study", "s.toml"]).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("cannot be used with"), "{error}");
}
