//! The way into a session: claim the speaker, look at what there is, start.
//!
//! [`claim_speaker`] takes the lock and repairs; then the takes can be scanned and a pass be planned; then
//! [`start_session`] makes the session's folder, whole or not at all. Dropping what either returns lets go of the lock.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::atomic::{create_folders, keep_text, replace_file, sync_folder, write_file};
use super::commit::rename_new;
use super::error::{CorpusError, IoContext};
use super::forget::refuse_forgotten;
use super::forgotten::{Forgotten, Subject};
use super::layout::{
    UNFINISHED, consent_file, corpus_file, events_file, list_file, session_file, speaker_file,
};
use super::lock::SpeakerLock;
use super::names::{session_id, sha256_hex};
use super::records::{
    self, ConsentRecord, CorpusRecord, Record, SessionAudio, SessionDevice, SessionRecord,
    SessionSetup, SpeakerRecord, source_word, utc,
};
use super::recovery::{Finding, recover};
use super::scan;
use super::sidecar::{Encoding, Software};
use crate::audio::SourceInfo;

/// Digits of a text's SHA-256 that name its file.
const NAME_DIGITS: usize = 12;

/// A speaker whom nobody else can record now, with everything left over repaired or named.
#[derive(Debug)]
pub struct Claim {
    corpus: PathBuf,
    speaker: String,
    lock: SpeakerLock,
    record: Map<String, Value>,
    /// What was left over and what became of it, to be shown or logged.
    pub findings: Vec<Finding>,
}

/// What a session is started with.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSession<'a> {
    /// What was asked for.
    pub setup: SessionSetup,
    /// The opened source.
    pub source: &'a SourceInfo,
    /// How samples are written.
    pub encoding: Encoding,
    /// The prompt list as `PromptList::to_jsonl` gives it.
    pub list_jsonl: &'a str,
    /// What the speaker has answered.
    pub said: Said,
}

/// What a speaker has answered before a session. What was not asked or not answered is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// What was agreed to and all that was read for it, where it was asked.
    pub consent: Option<(ConsentRecord, String)>,
    /// Of what is asked every speaker once: added to what is known.
    pub speaker_form: Map<String, Value>,
    /// Of what is asked at every session.
    pub session_form: Map<String, Value>,
}

/// A session whose folder is there, with the speaker's lock held as long as it lives.
#[derive(Debug)]
pub struct OpenSession {
    /// The corpus folder.
    pub corpus: PathBuf,
    /// The session's own folder.
    pub folder: PathBuf,
    /// What `session.json` says.
    pub record: SessionRecord,
    _lock: SpeakerLock,
}

impl Claim {
    /// Speaker id.
    pub fn speaker(&self) -> &str {
        &self.speaker
    }

    /// The corpus folder.
    pub fn corpus(&self) -> &Path {
        &self.corpus
    }

    /// Adds what the speaker has answered to what is known. A new consent takes the place of the one before, which stays
    /// in the records of the sessions that were held under it.
    fn hear(&mut self, said: Said) {
        if let Some((consent, _)) = said.consent {
            let consent = serde_json::to_value(consent).unwrap_or_default(); // text keys only: cannot fail
            self.record.insert("consent".into(), consent);
        }
        if said.speaker_form.is_empty() {
            return;
        }
        let form = self.record.entry("form").or_insert(Value::Null);
        match form {
            Value::Object(known) => known.extend(said.speaker_form),
            other => *other = said.speaker_form.into(),
        }
    }
}

/// Makes the corpus where there is none, takes the lock of `speaker` and repairs what was left over. Blocks.
///
/// # Errors
/// The corpus is newer than this program or cannot be written; the id cannot be used, is recorded by another program,
/// stands for two people, or is that of somebody who has withdrawn.
pub fn claim_speaker(corpus: &Path, speaker: &str) -> Result<Claim, CorpusError> {
    open_corpus(corpus)?;
    refuse_forgotten(corpus, speaker)?;
    let lock = SpeakerLock::take(corpus, speaker)?;
    let findings = recover(&lock)?;
    let record = match known_speaker(lock.folder())? {
        Some(record) => record,
        None => new_speaker(speaker),
    };
    // Under the lock: who was forgotten meanwhile, or had another id when that was forgotten.
    refuse_forgotten(corpus, speaker)?;
    if Forgotten::read(corpus)?.has(Subject::Person(uuid_of(&record))) {
        let speaker = speaker.to_owned();
        return Err(CorpusError::Forgotten { speaker });
    }
    Ok(Claim {
        corpus: corpus.to_owned(),
        speaker: speaker.to_owned(),
        lock,
        record,
        findings,
    })
}

