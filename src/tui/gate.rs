//! Tells keys that a person pressed from those that nobody meant: auto-repeat, bursts, keys held in another window.
//!
//! Keys act at once, with the instant of their arrival. So that even the first key of an unmarked paste does nothing,
//! the input thread hands over what arrives within the same millisecond in one batch: three keys in a batch are a burst.
//! A slower burst is known only by its second key, so its first key acts and the rest do nothing.
//!
//! A key that is held where the terminal reports no kinds acts twice: when it goes down, and when its auto-repeat sets in
//! (a second press after half a second looks the same); the repeats that follow do nothing.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::keys::Key;
use crate::units::Moment;

/// The same key again within this time of its last arrival is auto-repeat (which comes every 20 to 50 ms).
const REPEAT_WITHIN: Duration = Duration::from_millis(100);
/// Nobody presses another key within this time.
const BURST_WITHIN: Duration = Duration::from_millis(10);
/// So many keys in one batch are not a person's.
const BURST_KEYS: usize = 3;

/// A key movement that somebody meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// It went down.
    Down(Key),
    /// It went up (terminals that report releases).
    Up(Key),
}

/// Remembers the last keys.
#[derive(Debug, Default)]
pub struct Gate {
    last: Option<(Key, Moment)>,
    /// The terminal has told a kind other than "press": its repeats are marked, and any press is a press.
    tells_kinds: bool,
    in_burst: bool,
}

impl Gate {
    /// Announces a batch that arrived at once and holds `presses` keys going down.
    pub fn batch(&mut self, presses: usize) {
        self.in_burst = presses >= BURST_KEYS;
    }

    /// What a key event that arrived at `at` means; `None`: nobody meant it.
    pub fn admit(&mut self, event: &KeyEvent, at: Moment) -> Option<Edge> {
        if matches!(event.code, KeyCode::Modifier(_)) {
            return None;
        }
        let key = Key::of(event);
        match event.kind {
            KeyEventKind::Press => self.admit_press(key, at),
            KeyEventKind::Repeat => {
                self.tells_kinds = true;
                None
            }
            KeyEventKind::Release => {
                self.tells_kinds = true;
                Some(Edge::Up(key))
            }
        }
    }

    fn admit_press(&mut self, key: Key, at: Moment) -> Option<Edge> {
        let last = self.last.replace((key, at));
        if self.in_burst {
            return None;
        }
        if let Some((before, then)) = last {
            let gap = at.since(then);
            let repeats = before == key && gap < REPEAT_WITHIN && !self.tells_kinds;
            if repeats || gap < BURST_WITHIN {
                return None;
            }
        }
        Some(Edge::Down(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyModifiers;

    fn at(ms: i64) -> Moment {
        Moment::from_nanos(ms * 1_000_000)
    }

    fn press(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
    }

    fn kind(c: char, kind: KeyEventKind) -> KeyEvent {
        KeyEvent::new_with_kind(KeyCode::Char(c), KeyModifiers::NONE, kind)
    }

    /// The instants of the presses that act, in ms.
    fn acting(gate: &mut Gate, presses: &[(char, i64)]) -> Vec<i64> {
        let acts = |(c, ms): &(char, i64)| gate.admit(&press(*c), at(*ms)).map(|_| *ms);
        presses.iter().filter_map(acts).collect()
    }

    #[test]
    fn keys_pressed_by_a_person_all_act() {
        let presses = [(' ', 0), (' ', 400), (' ', 501), ('r', 520), ('p', 600)];
        assert_eq!(
            acting(&mut Gate::default(), &presses),
            [0, 400, 501, 520, 600]
        );
    }

    #[test]
    fn auto_repeat_is_one_press_and_the_one_that_begins_it() {
        let held: Vec<(char, i64)> = [0]
            .into_iter()
            .chain((0..30).map(|n| 500 + 30 * n))
            .map(|ms| (' ', ms))
            .collect();
        assert_eq!(acting(&mut Gate::default(), &held), [0, 500]);
    }

    #[test]
    fn repeats_keep_being_ignored_however_long_the_key_is_held() {
        let mut gate = Gate::default();
        let held: Vec<(char, i64)> = (0..1000).map(|n| (' ', 99 * n)).collect();
        assert_eq!(acting(&mut gate, &held), [0]);
    }

    #[test]
    fn a_slow_burst_acts_with_its_first_key_only() {
        let burst = [('q', 0), (' ', 4), ('x', 9), ('y', 15), (' ', 200)];
        assert_eq!(acting(&mut Gate::default(), &burst), [0, 200]);
    }

    #[test]
    fn a_burst_in_one_batch_does_nothing() {
        let mut gate = Gate::default();
        gate.batch(4);
        let keys = [('q', 0), ('u', 0), ('i', 0), ('t', 1)];
        assert!(acting(&mut gate, &keys).is_empty());
        gate.batch(1);
        assert_eq!(acting(&mut gate, &[(' ', 300)]), [300]);
    }

    #[test]
    fn marked_repeats_do_nothing_and_quick_presses_of_such_a_terminal_act() {
        let mut gate = Gate::default();
        assert_eq!(
            gate.admit(&press(' '), at(0)),
            Some(Edge::Down(Key::of(&press(' '))))
        );
        assert_eq!(gate.admit(&kind(' ', KeyEventKind::Repeat), at(30)), None);
        assert_eq!(
            gate.admit(&kind(' ', KeyEventKind::Release), at(50)),
            Some(Edge::Up(Key::of(&press(' '))))
        );
        assert!(gate.admit(&press(' '), at(90)).is_some());
    }

    #[test]
    fn shift_alone_is_no_key() {
        let shift = KeyCode::Modifier(crossterm::event::ModifierKeyCode::LeftShift);
        assert_eq!(
            Gate::default().admit(&KeyEvent::new(shift, KeyModifiers::NONE), at(0)),
            None
        );
    }
}
