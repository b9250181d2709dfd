//! A script of SpeechRecorder's, from its file to the folder: codes, order, delays, modes, pages; and a list that grows
//! while it is being read.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use voicebooth::corpus::sidecar::{Sidecar, Status};

use crate::common::capture::write_wav;
use crate::evidence::Corpus;
use crate::sitting::{Place, SPEAKER, Sitting, is_over};

const SCRIPT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<session id="words"><recordingscript>
  <section name="Words" order="random" mode="manual">
    <nonrecording><mediaitem>Welcome to the words.</mediaitem></nonrecording>
    <recording itemcode="w-01" prerecdelay="500" postrecdelay="700"><recprompt><mediaitem>alpha</mediaitem></recprompt><reccomment>mind the vowel</reccomment></recording>
    <recording itemcode="w-02" prerecdelay="500" postrecdelay="700"><recprompt><mediaitem>bravo</mediaitem></recprompt><reccomment>mind the vowel</reccomment></recording>
    <recording itemcode="w-03" prerecdelay="500" postrecdelay="700"><recprompt><mediaitem>charlie</mediaitem></recprompt><reccomment>mind the vowel</reccomment></recording>
  </section>
  <section name="Timed" order="sequential" mode="autoprogress" promptphase="recording">
    <nonrecording><mediaitem>Now comes what you have not seen.</mediaitem></nonrecording>
    <recording itemcode="t-02" recduration="2500"><recprompt><mediaitem>delta</mediaitem></recprompt></recording>
    <recording itemcode="t-01" recduration="3000"><recprompt><mediaitem>echo</mediaitem></recprompt></recording>
  </section>
</recordingscript></session>
"#;
const COMMENT: &str = "mind the vowel";
const WORDS: [&str; 3] = ["w-01", "w-02", "w-03"];
const SEED: u64 = 11;

/// The order that docs/order.md gives a shuffled section of a session that is otherwise sequential.
fn shuffled(seed: u64, speaker: &str, pass: u32) -> Vec<&'static str> {
    let mut codes = WORDS.to_vec();
    codes.sort_by_key(|code| Sha256::digest(format!("{seed}/{speaker}/{pass}/0/{code}/1")));
    codes
}

/// Frames of milliseconds at the rate of a take.
fn frames(take: &Sidecar, ms: u64) -> u64 {
    u64::from(take.audio.as_ref().unwrap().sample_rate_hz) * ms / 1000
}

#[test]
fn a_script_is_recorded_in_its_order_with_its_codes_delays_and_pages() {
    let place = Place::with("script.xml", SCRIPT);
    // No tail beyond the delay, so that the delay can be told to the frame.
    let args = ["script.xml", "--seed", "11", "--post-roll-max", "0"];
    let start = place.demo(&args).size(80, 24);
    let sitting = Sitting::start(&start);
    let page = sitting.wait_for("Welcome to the words.");
    assert!(!page.contains(COMMENT), "{page}");
    sitting.press("\r");
    for number in 1..=3 {
        sitting.wait("the next word, ready", |text| {
            text.contains("ready") && text.contains(&format!("{number} of 5"))
        });
        let screen = sitting.wait_for(COMMENT);
        assert!(screen.contains("for the operator"), "{screen}");
        sitting.saved(); // so that no take is in the way of the next one's roll
        sitting.press(" ");
        sitting.wait_for("recording");
        sitting.listen();
        sitting.press(" ");
    }
    sitting.wait_for("Now comes what you have not seen.");
    sitting.saved();
    sitting.press("\r");
    for (number, word) in [(4, "delta"), (5, "echo")] {
        let before = sitting.wait("the next timed item, ready", |text| {
            text.contains("ready") && text.contains(&format!("{number} of 5"))
        });
        // Short words are drawn large: what stands in their place is what tells.
        assert!(
            before.contains("The words appear when you start."),
            "{before}"
        );
        sitting.press(" ");
        let during = sitting.wait_for("recording");
        assert!(!during.contains("The words appear"), "{word}: {during}");
    }
    sitting.wait("the end", is_over);
    let (status, said) = sitting.leave();
    assert!(status.success(), "{said}");
    check_script(&Corpus::read(&place.corpus()));
}

fn check_script(corpus: &Corpus) {
    let session = &corpus.sessions[0];
    assert_eq!(session.setup.seed, Some(SEED));
    assert_eq!(session.setup.section_orders["Words"], "shuffled");
    let codes: Vec<&str> = corpus.takes.iter().map(|t| t.prompt.id.as_str()).collect();
    let mut wanted = shuffled(SEED, SPEAKER, session.setup.pass);
    wanted.extend(["t-02", "t-01"]);
    assert_eq!(codes, wanted);
    for take in &corpus.takes {
        let timing = take.timing.as_ref().unwrap();
        let audio = take.audio.as_ref().unwrap();
        let (pre, post) = (timing.pre_roll_frames, timing.post_roll_frames);
        if WORDS.contains(&take.prompt.id.as_str()) {
            assert_eq!(take.prompt.section.as_deref(), Some("Words"));
            assert!(timing.limited_by.is_empty(), "{:?}", timing.limited_by);
            assert_eq!(pre, frames(take, 500), "{}", take.prompt.id);
            assert_eq!(post, frames(take, 700), "{}", take.prompt.id);
        } else {
            assert_eq!(take.prompt.section.as_deref(), Some("Timed"));
            let ms = if take.prompt.id == "t-02" { 2500 } else { 3000 };
            assert_eq!(audio.frames - pre - post, frames(take, ms));
        }
    }
    let mut order = Vec::new();
    for event in corpus.events(&session.session) {
        match event.event.as_str() {
            "instructions_shown" => order.push(event.data["section"].as_str().unwrap().to_owned()),
            "key_down" => order.push("take".to_owned()),
            _ => {}
        }
    }
    let wanted = ["Words", "take", "take", "take", "Timed", "take", "take"];
    assert_eq!(order, wanted);
}