/// Writes the list, then the session's folder with all its records, and names it. Blocks.
///
/// # Errors
/// Nothing of the session is there; what was claimed is let go.
pub fn start_session(mut claim: Claim, new: NewSession<'_>) -> Result<OpenSession, CorpusError> {
    let list_sha256 = store(&claim.corpus, list_file, new.list_jsonl)?;
    if let Some((_, text)) = &new.said.consent {
        store(&claim.corpus, consent_file, text)?;
    }
    let form = Some(new.said.session_form.clone()).filter(|form| !form.is_empty());
    claim.hear(new.said);
    let started_at = Timestamp::now();
    let (unfinished, session) = unfinished_folder(claim.lock.folder(), started_at)?;
    let record = SessionRecord {
        format: SessionRecord::FORMAT.into(),
        session: session.clone(),
        speaker: claim.speaker,
        speaker_uuid: uuid_of(&claim.record).to_owned(),
        started_at: utc(started_at),
        source: source_word(new.source.kind).into(),
        device: SessionDevice::from(new.source),
        audio: SessionAudio {
            sample_rate_hz: new.source.format.sample_rate_hz,
            channels: new.source.format.channels,
            encoding: new.encoding,
        },
        list_sha256,
        form,
        setup: new.setup,
        joined: Vec::new(),
        software: Software::this(),
    };
    let texts = [
        (session_file(&unfinished), records::to_text(&record)),
        (speaker_file(&unfinished), records::to_text(&claim.record)),
        (events_file(&unfinished), String::new()),
    ];
    for (path, text) in texts {
        replace_file(&path, text.as_bytes())?;
    }
    sync_folder(&unfinished)?;
    let folder = claim.lock.folder().join(&session);
    rename_new(&unfinished, &folder)?;
    sync_folder(claim.lock.folder())?;
    Ok(OpenSession {
        corpus: claim.corpus,
        folder,
        record,
        _lock: claim.lock,
    })
}

/// Checks `corpus.json`, or writes it where there is none.
fn open_corpus(corpus: &Path) -> Result<(), CorpusError> {
    create_folders(corpus)?;
    let path = corpus_file(corpus);
    if path.exists() {
        return records::read::<CorpusRecord>(&path).map(|_| ());
    }
    let record = CorpusRecord {
        format: CorpusRecord::FORMAT.into(),
        study: None,
    };
    // Two booths on one shared folder write the same bytes.
    write_file(&path, records::to_text(&record).as_bytes())
}

/// Stores a text under its content's name, in the file that `file` names by its digits; gives these.
fn store(
    corpus: &Path,
    file: fn(&Path, &str) -> PathBuf,
    text: &str,
) -> Result<String, CorpusError> {
    let digits = sha256_hex(text.as_bytes())[..NAME_DIGITS].to_owned();
    keep_text(&file(corpus, &digits), text)?;
    Ok(digits)
}

fn unfinished_folder(speaker: &Path, at: Timestamp) -> Result<(PathBuf, String), CorpusError> {
    loop {
        let random = uuid::Uuid::new_v4().into_bytes();
        let session = session_id(at, u16::from_le_bytes([random[0], random[1]]));
        if speaker.join(&session).exists() {
            continue;
        }
        let folder = speaker.join(format!("{UNFINISHED}{session}"));
        fs::create_dir(&folder).at("create the folder", &folder)?;
        return Ok((folder, session));
    }
}

/// The newest `speaker.json`, with every field that it has.
fn known_speaker(folder: &Path) -> Result<Option<Map<String, Value>>, CorpusError> {
    let mut newest: Option<Map<String, Value>> = None;
    for session in scan::sessions_in(folder)? {
        let path = speaker_file(&session.folder);
        let text = fs::read_to_string(&path).at("read", &path)?;
        records::parse::<SpeakerRecord>(&text, &path)?;
        let record: Map<String, Value> =
            serde_json::from_str(&text).map_err(|error| records::broken(&path, &error))?;
        if let Some(other) = newest.filter(|other| uuid_of(other) != uuid_of(&record)) {
            return Err(CorpusError::TwoSpeakers {
                speaker: session.record.speaker,
                first: uuid_of(&other).to_owned(),
                second: uuid_of(&record).to_owned(),
            });
        }
        newest = Some(record);
    }
    Ok(newest)
}

fn new_speaker(speaker: &str) -> Map<String, Value> {
    let fields = [
        ("format", SpeakerRecord::FORMAT.into()),
        ("speaker", speaker.into()),
        ("speaker_uuid", uuid::Uuid::new_v4().to_string().into()),
        ("form", Value::Null),
        ("consent", Value::Null),
    ];
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

fn uuid_of(record: &Map<String, Value>) -> &str {
    record
        .get("speaker_uuid")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
