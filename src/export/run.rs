//! An export from beginning to end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use super::card::{self, Card};
use super::error::{ExportError, Refusal};
use super::facts::facts;
use super::format::{Export, Format, Naming, Planned};
use super::render::{gains, refuses, render};
use super::select::{Selected, Selection, select};
use super::shape::Shape;
use super::split::{Split, shared_texts};
use super::utterance::{Remarks, Rendered, Utterance};
use super::work::{self, Shard, Work, key};
use crate::corpus::export_record::{self, ExportRecord, ExportedSession, ExportedSpeaker};
use crate::prompts::Lexicon;

/// What is to be exported, and how.
pub struct Request<'a> {
    /// The format.
    pub format: &'a dyn Format,
    /// Which takes.
    pub selection: Selection,
    /// How the audio is to be.
    pub shape: Shape,
    /// How takes are shared out.
    pub split: Split,
    /// Pronunciations.
    pub lexicon: Option<Lexicon>,
    /// Take those that the format can carry, and name the others.
    pub skip_refused: bool,
    /// Make one part alone.
    pub shard: Option<Shard>,
    /// The command line, for the card and the corpus: arguments without the program's name.
    pub command: Vec<String>,
    /// Called after each take that was read and after each audio file that was made, from many threads.
    pub progress: &'a (dyn Fn(Stage, u64) + Sync),
}

/// What is being counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Takes that were read.
    Read,
    /// Audio files that were made, or were there.
    Made,
}

/// What an export came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Utterances in it.
    pub utterances: u64,
    /// Their audio, seconds.
    pub seconds: f64,
    /// Speakers in it.
    pub speakers: u64,
    /// Utterances by split, in the order of the splits; empty without splits.
    pub splits: Vec<(String, u64)>,
    /// Takes with audio that were not asked for, by reason in plain words.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Takes that the format cannot carry, left out as asked.
    pub refused: Vec<Refusal>,
    /// Texts that stand in more than one split.
    pub shared_texts: u64,
    /// Audio files that an earlier run or a shard had made.
    pub found: u64,
    /// Finished shards that went in.
    pub parts: u64,
    /// What did not come out as asked for, in plain words.
    pub notes: Vec<String>,
}

/// An utterance with what the format calls it, before its audio is made.
type Named = (Utterance, Planned);

/// Exports `corpus` to `out`, which must not be there. Blocks.
///
/// # Errors
/// Nothing is at `out` then.
pub fn export(corpus: &Path, out: &Path, request: &Request<'_>) -> Result<Report, ExportError> {
    let out = &std::path::absolute(out)
        .map_err(|error| ExportError::Asked(format!("{} is no path: {error}", out.display())))?;
    work::free(out, request.shard)?; // told before a large corpus is read
    let shape = request
        .format
        .shape(&request.shape)
        .map_err(ExportError::Asked)?;
    let selected = select(corpus, &request.selection, &|takes| {
        (request.progress)(Stage::Read, takes);
    })?;
    let mut report = Report {
        left_out: selected.left_out.clone(),
        ..Report::default()
    };
    let (export, splits) = (safe(out), request.split.names());
    let naming = Naming {
        export: &export,
        splits: &splits,
    };
    let (mut named, refused) = name_all(selected, request, &shape, &naming)?;
    let facts = facts(corpus, named.iter().map(|(utterance, _)| utterance))?;
    report.refused = refused;
    report.shared_texts = shared_texts(named.iter().map(|(utterance, _)| utterance));
    report.splits = splits.iter().map(|name| (name.clone(), 0)).collect();

    named.retain(|(utterance, _)| is_of_shard(utterance, &shape, request.shard));
    let gains = gains(named.iter().map(|(utterance, _)| utterance), &shape)?;
    report.notes.clone_from(&gains.notes);
    let work = Work::open(out, request.shard)?;
    report.parts = work.parts().len() as u64;
    let rows = make_audio(named, &shape, &gains.db, &work, request, &mut report)?;
    report.count(&rows);
    let newest = rows.iter().map(|(u, _, _)| u.sidecar.started_at.as_str());
    let newest_take_at = newest.max().unwrap_or_default();
    let card = card::text(&Card {
        request,
        shape: &shape,
        facts: &facts,
        report: &report,
        rows: &rows,
        newest_take_at,
    });
    if request.shard.is_none() {
        request.format.write(&Export {
            folder: work.folder(),
            name: &export,
            final_folder: work.out(),
            utterances: &rows,
            splits: &splits,
            lexicon: request.lexicon.as_ref(),
            title: &facts.title,
            licence: facts.licence.as_deref(),
            card: &card,
            newest_take_at,
        })?;
        card::write(work.folder(), &card)?;
        // Of a whole export alone: nobody trains on a shard.
        let record = record_of(request, work.out(), &rows);
        export_record::write(corpus, &record)?;
    }
    work.finish(request.shard.is_some())?;
    Ok(report)
}

