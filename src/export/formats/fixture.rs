//! Utterances and exports for the tests of formats.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::super::error::{ExportError, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::shape::Shape;
use super::super::utterance::{Rendered, SpeakerFacts, Utterance};
use crate::corpus::names::sha256_hex;
use crate::corpus::sidecar::Sidecar;

pub(super) const RATE_HZ: u32 = 16_000;
/// Half a second, with speech from 0.1 s to 0.4 s.
pub(super) const FRAMES: u64 = 8_000;
const SPEECH: std::ops::Range<u64> = 1_600..6_400;

/// What is to be exported.
pub(super) struct Fixture {
    pub utterances: Vec<Utterance>,
    pub splits: Vec<String>,
    pub licence: Option<String>,
    pub lexicon: Option<crate::prompts::Lexicon>,
}

impl Default for Fixture {
    fn default() -> Self {
        Self {
            utterances: Vec::new(),
            splits: Vec::new(),
            licence: Some("CC-BY-4.0".into()),
            lexicon: None,
        }
    }
}

/// What a format made of it.
pub(super) struct Made {
    folder: tempfile::TempDir,
}

impl Fixture {
    /// A take of the speaker `s2` in which `text` is said; to be changed where a test wants it otherwise.
    pub(super) fn say(&mut self, text: &str) -> &mut Utterance {
        let number = self.utterances.len() + 1;
        let take_id = format!("019ab7e2-0000-7000-8000-{number:012}");
        let sidecar: Sidecar = serde_json::from_value(json!({
            "format": "voicebooth-take/1", "id": take_id, "revision": 1, "history": [], "source": "microphone",
            "prompt": { "id": format!("p{number}"), "text": text, "spoken": null, "label": null, "language": "en",
                        "section": null, "list_sha256": "000000000000" },
            "repeat": 1, "pass": 1, "position": number, "role": "item", "take": 1, "supersedes": null,
            "status": "accepted", "decided_by": "auto", "reasons": [], "transcript": null, "note": null,
            "speaker": "s2", "session": "2026-11-22T101502Z-7f3a", "started_at": "2026-11-22T10:15:09.482113Z",
            "audio": { "file": "p_r1_1.wav", "sample_rate_hz": RATE_HZ, "channels": 1, "encoding": "pcm_s16le",
                       "frames": FRAMES, "sha256": "" },
            "timing": null, "integrity": null, "quality": null, "device": null,
            "software": { "name": "voicebooth", "version": "0" }
        }))
        .unwrap();
        self.utterances.push(Utterance {
            name: format!("recordings/s2/2026-11-22T101502Z-7f3a/p{number}_r1_1"),
            take_id,
            wav: PathBuf::new(),
            speaker: Arc::new(SpeakerFacts {
                id: "s2".into(),
                ..SpeakerFacts::default()
            }),
            session: sidecar.session.clone(),
            text: text.into(),
            label: None,
            label_is_doubtful: false,
            language: Some("en".into()),
            speech: Some(SPEECH),
            audio: sidecar.audio.clone().unwrap(),
            split: None,
            sidecar: Arc::new(sidecar),
        });
        self.utterances.last_mut().unwrap()
    }

    pub(super) fn plan(&self, format: &dyn Format) -> Vec<Result<Planned, Refusal>> {
        let naming = Naming {
            export: "greetings",
            splits: &self.splits,
        };
        format.plan(&self.utterances, &naming)
    }

    /// Why the format refuses a take in which `text` is said; `None`: it carries it.
    pub(super) fn refused(format: &dyn Format, text: &str) -> Option<String> {
        let mut fixture = Self::default();
        fixture.say(text);
        let planned = fixture.plan(format).remove(0);
        planned.err().map(|refusal| refusal.why)
    }

    /// The export, with WAVs of silence.
    pub(super) fn export(&self, format: &dyn Format) -> Made {
        self.try_export(format).unwrap()
    }

    pub(super) fn try_export(&self, format: &dyn Format) -> Result<Made, ExportError> {
        let folder = tempfile::tempdir().unwrap();
        let rows = self.rows_in(folder.path(), format);
        format.write(&Export {
            folder: folder.path(),
            name: "greetings",
            final_folder: folder.path(),
            utterances: &rows,
            splits: &self.splits,
            lexicon: self.lexicon.as_ref(),
            title: "Greetings: \"hello\"",
            licence: self.licence.as_deref(),
            card: "# Greetings\n\nThe card.\n",
            newest_take_at: "2026-11-22T10:15:09.482113Z",
        })?;
        Ok(Made { folder })
    }

    /// What the format is given, with audio that is nowhere any more.
    pub(super) fn rows(&self, format: &dyn Format) -> Vec<(Utterance, Planned, Rendered)> {
        self.rows_in(tempfile::tempdir().unwrap().path(), format)
    }

    fn rows_in(
        &self,
        folder: &std::path::Path,
        format: &dyn Format,
    ) -> Vec<(Utterance, Planned, Rendered)> {
        let shape = format.shape(&Shape::default()).unwrap();
        let mut rows = Vec::new();
        for (utterance, planned) in self.utterances.iter().zip(self.plan(format)) {
            let planned = planned.unwrap();
            let file = format!("{}.{}", planned.stem, shape.ending());
            let path = folder.join(&file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let spec = hound::WavSpec {
                channels: 1,
                sample_rate: RATE_HZ,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            let mut wav = hound::WavWriter::create(&path, spec).unwrap();
            (0..FRAMES).for_each(|_| wav.write_sample(0_i16).unwrap());
            wav.finalize().unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let rendered = Rendered {
                file,
                sample_rate_hz: RATE_HZ,
                channels: 1,
                frames: FRAMES,
                bits: 16,
                bytes: bytes.len() as u64,
                sha256: sha256_hex(&bytes),
                speech: utterance.speech.clone(),
                remarks: crate::export::utterance::Remarks::default(),
            };
            rows.push((utterance.clone(), planned, rendered));
        }
        rows.sort_by(|a, b| a.1.id.cmp(&b.1.id));
        rows
    }
}

impl Made {
    /// A path within it.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// A file as text.
    pub(super) fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    /// Paths of all files, sorted, parts joined by `/`.
    pub(super) fn files(&self) -> Vec<String> {
        fn walk(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        walk(self.folder.path(), &mut found);
        let mut files: Vec<String> = found
            .iter()
            .map(|path| path.strip_prefix(self.folder.path()).unwrap())
            .map(|path| path.to_str().unwrap().replace('\\', "/"))
            .collect();
        files.sort();
        files
    }
}
