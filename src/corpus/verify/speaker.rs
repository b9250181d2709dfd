//! One speaker's folder: repaired where that is asked for, then all its sessions, then its takes together.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Verifier;
use super::across::{About, Deleted, Place, TakeFact, check_items};
use super::finding::{Finding, Problem};
use super::session::SessionSeen;
use crate::corpus::error::CorpusError;
use crate::corpus::forgotten::Subject;
use crate::corpus::layout::{TakePaths, UNFINISHED};
use crate::corpus::lock::{SpeakerLock, is_held};
use crate::corpus::recovery::{Found, has_left_overs, names_in, recover};
use crate::corpus::scan::folders_in;

impl Verifier<'_> {
    /// Checks all that is in a speaker's folder.
    pub(super) fn speaker(&mut self, folder: &Path) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut held = self.held(folder);
        if self.check.options.repair
            && !held
            && let Err(error) = self.repair(folder, &name)
        {
            self.finds(folder, error.into());
        }
        let sessions = match folders_in(folder) {
            Ok(mut sessions) => {
                sessions.sort();
                sessions
            }
            Err(error) => return self.finds(folder, error.into()),
        };
        let seen: Vec<SessionSeen> = sessions
            .par_iter()
            .map(|session| self.check.session(session, &name))
            .collect();
        if self.check.forgotten.has(Subject::Speaker(&name)) {
            let what = "speaker".into();
            self.finds(folder, Problem::Forgotten { what });
        }
        let begin = self.report.findings.len();
        self.tell_of_names(folder);
        self.take_together(folder, &sessions, seen);
        // Again, for one that began meanwhile.
        held |= self.held(folder);
        if held {
            let tail = self.report.findings.split_off(begin);
            let settled = tail.into_iter().filter(|f| !f.problem.may_be_under_way());
            self.report.findings.extend(settled);
            self.finds(folder, Problem::BeingRecorded);
        }
        self.report.speakers += 1;
        self.sessions.extend(sessions);
    }

    fn held(&mut self, folder: &Path) -> bool {
        is_held(folder).unwrap_or_else(|error| {
            self.finds(folder, error.into());
            false
        })
    }

    /// What a session's start would do, under the same lock.
    fn repair(&mut self, folder: &Path, name: &str) -> Result<(), CorpusError> {
        if !has_left_overs(folder)? {
            return Ok(());
        }
        let lock = SpeakerLock::take(self.corpus, name)?;
        let found = recover(&lock)?;
        let is_done = |what: &Found| !matches!(what, Found::Unknown | Found::Left(_));
        let done = found.into_iter().filter(|finding| is_done(&finding.what));
        self.report.repaired.extend(done);
        Ok(())
    }

    /// What lies beside the sessions.
    fn tell_of_names(&mut self, folder: &Path) {
        let names = match names_in(folder) {
            Ok(names) => names,
            Err(error) => return self.finds(folder, error.into()),
        };
        for name in names {
            let path = folder.join(&name);
            if name.starts_with(UNFINISHED) {
                self.finds(&path, Problem::LeftOver);
            } else if !name.starts_with('.') && !path.is_dir() {
                self.finds(&path, Problem::Stray);
            }
        }
    }

    fn take_together(&mut self, folder: &Path, sessions: &[PathBuf], seen: Vec<SessionSeen>) {
        let first = self.sessions.len() as u32;
        let (mut facts, mut deleted) = (Vec::new(), Deleted::default());
        let mut person: Option<String> = None;
        for (session, number) in seen.into_iter().zip(0..) {
            let report = &mut self.report;
            report.sessions += 1;
            report.takes += session.takes;
            report.takes_with_gaps += session.takes_with_gaps;
            report.audio_bytes += session.audio_bytes;
            report.findings.extend(session.findings);
            deleted.ids.extend(session.deleted.ids);
            deleted.prompts.extend(session.deleted.prompts);
            if let Some(uuid) = session.uuid {
                let known = person.get_or_insert_with(|| uuid.clone());
                if *known != uuid {
                    let (first, second) = (known.clone(), uuid);
                    let problem = Problem::TwoSpeakers { first, second };
                    self.finds(folder, problem);
                }
            }
            for (nth, mut fact) in session.facts {
                let session = first + number;
                self.seen.add(&fact, Place { session, nth });
                fact.session = number;
                facts.push(fact);
            }
        }
        let about = check_items(&mut facts, &deleted, self.check.forgotten);
        for about in about {
            self.tell_of_item(about, &facts, sessions);
        }
    }

    fn tell_of_item(&mut self, about: About, facts: &[TakeFact], sessions: &[PathBuf]) {
        let path = |index: usize| {
            let fact = facts.get(index)?;
            let folder = sessions.get(fact.session as usize)?;
            Some(TakePaths::in_folder(folder, &fact.stem).json())
        };
        let problem = match about.problem {
            Problem::AcceptedTwice { .. } => Problem::AcceptedTwice {
                newest: about.other.and_then(path).unwrap_or_default(),
            },
            other => other,
        };
        self.finds(&path(about.fact).unwrap_or_default(), problem);
    }

    fn finds(&mut self, path: &Path, problem: Problem) {
        let path = path.to_owned();
        self.report.findings.push(Finding { path, problem });
    }
}
