//! `voicebooth devices`: the inputs there are.

use anyhow::Result;
use serde_json::json;

use super::args::DevicesArgs;
use super::{End, say};
use crate::audio::device::Hosts;
use crate::audio::inputs::{InputInfo, rates_in_words};

/// Lists inputs. None at all is told and is an exit code of 1.
///
/// # Errors
/// The audio system cannot be asked.
pub fn devices(args: &DevicesArgs) -> Result<End> {
    let inputs = Hosts::default().inputs(args.host.as_ref().map(|h| h.as_str()))?;
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
            let channels: Vec<String> = n.channels.iter().map(ToString::to_string).collect();
            format!(
                "{}; channels {}; {}",
                rates_in_words(&n.rates_hz),
                channels.join(", "),
                n.formats.join(", ")
            )
        },
    );
    format!(
        "{mark} {}\n    --input {}\n    {native}",
        input.name, input.id
    )
}
