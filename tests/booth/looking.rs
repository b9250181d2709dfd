//! Looking at takes: the review of each one, a flag with a note, a transcript, the list, and what the sidecars say of it.

use voicebooth::corpus::sidecar::DecidedBy::{Operator, Speaker};
use voicebooth::corpus::sidecar::Status::{Accepted, Rejected};

use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting, is_ready, prompt_on};

const LIST: &str = "list.tsv";

fn place() -> Place {
    let prompts = "id\ttext\tlabel\nw1\talpha\tA\nw2\tbeta\tB\nw3\tgamma\tC\n";
    Place::with(LIST, prompts)
}

/// Stops the running take and waits until the review shows what it looks like.
fn stop_and_look(sitting: &Sitting) {
    sitting.press(" ");
    sitting.wait("the review of the take", |text| {
        text.contains("keep it?") && text.contains("peak ")
    });
}

/// Bracketed paste, as a terminal sends it.
fn paste(sitting: &Sitting, text: &str) {
    sitting.press(&format!("\x1b[200~{text}\x1b[201~"));
}

#[test]
fn takes_are_looked_at_flagged_and_transcribed_and_the_sidecars_say_so() {
    let place = place();
    let start = place.demo(&[LIST, "--review", "always"]);
    let sitting = Sitting::start(&start.size(80, 24));
    sitting.wait_for("○ ready");
    sitting.press(" ");
    sitting.wait_for("recording");
    sitting.listen();
    stop_and_look(&sitting);
    assert!(sitting.text().contains("▲ start"), "{}", sitting.text());

    sitting.press("f");
    sitting.wait_for("Flag the recording of “alpha”");
    paste(&sitting, "Tür");
    sitting.press("\r");
    sitting.wait_for("◆ flagged: Tür");

    sitting.press("t");
    sitting.wait_for("What was really said?");
    sitting.wait_for("> alpha");
    sitting.press("é");
    paste(&sitting, "吾輩は\r猫");
    sitting.wait_for("> alphaé吾輩は 猫");
    sitting.press("\r");
    sitting.wait_for("Does the label “A” still fit?");
    sitting.press("n");
    sitting.wait_for("label “A” not trusted");
    sitting.press("\r");
    sitting.wait("the next prompt", |text| {
        text.contains("2 of 3") && text.contains("ready")
    });

    sitting.press(" ");
    sitting.wait_for("recording");
    stop_and_look(&sitting);
    sitting.press("r");
    sitting.wait("the same prompt again", |text| text.contains("○ ready"));

    sitting.press("l");
    sitting.wait_for("to redo     ");
    sitting.press("3");
    sitting.wait("the flagged one alone", |text| {
        text.contains("alpha") && !text.contains("gamma")
    });
    sitting.press("\r");
    sitting.wait("its prompt", |text| {
        text.contains("1 of 3") && text.contains("✓ recorded  ◆ flagged")
    });
    sitting.press("\r");
    sitting.wait("the take of before", |text| {
        text.contains("kept") && text.contains("peak ")
    });
    sitting.press("\r");
    sitting.wait_for("○ ready");
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    let outline = [("alpha", 1, Accepted), ("beta", 1, Rejected)];
    assert_eq!(corpus.outline(), outline);
    let alpha = corpus.take("alpha", 1);
    assert!(alpha.flagged);
    assert_eq!(alpha.note.as_deref(), Some("Tür"));
    assert_eq!(alpha.transcript.as_deref(), Some("alphaé吾輩は 猫"));
    assert_eq!(alpha.label_confirmed, Some(false));
    assert_eq!(
        (&*alpha.prompt.text, alpha.prompt.label.as_deref()),
        ("alpha", Some("A"))
    );
    let by: Vec<_> = alpha.history.iter().map(|change| change.by).collect();
    assert_eq!(by, [Operator, Operator, Speaker]);
    assert_eq!(corpus.take("beta", 1).reasons, ["redone"]);
}

#[test]
fn what_was_flagged_is_there_in_the_next_session_and_can_be_taken_back() {
    let place = place();
    let first = Sitting::open(&place.chatter(&[LIST]));
    first.tap();
    first.press("f");
    first.wait_for("Press Enter to flag it");
    first.press("\r");
    first.wait_for("Flagged.");
    first.leave();

    let second = Sitting::open(&place.chatter(&[LIST]));
    second.press("l");
    second.wait_for("◆");
    second.press("3");
    second.wait("one that is flagged", |text| !text.contains("beta"));
    second.press("\r");
    second.wait("its prompt", |text| {
        is_ready(text) && prompt_on(text) == "alpha"
    });
    second.press("f");
    second.wait_for("Not flagged any more.");
    second.leave();

    let corpus = Corpus::read(&place.corpus());
    let alpha = corpus.take("alpha", 1);
    assert_eq!((alpha.flagged, alpha.revision), (false, 3));
}

#[test]
fn a_speakers_screen_neither_flags_nor_transcribes_nor_shows_figures() {
    let place = place();
    let ready = |text: &str| text.contains("○ ready");
    let start = place.chatter(&[LIST, "--review", "always", "--screen", "speaker"]);
    let sitting = Sitting::start(&start.size(80, 24));
    sitting.wait_for("○ ready");
    sitting.press(" ");
    sitting.wait_for("recording");
    sitting.press(" ");
    let verdicts = ["fine", "worth a look", "better read again"];
    let text = sitting.wait("the verdict", |text| {
        verdicts.iter().any(|v| text.contains(v))
    });
    assert!(!text.contains("peak") && !text.contains("F flag"), "{text}");
    sitting.press("f");
    sitting.press("t");
    sitting.press("\r");
    sitting.wait("the next prompt, nothing asked", ready);
    sitting.press("l");
    let text = sitting.wait_for("recorded");
    assert!(!text.contains("flagged") && !text.contains(" s "), "{text}");
    sitting.press("\x1b");
    sitting.wait("the prompt", ready);
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    let take = corpus.take("alpha", 1);
    assert_eq!((take.flagged, &take.transcript), (false, &None));
}
