use super::*;
use crate::signal::voice::Voicing;

const FLOOR: f32 = -60.0;
/// Voice activity comes so many hops late.
const LATE: usize = 5;

/// One letter a hop: `.` the room, `S` a voice, `n` sound without voice, `h` voice activity hanging over, `k` a voice in
/// which a key is heard, `c` what the network takes for a voice but has no pitch, `b` the same, louder than a voice. Events with the hop at which they came.
fn events(hops: &str, end_silence_ms: u32) -> Vec<(u64, Endpoint)> {
    let mut endpointer = Endpointer::new(0, end_silence_ms);
    let letters: Vec<char> = hops.chars().collect();
    let mut events = Vec::new();
    for (n, letter) in letters.iter().enumerate() {
        let level = match letter {
            'S' | 'n' | 'k' | 'c' => -30.0,
            'b' => -24.0,
            _ => FLOOR + 1.0,
        };
        events.extend(
            endpointer
                .level(Some(level), FLOOR, *letter == 'k')
                .map(|e| (n as u64, e)),
        );
        if let Some(known) = n.checked_sub(LATE) {
            let is = |letters_of: &str| letters_of.contains(letters[known]);
            let p = Voicing {
                probability: match letters[known] {
                    'S' | 'h' | 'k' | 'c' => 0.9,
                    'b' => 0.6,
                    _ => 0.1,
                },
                periodicity: if is("Sk") { 0.6 } else { 0.1 },
            };
            events.extend(
                endpointer
                    .voice(known as u64, Some(p))
                    .map(|e| (n as u64, e)),
            );
        }
    }
    events
}

fn s(count: usize, letter: &str) -> String {
    letter.repeat(count)
}

#[test]
fn a_word_begins_in_retrospect_and_ends_with_the_hop_that_completes_the_silence() {
    let scene = s(50, ".") + &s(30, "S") + &s(6, "h") + &s(60, ".");
    let begun = Endpoint::Begun { onset_hop: 50 };
    let ended = Endpoint::Ended {
        onset_hop: 50,
        end_hop: 80,
    };
    assert_eq!(events(&scene, 400), [(50 + 9 + 5, begun), (80 + 39, ended)]);
}

#[test]
fn hiss_before_a_voice_and_the_release_after_it_belong_to_the_word() {
    let scene = s(50, ".") + "nnnnnnnn" + &s(20, "S") + &s(8, ".") + "nnn" + &s(60, ".");
    let ended = events(&scene, 400)[1].1;
    assert_eq!(
        ended,
        Endpoint::Ended {
            onset_hop: 50,
            end_hop: 89
        }
    );
}

#[test]
fn a_groan_behind_a_burst_is_no_word_and_a_word_behind_one_is() {
    let scene = |voice| s(50, ".") + "bbbbb" + &s(voice, "S") + &s(100, ".");
    assert_eq!(events(&scene(12), 400), [], "a cough");
    let begun = |(_, event): &(u64, Endpoint)| matches!(event, Endpoint::Begun { .. });
    let word = events(&scene(35), 400);
    assert_eq!(word.iter().filter(|event| begun(event)).count(), 1);
}

#[test]
fn doors_clicks_and_keys_are_no_utterance() {
    for noise in ["n".repeat(40), "S".repeat(6), "k".repeat(30), "nn".into()] {
        assert_eq!(
            events(&(s(50, ".") + &noise + &s(100, ".")), 400),
            [],
            "{noise}"
        );
    }
}

#[test]
fn a_door_after_the_word_does_not_hold_up_its_end() {
    let scene = s(50, ".") + &s(30, "S") + &s(20, ".") + &s(10, "n") + &s(60, ".");
    let (at, ended) = events(&scene, 400)[1];
    assert_eq!(
        ended,
        Endpoint::Ended {
            onset_hop: 50,
            end_hop: 80
        }
    );
    assert_eq!(at, 80 + 39);
}

#[test]
fn a_door_at_the_very_end_of_the_silence_is_waited_for_until_it_is_told_from_a_voice() {
    let scene = s(50, ".") + &s(30, "S") + &s(38, ".") + &s(4, "n") + &s(60, ".");
    let (at, ended) = events(&scene, 400)[1];
    assert_eq!(
        ended,
        Endpoint::Ended {
            onset_hop: 50,
            end_hop: 80
        }
    );
    assert!((119..=127).contains(&at), "{at}");
}

#[test]
fn a_pause_shorter_than_the_silence_goes_on_and_a_longer_one_ends() {
    let scene = |pause| s(50, ".") + &s(20, "S") + &s(pause, ".") + &s(20, "S") + &s(100, ".");
    assert_eq!(events(&scene(38), 400).len(), 2);
    assert_eq!(events(&scene(46), 400).len(), 4);
}

#[test]
fn missing_frames_are_silence() {
    let mut endpointer = Endpointer::new(7, 400);
    for hop in 7..107 {
        assert_eq!(endpointer.level(None, FLOOR, false), None);
        assert_eq!(endpointer.voice(hop, None), None);
    }
}

#[test]
fn longer_prompts_and_pausing_speakers_get_more_silence() {
    assert_eq!(end_silence_ms("seven", None), 400);
    assert_eq!(end_silence_ms("seven", Some(700)), 400);
    assert!(end_silence_ms("seven of nine", None) > 400);
    assert_eq!(end_silence_ms(&"word ".repeat(30), None), 900);
    assert_eq!(end_silence_ms("seven of nine", Some(700)), 850);
    assert!(end_silence_ms("今日はとてもいい天気ですね", None) > 400);
}

#[test]
fn a_speakers_own_pauses_are_learnt_after_ten_takes() {
    let mut pauses = OwnPauses::default();
    for n in 0..10 {
        assert_eq!(pauses.usual_ms(), None);
        pauses.learn(f64::from(n) * 50.0);
    }
    assert_eq!(pauses.usual_ms(), Some(450));
}

#[test]
fn a_door_that_the_network_takes_for_a_voice_begins_nothing_but_a_voice_that_creaks_for_long_does()
{
    let door = s(50, ".") + &s(28, "c") + &s(60, ".");
    assert_eq!(events(&door, 400), []);
    let word = s(50, ".") + &s(12, "c") + &s(10, "S") + &s(60, ".");
    let begun = Endpoint::Begun { onset_hop: 50 };
    assert_eq!(events(&word, 400)[0].1, begun);
    let creaking = s(50, ".") + &s(38, "c") + &s(60, ".");
    let ended = Endpoint::Ended {
        onset_hop: 50,
        end_hop: 88,
    };
    let events = events(&creaking, 400);
    assert_eq!((events[0].1, events[1].1), (begun, ended));
}
