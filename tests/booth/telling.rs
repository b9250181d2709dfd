//! What a study tells and asks around the items, in a real terminal: a guardian's consent on paper, pages, a rest, last
//! words.

use serde_json::json;
use voicebooth::corpus::scan;

use crate::check;
use crate::evidence::Corpus;
use crate::sitting::{Place, SPEAKER, Sitting, is_over};

const LIST: &str =
    "id\ttext\tsection\na-1\talpha\tfirst\na-2\tbravo\tfirst\nb-1\tcharlie\tsecond\n";

const STUDY: &str = r#"name = "telling"
prompts = "list.tsv"

[instructions]
start = "Read as you would to a friend."
end = "Thank you for your voice."

[instructions.sections]
second = "Now come the last words."

[breaks]
every-items = 2
text = "Have a sip of water."

[consent]
version = "1"
givers = ["self", "guardian"]
means = ["screen", "paper", "spoken"]

[[consent.scopes]]
id = "study"
required = true
"#;

/// Agrees: a guardian (2), by the means of this key.
fn agree(sitting: &Sitting, means: &str, in_words: &str) {
    sitting.wait_for("Before you begin");
    sitting.wait_for("your voice will be recorded");
    read_on(sitting);
    sitting.press("\r");
    sitting.wait_for("used for this study");
    sitting.press("y");
    sitting.wait_for("A guardian, for me");
    sitting.press("2");
    sitting.wait_for("On paper, signed before");
    sitting.press(means);
    sitting.wait_for("Is this right?");
    let page = read_on(sitting);
    assert!(
        page.contains("A guardian") && page.contains(in_words),
        "{page}"
    );
    sitting.press("\r");
}

/// Turns page after page to the end; says all that was read.
fn read_on(sitting: &Sitting) -> String {
    let mut all = String::new();
    loop {
        let page = sitting.wait("what Enter is for", |text| text.contains("Press Enter"));
        all.push_str(&page);
        if !page.contains("Press Enter to read on") {
            return all;
        }
        sitting.press("\r");
        sitting.wait("another page", |text| text != page);
    }
}

/// Reads the item of this number aloud; what comes then is up.
fn read(sitting: &Sitting, number: usize) {
    sitting.wait("the item, ready", |text| {
        text.contains("○ ready") && text.contains(&format!("{number} of 3"))
    });
    sitting.press(" ");
    sitting.wait_for("recording");
    sitting.listen();
    sitting.press(" ");
}

#[test]
fn a_guardian_agrees_on_paper_and_pages_and_a_rest_come_between_the_items() {
    let place = Place::with("list.tsv", LIST);
    place.write("study.toml", STUDY);
    let sitting = Sitting::start(&place.demo(&["--study", "study.toml"]).size(80, 24));
    agree(&sitting, "2", "On paper");
    sitting.wait_for("Read as you would to a friend.");
    sitting.press("\r");
    read(&sitting, 1);
    read(&sitting, 2);
    let rest = sitting.wait_for("Have a sip of water.");
    assert!(rest.contains("resting"), "{rest}");
    // Who rests has the start key under a finger.
    sitting.press(" ");
    sitting.press("\r");
    sitting.wait_for("Now come the last words.");
    sitting.press("\r");
    read(&sitting, 3);
    let end = sitting.wait("the end", is_over);
    assert!(end.contains("Thank you for your voice."), "{end}");
    let (status, said) = sitting.leave();
    assert!(status.success(), "{said}");

    check::corpus(&place.corpus());
    let corpus = Corpus::read(&place.corpus());
    let mut order = Vec::new();
    for event in corpus.events(&corpus.sessions[0].session) {
        let what = match event.event.as_str() {
            "key_down" => "take".to_owned(),
            "instructions_shown" => event.data.get("section").map_or("start".into(), |name| {
                name.as_str().unwrap_or_default().to_owned()
            }),
            "break_offered" | "break_ended" => event.event,
            _ => continue,
        };
        order.push(what);
    }
    let wanted = [
        "start",
        "take",
        "take",
        "break_offered",
        "break_ended",
        "second",
        "take",
    ];
    assert_eq!(order, wanted);
    let record = scan::speaker(&place.corpus(), SPEAKER).unwrap().unwrap();
    let record = serde_json::to_value(record).unwrap();
    assert_eq!(record["consent"]["giver"], "guardian");
    assert_eq!(record["consent"]["means"], "paper");
    assert_eq!(record["consent"]["scopes"], json!({"study": true}));
}

#[test]
fn a_guardian_agrees_by_word_of_mouth_in_a_narrow_window() {
    let place = Place::with("list.tsv", LIST);
    place.write("study.toml", STUDY);
    let start = place.demo(&["--study", "study.toml"]).size(40, 12);
    let sitting = Sitting::start(&start);
    agree(&sitting, "3", "By word of mouth");
    sitting.wait_for("Read as you would to a friend.");
    sitting.leave();
    let record = scan::speaker(&place.corpus(), SPEAKER).unwrap().unwrap();
    let record = serde_json::to_value(record).unwrap();
    assert_eq!(record["consent"]["means"], "spoken");
}
