//! `voicebooth devices`: the inputs there are.

use anyhow::Result;
use serde_json::json;

use super::args::DevicesArgs;
use super::{End, say};
use crate::audio::inputs::{InputInfo, rates_in_words};
use crate::audio::sources;

/// Lists inputs. None at all is told and is an exit code of 1.
///
/// # Errors
/// The audio system cannot be asked.
pub fn devices(args: &DevicesArgs) -> Result<End> {
    let inputs = sources::inputs(args.host.as_ref().map(super::args::Line::as_str))?;
    if args.json {
        let list: Vec<_> = inputs.iter().map(as_json).collect();
        say(&serde_json::to_string_pretty(&list)?)?;
    } else if inputs.is_empty() {
        say("There is no microphone here. `--input demo` records the built-in demo speaker.")?;
    } else {
        let lines: Vec<String> = inputs.iter().map(in_words).collect();
        say(&lines.join("\n"))?;
    }
    Ok(if inputs.is_empty() {
        End::Wrong
    } else {
        End::Done
    })
}

fn as_json(input: &InputInfo) -> serde_json::Value {
    json!({
        "id": input.id,
        "name": input.name,
        "host": input.host,
        "default": input.is_default,
        "channels": input.native.as_ref().map(|n| &n.channels),
        "rates_hz": input.native.as_ref().map(|n| &n.rates_hz),
        "formats": input.native.as_ref().map(|n| &n.formats),
    })
}

fn in_words(input: &InputInfo) -> String {
    let mark = if input.is_default { "*" } else { " " };
    let native = input.native.as_ref().map_or_else(
        || "rates and channels unknown (busy, or behind a server)".to_owned(),
        |n| {
            let channels = channels_in_words(&n.channels);
            format!(
                "{}; {channels}; {}",
                rates_in_words(&n.rates_hz),
                n.formats.join(", ")
            )
        },
    );
    format!(
        "{mark} {}\n    --input {}\n    {native}",
        input.name, input.id
    )
}

fn channels_in_words(counts: &[u16]) -> String {
    match (counts.iter().min(), counts.iter().max()) {
        (Some(1), Some(1)) => "1 channel".into(),
        (Some(least), Some(most)) if least < most => format!("{least} to {most} channels"),
        (Some(count), _) => format!("{count} channels"),
        _ => "channels unknown".into(),
    }
}
