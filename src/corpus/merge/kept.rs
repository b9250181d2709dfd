//! What lies beside the recordings: `corpus.json`, what is kept by its content, tombstones, and records of exports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::told::{Told, What};
use super::{Options, Report};
use crate::corpus::atomic::{create_folders, write_file};
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::export_record;
use crate::corpus::forget::redacted;
use crate::corpus::forgotten::{Forgotten, tombstones};
use crate::corpus::layout::{corpus_file, exports_folder, forgotten_folder, study_file};
use crate::corpus::names::sha256_hex;
use crate::corpus::records::{self, CorpusRecord};
use crate::corpus::study::name_of;

/// Folders of files that are named by their content.
const KEPT: [&str; 3] = ["prompts", "studies", "consent"];

/// Finds the corpora that belong to the study of `into`, and begins `into` where it is new. Where nothing is there and
/// the others do not agree, none of them belongs to it.
///
/// # Errors
/// `corpus.json` of `into` cannot be read or written.
pub(super) fn of_one_study(
    into: &Path,
    from: &[PathBuf],
    options: &Options<'_>,
    report: &mut Report,
) -> Result<Vec<PathBuf>, CorpusError> {
    let mut studies: BTreeMap<PathBuf, (String, CorpusRecord)> = BTreeMap::new();
    for corpus in from {
        let path = corpus_file(corpus);
        match records::read::<CorpusRecord>(&path) {
            Ok(record) => {
                studies.insert(corpus.clone(), (study_of(corpus, &record), record));
            }
            Err(error) => report.tell(path, error.into()),
        }
    }
    let path = corpus_file(into);
    let here = if path.exists() {
        let record: CorpusRecord = records::read(&path)?;
        Some(study_of(into, &record))
    } else {
        let names: BTreeSet<&String> = studies.values().map(|(name, _)| name).collect();
        // Of the versions of one study the same, whichever corpus comes first.
        let first = studies.values().min_by_key(|(_, record)| &record.study);
        match first {
            Some((name, record)) if names.len() == 1 => {
                if !options.dry_run {
                    create_folders(into)?;
                    write_file(&path, records::to_text(record).as_bytes())?;
                }
                Some(name.clone())
            }
            _ => None,
        }
    };
    let mut belongs = Vec::new();
    for (corpus, (study, _)) in studies {
        if Some(&study) == here.as_ref() {
            belongs.push(corpus);
        } else {
            report.tell(corpus_file(&corpus), What::StudyDiffers);
        }
    }
    Ok(belongs)
}

/// What tells a study from others: its name, whatever its version; empty without one.
fn study_of(corpus: &Path, record: &CorpusRecord) -> String {
    let Some(digits) = &record.study else {
        return String::new();
    };
    let text = fs::read_to_string(study_file(corpus, digits)).ok();
    text.and_then(|text| name_of(&text))
        .unwrap_or_else(|| digits.clone())
}

/// Brings in tombstones, and gives all that is forgotten anywhere.
///
/// # Errors
/// They cannot be read or written.
pub(super) fn bury_all(
    into: &Path,
    from: &[PathBuf],
    options: &Options<'_>,
    report: &mut Report,
) -> Result<Forgotten, CorpusError> {
    let mut forgotten = Forgotten::read(into)?;
    for corpus in from {
        forgotten.extend(&Forgotten::read(corpus)?);
        for path in tombstones(corpus)? {
            let name = path.file_name().unwrap_or_default();
            let to = forgotten_folder(into).join(name);
            if to.exists() {
                continue;
            }
            report.tombstones += 1;
            if !options.dry_run {
                let bytes = fs::read(&path).at("read", &path)?;
                create_folders(&forgotten_folder(into))?;
                write_file(&to, &bytes)?;
            }
        }
    }
    Ok(forgotten)
}

/// Brings in prompt lists, studies and texts of consent.
pub(super) fn keep_all(into: &Path, from: &[PathBuf], options: &Options<'_>, report: &mut Report) {
    for corpus in from {
        for folder in KEPT {
            let files = match files(&corpus.join(folder)) {
                Ok(files) => files,
                Err(error) => {
                    report.tell(corpus.join(folder), error.into());
                    continue;
                }
            };
            for path in files {
                if let Err(error) = keep(&path, &into.join(folder), options, report) {
                    report.tell(path, error.into());
                }
            }
        }
    }
}

fn keep(
    path: &Path,
    folder: &Path,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<(), CorpusError> {
    let bytes = fs::read(path).at("read", path)?;
    let digits = path.file_stem().unwrap_or_default().to_string_lossy();
    let fits = digits.len() == 12 && sha256_hex(&bytes).starts_with(&*digits);
    let to = folder.join(path.file_name().unwrap_or_default());
    let there = match fs::read(&to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.at("read", &to)?),
    };
    if !fits || there.as_ref().is_some_and(|there| *there != bytes) {
        return Err(CorpusError::ListChanged { path: to });
    }
    if there.is_none() {
        report.files += 1;
        if !options.dry_run {
            create_folders(folder)?;
            write_file(&to, &bytes)?;
        }
    }
    Ok(())
}

/// Brings in records of exports, with hashes in the place of what is forgotten anywhere, also in those that are there.
pub(super) fn exports(
    into: &Path,
    from: &[PathBuf],
    forgotten: &Forgotten,
    options: &Options<'_>,
    report: &mut Report,
) {
    for corpus in std::iter::once(into).chain(from.iter().map(PathBuf::as_path)) {
        let files = match export_record::files(corpus) {
            Ok(files) => files,
            Err(error) => {
                report.tell(exports_folder(corpus), error.into());
                continue;
            }
        };
        for path in files {
            if let Err(what) = export(&path, into, forgotten, options, report) {
                report.told.push(Told { path, what });
            }
        }
    }
}

fn export(
    path: &Path,
    into: &Path,
    forgotten: &Forgotten,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<(), What> {
    let text = fs::read_to_string(path).at("read", path)?;
    let text = redacted(&text, path, forgotten)?;
    let to = exports_folder(into).join(path.file_name().unwrap_or_default());
    let there = fs::read_to_string(&to).ok();
    if there.as_ref() == Some(&text) {
        return Ok(());
    }
    if there.is_some() && path != to {
        return Err(What::ListChanged);
    }
    report.files += u64::from(there.is_none());
    if !options.dry_run {
        create_folders(&exports_folder(into))?;
        write_file(&to, text.as_bytes())?;
    }
    Ok(())
}

/// The files of a folder that count, by name; none where it does not exist.
fn files(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let names = crate::corpus::recovery::names_in(folder)?;
    let names = names.into_iter().filter(|name| !name.starts_with('.'));
    Ok(names.map(|name| folder.join(name)).collect())
}