#[test]
fn a_comment_is_not_for_the_speakers_own_screen() {
    let place = Place::with("script.xml", SCRIPT);
    let args = ["script.xml", "--screen", "speaker"];
    let sitting = Sitting::start(&place.demo(&args).size(80, 24));
    sitting.wait_for("Welcome to the words.");
    sitting.press("\r");
    sitting.wait_for("○ ready");
    assert!(!sitting.written().contains(COMMENT));
    sitting.leave();
}

#[test]
fn stopped_at_item_37_with_a_prompt_added_every_item_is_there_once() {
    let list = |count: usize| {
        (1..=count).fold(String::new(), |mut list, n| {
            writeln!(list, "word-{n:02}").unwrap();
            list
        })
    };
    let place = Place::with("list.txt", &list(40));
    place.write(
        "study.toml",
        "name = 'n'\nprompts = 'list.txt'\norder = 'shuffled'\nseed = 5\nreview = 'never'\nmode = 'hands-free'\n",
    );
    let study = ["--study", "study.toml"];
    let sitting = Sitting::start(&place.demo(&study));
    for n in 2..=37 {
        let further = |text: &str| (n..=37).any(|n| text.contains(&format!("{n} of 40")));
        sitting.wait("the next item", further);
    }
    sitting.leave();

    place.write("list.txt", &list(41));
    let sitting = Sitting::start(&place.demo(&study));
    sitting.wait_for("Go on as");
    sitting.press("\r");
    sitting.over();
    let (status, said) = sitting.leave();
    assert!(status.success(), "{said}");

    let all: Vec<String> = list(41).lines().map(str::to_owned).collect();
    let corpus = Corpus::read(&place.corpus());
    let taken = corpus
        .takes
        .iter()
        .filter(|take| matches!(take.status, Status::Accepted | Status::Unreviewed));
    let mut current: Vec<String> = taken.map(|take| take.prompt.id.clone()).collect();
    current.sort_unstable();
    assert_eq!(current, all);
    let [before, after] = &corpus.sessions[..] else {
        panic!("two sittings are two sessions");
    };
    assert_ne!(before.list_sha256, after.list_sha256);
    assert_eq!(before.setup.study, after.setup.study);
}

#[test]
fn a_list_whose_sound_is_not_there_is_refused_at_the_start() {
    let place = Place::with("list.tsv", "id\ttext\taudio\nh-1\thello\tgone.wav\n");
    let mut sitting = Sitting::start(&place.demo(&["list.tsv"]));
    sitting.wait_for("gone.wav");
    assert_eq!(sitting.end().exit_code(), 1);
}

/// No sound server and no card: there is nothing to play to.
const NO_LOUDSPEAKER: [(&str, &str); 2] = [
    ("ALSA_CONFIG_PATH", "/dev/null"),
    ("PULSE_SERVER", "unix:/nowhere"),
];

#[test]
fn a_prompt_that_cannot_be_heard_is_told_and_read_all_the_same() {
    let list = "id\ttext\taudio\nh-1\thello\th.wav\nh-2\tgoodbye\tg.wav\n";
    let place = Place::with("list.tsv", list);
    for sound in ["h.wav", "g.wav"] {
        write_wav(&place.path(sound), 48_000, &[0; 4800]);
    }
    let mut start = place.demo(&["list.tsv", "--log", "log.txt"]).size(80, 24);
    for (name, value) in NO_LOUDSPEAKER {
        start = start.env(name, value);
    }
    let sitting = Sitting::start(&start);
    let told = sitting.wait_for("P try to play it");
    let line = "This cannot be played: there is no loudspeaker. Go on without it.\n";
    assert!(told.contains(line), "in one line of plain words: {told}");
    std::fs::remove_file(place.path("g.wav")).unwrap();
    for number in 1..=2 {
        sitting.wait_for(&format!("{number} of 2"));
        sitting.wait_for("○ ready");
        sitting.press(" ");
        sitting.wait_for("recording");
        sitting.listen();
        sitting.press(" ");
        if number == 1 {
            sitting.wait_for("g.wav: No such file or directory");
        }
    }
    sitting.over();
    sitting.leave();

    let log = std::fs::read_to_string(place.path("log.txt")).unwrap();
    assert!(log.contains("no loudspeaker: "), "{log}");
    let corpus = Corpus::read(&place.corpus());
    let read = corpus.takes.iter().map(|take| take.status);
    assert_eq!(read.collect::<Vec<_>>(), [Status::Accepted; 2]);
    let mut events = corpus.events(&corpus.sessions[0].session);
    events.retain(|event| event.event == "prompt_not_played");
    let prompts: Vec<_> = events.iter().map(|event| &event.data["prompt"]).collect();
    assert_eq!(prompts, ["h-1", "h-2"]);
}