impl Report {
    fn count(&mut self, rows: &[(Utterance, Planned, Rendered)]) {
        self.utterances = rows.len() as u64;
        self.seconds = rows.iter().fold(0.0, |sum, row| sum + row.2.seconds());
        let speakers: HashSet<&str> = rows.iter().map(|(u, _, _)| &*u.speaker.id).collect();
        self.speakers = speakers.len() as u64;
        for (utterance, _, _) in rows {
            if let Some(split) = utterance.split.and_then(|split| self.splits.get_mut(split)) {
                split.1 += 1;
            }
        }
        let remarks = || rows.iter().map(|(_, _, rendered)| &rendered.remarks);
        let mut note = |takes: usize, what: &str| match takes {
            0 => {}
            1 => self.notes.push(format!("1 take {what}")),
            _ => self.notes.push(format!("{takes} takes {what}")),
        };
        let padded = |r: &&Remarks| r.zeros_before + r.zeros_after > 0;
        note(
            remarks().filter(padded).count(),
            "shorter than the window: there are zeros before or after",
        );
        note(
            remarks().filter(|r| r.left_whole).count(),
            "left whole: where the speech is, is not known",
        );
        let clipped: u64 = remarks().map(|r| r.clipped_samples).sum();
        note(
            remarks().filter(|r| r.clipped_samples > 0).count(),
            &format!(
                "with samples beyond full scale, which became the largest step ({clipped} in all)"
            ),
        );
        note(
            remarks().filter(|r| r.copied).count(),
            "copied and not linked: the system has no link from there to here",
        );
    }
}

/// Shares out and names what was selected, in the order of the names. What is refused is given too.
fn name_all(
    selected: Selected,
    request: &Request<'_>,
    shape: &Shape,
    naming: &Naming<'_>,
) -> Result<(Vec<Named>, Vec<Refusal>), ExportError> {
    request
        .format
        .allows_splits(naming.splits)
        .map_err(ExportError::Asked)?;
    let mut utterances = selected.utterances;
    if utterances.is_empty() {
        return Err(nothing(&selected.left_out));
    }
    if request.lexicon.is_some() && !request.format.pronounces() {
        return Err(ExportError::Asked(format!(
            "{} has no pronunciations: leave out --lexicon",
            request.format.name()
        )));
    }
    request.split.share(&mut utterances)?;
    let planned = request.format.plan(&utterances, naming);
    let (mut named, mut refused) = (Vec::new(), Vec::new());
    for (utterance, planned) in utterances.into_iter().zip(planned) {
        let label = request
            .format
            .is_of_labels()
            .then(|| doubt(&utterance))
            .flatten();
        let refusal = label
            .or_else(|| unpronounced(&utterance, request))
            .or_else(|| refuses(&utterance, shape));
        match (refusal, planned) {
            (Some(refusal), _) | (None, Err(refusal)) => refused.push(refusal),
            (None, Ok(planned)) => named.push((utterance, planned)),
        }
    }
    named.sort_by(|a, b| a.1.id.cmp(&b.1.id));
    refuse_twins(&mut named, &mut refused);
    if !refused.is_empty() && (!request.skip_refused || named.is_empty()) {
        return Err(ExportError::Refused(refused));
    }
    request
        .split
        .check_filled(named.iter().map(|(utterance, _)| utterance))?;
    Ok((named, refused))
}

fn nothing(left_out: &BTreeMap<&'static str, u64>) -> ExportError {
    let mut text = "there is nothing to export".to_owned();
    if !left_out.is_empty() {
        let reasons: Vec<String> = left_out
            .iter()
            .map(|(reason, takes)| format!("{takes} {reason}"))
            .collect();
        text += ": of the takes with audio were left out ";
        text += &reasons.join(", ");
    }
    if left_out.contains_key("of the demo speaker") {
        text += ". Takes of the demo speaker are exported with --select source=demo";
    }
    ExportError::Asked(text)
}

