//! What is said of a take that is looked at.

use crate::corpus::marks::Marks;
use crate::corpus::outline::Outline;
use crate::corpus::sidecar::Verdict;
use crate::session::view::{ItemFilter, ItemRow, ItemState, ItemsView, ReviewView};
use crate::tui::theme::{Role, Shape};

/// Below the speech in a wave.
pub const SPEECH: &str = "speech";
/// Beside the start key.
pub const START: &str = "start";
/// Beside the stop key.
pub const STOP: &str = "stop";
/// Until a take has been read.
pub const ONE_MOMENT: &str = "one moment…";

/// The verdict in words, with its shape and role; where nothing was measured, that.
pub fn verdict(outline: &Outline) -> (Shape, Role, String) {
    let reasons: Vec<String> = outline.warnings.iter().map(|word| reason(word)).collect();
    let (shape, role, words) = match outline.verdict {
        Some(Verdict::Fine) => (Shape::Done, Role::Good, "fine"),
        Some(Verdict::Look) => (Shape::Ask, Role::Strong, "worth a look"),
        Some(Verdict::Again) => (Shape::Again, Role::Strong, "better read again"),
        None => (Shape::Ask, Role::Plain, "not measured"),
    };
    let words = if reasons.is_empty() {
        words.to_owned()
    } else {
        format!("{words}: {}", reasons.join(", "))
    };
    (shape, role, words)
}

/// One of the verdict's stable words in plain ones.
fn reason(word: &str) -> String {
    let plain = match word {
        "silent" => "nothing was heard",
        "clipped" => "too loud (it clips)",
        "lost_frames" => "some sound was lost",
        "max_take" => "it ended by itself",
        "start_cut" => "its start is cut off",
        "end_cut" => "its end is cut off",
        "quiet" => "too quiet",
        "loud" => "very loud",
        "noisy" => "much noise",
        "hum" => "hum from the mains",
        "dc_offset" => "the wave is off centre",
        "narrow_band" => "it sounds muffled",
        "digital_silence" => "the silence is cut out",
        "short" => "short for its text",
        "long" => "long for its text",
        "misread" => "it may be another word",
        "double_reading" => "it may be read twice",
        "correction" => "it may be broken off and said again",
        "no_voice" => "no voice, or a whisper",
        "cough" => "it may be a cough",
        _ => return word.replace('_', " "),
    };
    plain.to_owned()
}

/// Lengths and levels, the most needed first.
pub fn figures(outline: &Outline) -> Vec<String> {
    let rate = f64::from(outline.sample_rate_hz.max(1));
    let mut figures = vec![seconds(outline.seconds())];
    if let Some(speech) = &outline.speech {
        let length = seconds((speech.end - speech.start) as f64 / rate);
        figures.push(format!("{SPEECH} {length}"));
    }
    figures.extend(outline.peak_dbfs.map(|peak| format!("peak {peak:.1} dB")));
    figures.extend(
        outline
            .snr_db
            .map(|snr| format!("{snr:.0} dB over the room")),
    );
    figures
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

/// The flag with its remark.
pub fn flag(marks: &Marks) -> Option<String> {
    match (marks.flagged, &marks.note) {
        (true, Some(note)) => Some(format!("flagged: {note}")),
        (true, None) => Some("flagged".into()),
        (false, Some(note)) => Some(format!("note: {note}")),
        (false, None) => None,
    }
}

/// What was really said, and what that makes of the label.
pub fn said(review: &ReviewView) -> Option<(String, Option<String>)> {
    let said = review.marks.transcript.as_ref()?;
    let label = review.label.as_ref().zip(review.marks.label_confirmed);
    let label = label.map(|(label, fits)| {
        let trust = if fits { "confirmed" } else { "not trusted" };
        format!("label “{label}” {trust}")
    });
    Some((format!("said: “{said}”"), label))
}

/// The label is not to be trusted, in little room.
pub const LABEL_UNSURE: &str = "label?";

/// Why a take cannot be looked at.
pub fn failed(why: &str) -> String {
    let why = why.trim_end_matches('.');
    format!("This recording cannot be shown: {why}.")
}

/// A filter of the list.
pub fn filter(filter: ItemFilter) -> &'static str {
    match filter {
        ItemFilter::All => "all",
        ItemFilter::ToRedo => "to redo",
        ItemFilter::Flagged => "flagged",
        ItemFilter::Skipped => "skipped",
    }
}

/// Where a filter finds nothing.
pub fn nothing_found(filter: ItemFilter) -> &'static str {
    match filter {
        ItemFilter::All => "There is nothing to read.",
        ItemFilter::ToRedo => "Nothing is to be read again.",
        ItemFilter::Flagged => "Nothing is flagged.",
        ItemFilter::Skipped => "Nothing was skipped.",
    }
}

/// What has become of an item, in the list.
pub fn row_state(row: &ItemRow) -> (Shape, &'static str) {
    match row.state {
        ItemState::Open if row.to_redo => (Shape::Again, "to redo"),
        ItemState::Open => (Shape::Ready, "to read"),
        ItemState::Recorded => (Shape::Done, "recorded"),
        ItemState::Skipped => (Shape::Skipped, "skipped"),
    }
}

/// The judgement in one word, for the list.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "fine",
        Verdict::Look => "look",
        Verdict::Again => "again",
    }
}

/// The length of a take, for the list.
pub fn length(row: &ItemRow) -> Option<String> {
    Some(format!("{:.1} s", row.length_ms? as f64 / 1000.0))
}

/// A row of the list as a sentence.
pub fn row(row: &ItemRow) -> String {
    let flagged = row.flagged.then(|| "flagged".to_owned());
    let verdict = row.verdict.map(|v| verdict_word(v).to_owned());
    let facts = [
        Some(row_state(row).1.to_owned()),
        flagged,
        verdict,
        length(row),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    format!("{}: {} ({})", row.position, row.text, facts.join(", "))
}

/// What the list holds, as a sentence.
pub fn list(items: &ItemsView) -> String {
    match items.count {
        0 => nothing_found(items.filter).to_owned(),
        count => format!("Items, {}: {count}", filter(items.filter)),
    }
}

/// All that is known of a take, as sentences.
pub fn spoken(review: &ReviewView) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(outline) = &review.outline {
        lines.push(capital(&verdict(outline).2));
        lines.push(capital(&figures(outline).join(", ")));
        if let Some(speech) = &outline.speech {
            let at = |frame: u64| frame as f64 / f64::from(outline.sample_rate_hz.max(1));
            lines.push(format!(
                "Speech from {:.2} to {:.2} s.",
                at(speech.start),
                at(speech.end)
            ));
        }
    }
    lines.extend(review.failed.as_deref().map(failed));
    lines.extend(noted(review));
    lines
}

/// What was noted on a take, as sentences.
pub fn noted(review: &ReviewView) -> Vec<String> {
    let mut lines: Vec<String> = flag(&review.marks).iter().map(|f| capital(f)).collect();
    if let Some((said, label)) = said(review) {
        lines.push(capital(&said));
        lines.extend(label.iter().map(|label| capital(label)));
    }
    lines
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let end = if words.ends_with(['.', '!', '?', '…']) {
        ""
    } else {
        "."
    };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}
