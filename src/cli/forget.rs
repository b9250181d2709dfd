//! `voicebooth forget`: somebody withdraws, and what was recorded of them goes.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::args::ForgetArgs;
use super::verify::{number, require_corpus, within};
use super::{End, Usage, say};
use crate::corpus::forget::{Holding, Outcome, Wish, forget as forget_in, look};

/// Forgets, after asking.
///
/// # Errors
/// There is no corpus, nobody can be asked, what is to go is not there or is being recorded, or cannot be deleted.
pub fn forget(args: &ForgetArgs) -> Result<End> {
    require_corpus(&args.corpus)?;
    let wish = wish(args)?;
    let planned = look(&args.corpus, &args.speaker.0, &wish)?;
    if args.dry_run {
        return tell(args, &planned, &would(args, &planned)).map(|()| End::Done);
    }
    if planned.files > 0 && !args.yes && !is_agreed(args, &planned)? {
        say("Nothing was deleted.")?;
        return Ok(End::Done);
    }
    let mut done = forget_in(&args.corpus, &args.speaker.0, &wish, Timestamp::now())?;
    // As they were named when they were found: now hashes stand in the place of ids.
    done.exports = planned.exports;
    tell(args, &done, &did(args, &done))?;
    Ok(End::Done)
}

fn wish(args: &ForgetArgs) -> Result<Wish> {
    Ok(match (&args.session, &args.take) {
        (Some(session), _) => Wish::Session(session.clone()),
        (None, Some(take)) => match uuid::Uuid::parse_str(take) {
            Ok(id) => Wish::Take(id.to_string()),
            Err(_) => {
                return Err(Usage(format!(
                    "{take} is no id of a take: its sidecar has it, a UUID; nothing was deleted"
                ))
                .into());
            }
        },
        (None, None) => Wish::Speaker,
    })
}

/// Asks on the terminal; what is printed for programs stays apart from it.
fn is_agreed(args: &ForgetArgs, planned: &Outcome) -> Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Usage(
            "nobody can be asked here; nothing was deleted: look with --dry-run, then give --yes"
                .into(),
        )
        .into());
    }
    let mut screen = io::stderr();
    write!(
        screen,
        "{}\nDelete this for good? [y/N] ",
        would(args, planned)
    )?;
    screen.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn tell(args: &ForgetArgs, outcome: &Outcome, words: &str) -> Result<()> {
    if args.json {
        say(&serde_json::to_string_pretty(&as_json(args, outcome))?)?;
    } else {
        say(words)?;
    }
    Ok(())
}

fn what(args: &ForgetArgs) -> String {
    let speaker = &args.speaker.0;
    match (&args.session, &args.take) {
        (Some(session), _) => format!("The session {session} of {speaker}"),
        (None, Some(take)) => format!("The take {take} of {speaker}"),
        (None, None) => format!("The speaker {speaker}"),
    }
}

fn size(outcome: &Outcome) -> String {
    let sessions = match outcome.sessions {
        0 => String::new(),
        sessions => format!(" in {}", number(sessions, "session")),
    };
    format!(
        "{}{sessions}, {} of {:.1} MB",
        number(outcome.takes, "take"),
        number(outcome.files, "file"),
        outcome.bytes as f64 / 1e6
    )
}

fn would(args: &ForgetArgs, planned: &Outcome) -> String {
    let what = what(args);
    let first = if planned.files == 0 {
        format!("{what} was forgotten before, and nothing of it is here.")
    } else {
        let corpus = args.corpus.display();
        format!("{what} would be deleted from {corpus}: {}.", size(planned))
    };
    with_exports(first, &planned.exports)
}

fn did(args: &ForgetArgs, done: &Outcome) -> String {
    let what = what(args);
    let first = if done.files == 0 {
        let rest = match done.finished {
            0 => "",
            _ => " What its deletion had left when it was cut off is gone now.",
        };
        format!("{what} was forgotten before, and nothing of it is here.{rest}")
    } else {
        let again = if done.was_forgotten {
            "again, and what was here of it is deleted"
        } else {
            "and deleted"
        };
        format!(
            "{what} is forgotten {again}: {}. A tombstone stays: forgotten/{}.json.",
            size(done),
            done.tombstones.first().map_or("", String::as_str)
        )
    };
    with_exports(first, &done.exports)
}

fn with_exports(first: String, exports: &[Holding]) -> String {
    let mut lines = vec![first];
    if !exports.is_empty() {
        lines.push(
            "It is in these exports, which lie outside the corpus and are not touched; delete them, or export anew:"
                .into(),
        );
    }
    for export in exports {
        lines.push(format!(
            "  {} ({}, {}, {})",
            export.out,
            export.kind,
            export.at.get(..10).unwrap_or(&export.at),
            number(export.takes, "take")
        ));
    }
    lines.join("\n")
}

fn as_json(args: &ForgetArgs, outcome: &Outcome) -> Value {
    let export = |export: &Holding| {
        json!({
            "record": within(&args.corpus, &export.record),
            "kind": export.kind,
            "out": export.out,
            "at": export.at,
            "takes": export.takes,
        })
    };
    json!({
        "corpus": args.corpus.display().to_string(),
        "speaker": args.speaker.0,
        "session": args.session,
        "take": args.take,
        "dry_run": args.dry_run,
        "was_forgotten": outcome.was_forgotten,
        "sessions": outcome.sessions,
        "takes": outcome.takes,
        "files": outcome.files,
        "bytes": outcome.bytes,
        "finished": outcome.finished,
        "tombstones": outcome.tombstones,
        "exports": outcome.exports.iter().map(export).collect::<Vec<_>>(),
    })
}