/// Why a take is not for formats of labels.
fn doubt(utterance: &Utterance) -> Option<Refusal> {
    let why = if utterance.label.is_none() {
        "it has no label"
    } else if utterance.label_is_doubtful {
        "somebody has written down what was really said, and nobody has confirmed that the label still fits"
    } else {
        return None;
    };
    Some(Refusal {
        take: utterance.name.clone(),
        why: why.to_owned(),
    })
}

/// The words of a take that a lexicon lacks, where there is one.
fn unpronounced(utterance: &Utterance, request: &Request<'_>) -> Option<Refusal> {
    let lexicon = request.lexicon.as_ref()?;
    let words = utterance.text.split_whitespace();
    let lacking: Vec<&str> = words
        .filter(|word| lexicon.pronunciation(word).is_none())
        .collect();
    (!lacking.is_empty()).then(|| Refusal {
        take: utterance.name.clone(),
        why: format!("the lexicon lacks {}", lacking.join(" ")),
    })
}

/// Two takes must not have the same name. Sorted by id.
fn refuse_twins(named: &mut Vec<Named>, refused: &mut Vec<Refusal>) {
    let mut stems: HashSet<String> = HashSet::new();
    let mut last: Option<String> = None;
    named.retain(|(utterance, planned)| {
        let is_twin = last.as_ref() == Some(&planned.id) || stems.contains(&planned.stem);
        if is_twin {
            refused.push(Refusal {
                take: utterance.name.clone(),
                why: format!("another take is called {} in this format, too", planned.id),
            });
            return false;
        }
        last = Some(planned.id.clone());
        stems.insert(planned.stem.clone());
        true
    });
}

/// Whether this call makes an utterance's audio.
fn is_of_shard(utterance: &Utterance, shape: &Shape, shard: Option<Shard>) -> bool {
    // Where a session's takes share a gain, they are in one shard.
    let unit = if shape.loudness_lufs.is_some() {
        &utterance.session
    } else {
        &utterance.take_id
    };
    shard.is_none_or(|shard| shard.makes(unit))
}

/// Makes all audio that is not there yet, side by side.
fn make_audio(
    named: Vec<Named>,
    shape: &Shape,
    gains: &HashMap<String, f64>,
    work: &Work,
    request: &Request<'_>,
    report: &mut Report,
) -> Result<Vec<(Utterance, Planned, Rendered)>, ExportError> {
    let made: Vec<(Rendered, bool)> = named
        .par_iter()
        .map(|(utterance, planned)| {
            let gain_db = gains.get(&utterance.session).copied().unwrap_or(0.0);
            let key = key(utterance, planned, shape, gain_db);
            if let Some(rendered) = work.take(&key)? {
                (request.progress)(Stage::Made, 1);
                return Ok((rendered, true));
            }
            let rendered = render(utterance, planned, shape, gain_db, work.folder())?;
            work.note(&key, &rendered)?;
            (request.progress)(Stage::Made, 1);
            Ok((rendered, false))
        })
        .collect::<Result<_, ExportError>>()?;
    let mut rows = Vec::with_capacity(made.len());
    for ((utterance, planned), made) in named.into_iter().zip(made) {
        let (rendered, was_there) = made;
        report.found += u64::from(was_there);
        rows.push((utterance, planned, rendered));
    }
    work.remove_others(
        &rows
            .iter()
            .map(|(_, _, rendered)| rendered)
            .collect::<Vec<_>>(),
    )?;
    Ok(rows)
}

fn record_of(
    request: &Request<'_>,
    out: &Path,
    rows: &[(Utterance, Planned, Rendered)],
) -> ExportRecord {
    let mut speakers: BTreeMap<&str, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for (utterance, _, _) in rows {
        let sessions = speakers.entry(&utterance.speaker.id).or_default();
        let takes = sessions.entry(&utterance.session).or_default();
        takes.push(utterance.take_id.clone());
    }
    let speakers = speakers.into_iter().map(|(speaker, sessions)| {
        let sessions = sessions
            .into_iter()
            .map(|(session, takes)| ExportedSession {
                session: session.to_owned(),
                takes,
            });
        ExportedSpeaker {
            speaker: speaker.to_owned(),
            sessions: sessions.collect(),
        }
    });
    ExportRecord::new(
        request.format.name(),
        out,
        request.command.clone(),
        speakers.collect(),
        Timestamp::now(),
    )
}

/// The last part of a path as a name that every toolkit takes.
fn safe(out: &Path) -> String {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if name.is_empty() {
        "corpus".to_owned()
    } else {
        name
    }
}
