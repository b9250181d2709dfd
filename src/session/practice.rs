//! Practice: items that are read before it counts, for the level and to know what is to be done.
//!
//! Promise: they are judged like any other and the speaker is told, but nothing of them is kept beyond a line in the
//! session's events, and they count nowhere. One that could not be used is asked once more, not twice.

use serde_json::Value;

use crate::corpus::sidecar::{Quality, Status};
use crate::recorder::messages::TakeRef;

use super::engine::Engine;
use super::takes::TO_THE_SPEAKER;
use super::view::{AfterPractice, ItemState, Notice};

/// The gravest words of a verdict, for which a take is read again.
const AGAIN: [&str; 5] = ["lost_frames", "silent", "clipped", "start_cut", "end_cut"];

impl Engine {
    /// A take of the practice is closed and judged. It never reached the writer, so nothing more will be heard of it.
    pub(super) fn practised(
        &mut self,
        take_ref: &TakeRef,
        quality: &Quality,
        status: Status,
        cut_by: Option<&'static str>,
    ) {
        self.pending.remove(take_ref);
        let Some(known) = self.takes.remove(take_ref) else {
            return;
        };
        let item = known.item;
        let ended_by_itself = self.running.take_if(|r| r.take_ref == *take_ref).is_some();
        if ended_by_itself {
            self.after_cut(item, cut_by);
        }
        if known.status == Status::Rejected {
            return; // given up by a key
        }
        if status == Status::Interrupted {
            let text = self.prompt_of(item).text.clone();
            let cause = cut_by.unwrap_or("unknown");
            self.notice = Some(Notice::Interrupted { text, cause });
            return;
        }
        self.note_practice(item, quality);
        let asked = self.asked_again.entry(item).or_insert(0);
        *asked += 1;
        let again = status == Status::Rejected && *asked == 1;
        if status == Status::Rejected {
            self.missed();
        }
        if !again {
            self.asked_again.remove(&item);
            self.set_state(item, ItemState::Recorded);
        }
        self.tell_practice(item, quality, again);
    }

    fn tell_practice(&mut self, item: usize, quality: &Quality, again: bool) {
        let mut words = AGAIN.into_iter().chain(TO_THE_SPEAKER);
        let trouble = words.find(|word| quality.warnings.iter().any(|w| w == word));
        let open = |item: usize| self.plan.items[item].state == ItemState::Open;
        let then = if again {
            AfterPractice::Again
        } else if (item + 1..self.plan.practice.len()).any(open) {
            AfterPractice::Another
        } else {
            AfterPractice::Items
        };
        self.notice = Some(Notice::Practised { trouble, then });
    }

    fn note_practice(&mut self, item: usize, quality: &Quality) {
        let level = |value: Option<f64>| value.map_or(Value::Null, Value::from);
        let data = [
            ("prompt", self.prompt_of(item).id.clone().into()),
            (
                "verdict",
                serde_json::to_value(quality.verdict).unwrap_or_default(),
            ),
            ("warnings", quality.warnings.clone().into()),
            ("peak_dbfs", quality.peak_dbfs.into()),
            ("speech_peak_dbfs", level(quality.speech_peak_dbfs)),
            ("rms_dbfs", quality.rms_dbfs.into()),
            ("noise_floor_dbfs", level(quality.noise_floor_dbfs)),
            ("snr_db", level(quality.snr_db)),
            ("clipped_samples", quality.clipped_samples.into()),
        ];
        self.note("practised", None, self.now, data);
    }
}
