//! A hands-free sitting with the demo speaker: nobody presses a key from the first prompt to the last.

use voicebooth::corpus::sidecar::Status;

use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting};

#[test]
fn a_list_is_read_to_its_end_without_a_key_and_pauses_with_space() {
    let place = Place::with("list.txt", "alpha\nbravo\ncharlie\n");
    let args = ["list.txt", "--mode", "hands-free", "--end-silence", "350"];
    let sitting = Sitting::start(&place.demo(&args));
    sitting.wait_for("listening");
    sitting.press(" ");
    sitting.wait_for("paused");
    sitting.press(" ");
    sitting.wait_for("2 of 3");
    sitting.wait_for("3 of 3");
    sitting.over();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    for prompt in ["alpha", "bravo", "charlie"] {
        let mut takes = corpus.takes.iter().filter(|take| take.prompt.id == prompt);
        let take = takes.find(|take| take.status == Status::Accepted).unwrap();
        let timing = take.timing.as_ref().unwrap();
        assert_eq!((timing.key_down_frame, timing.key_up_frame), (None, None));
        let frames = take.audio.as_ref().unwrap().frames as i64;
        let speech = timing.speech_start_frame.unwrap()..timing.speech_end_frame.unwrap();
        assert!(
            speech.start > 0 && speech.end < frames,
            "{speech:?} of {frames}"
        );
        assert!(timing.trigger_start_frame.is_some() && timing.trigger_end_frame.is_some());
    }
}
