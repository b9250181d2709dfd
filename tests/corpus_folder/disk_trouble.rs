//! Disks that are really full and folders that really cannot be written: small file systems in memory, which only root
//! can mount. Elsewhere these tests say that they were skipped.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use voicebooth::corpus::recovery::Found;
use voicebooth::corpus::sidecar::Status;
use voicebooth::corpus::start::claim_speaker;
use voicebooth::recorder::messages::{DiskTrouble, FromWriter, ToWriter};

use crate::booth::{Booth, SPEAKER, holds_ramp, ramp, saved};
use crate::check;

const SECOND: Duration = Duration::from_secs(1);

/// A file system in memory, over a folder until it is dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(over: &Path, options: &str) -> Option<Self> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(over)
            .output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(over.to_owned()));
        }
        eprintln!("SKIPPED: a file system can only be mounted by root");
        None
    }

    fn small(over: &Path) -> Option<Self> {
        Self::mount(over, "size=1m")
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut ballast = fs::File::create(self.ballast()).unwrap();
        for size in [65_536, 4096, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        // A process that another test just started may hold the file until it has become its program.
        let ballast = fs::OpenOptions::new().write(true).open(self.ballast());
        ballast.unwrap().set_len(0).unwrap();
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, for a failing test may still hold files.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn is_trouble(told: &[FromWriter], expected: DiskTrouble) -> bool {
    matches!(told, [FromWriter::Failed { trouble, text, retrying: true, .. }]
        if *trouble == expected && text.contains("kept in memory"))
}

#[test]
fn a_disk_that_is_full_in_the_middle_of_a_take_loses_nothing_once_it_has_room() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::small(folder.path()) else {
        return;
    };
    let mut booth = Booth::open(&folder.path().join("corpus"));
    let take = booth.begin("zero", 1);
    assert_eq!(booth.append(&take, &ramp(0, 10_000)).samples, 10_000);
    disk.fill();
    assert_eq!(booth.append(&take, &ramp(10_000, 30_000)).samples, 0);
    assert!(is_trouble(&booth.told(), DiskTrouble::Full));
    assert_eq!(booth.append(&take, &ramp(40_000, 5000)).samples, 0);
    booth.finish(&take);
    booth.wait(SECOND);
    assert_eq!(booth.told(), []);
    booth.send(ToWriter::Retry);
    assert!(is_trouble(&booth.told(), DiskTrouble::Full));

    disk.make_room();
    assert_eq!(booth.wait(SECOND / 2).samples, 0);
    assert_eq!(booth.wait(SECOND / 2).samples, 35_000);
    assert_eq!(
        booth.told(),
        [saved(&take, Status::Accepted), FromWriter::Resumed]
    );
    assert!(holds_ramp(&booth.folder.join("zero_r1_1.wav"), 45_000));
    booth.shut_down();
    check::corpus(&folder.path().join("corpus"));
}

#[test]
fn a_disk_that_is_full_at_any_message_keeps_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::small(folder.path()) else {
        return;
    };
    let mut booth = Booth::open(&folder.path().join("corpus"));
    for full_at in 0..5 {
        let take_number = full_at + 1;
        let mut messages = 0;
        let mut next = |booth: &mut Booth| {
            if messages == full_at {
                disk.fill();
                booth.told();
            }
            messages += 1;
        };
        next(&mut booth);
        let take = booth.begin("zero", take_number);
        next(&mut booth);
        booth.append(&take, &ramp(0, 5000));
        next(&mut booth);
        booth.finish(&take);
        next(&mut booth);
        let draft = booth.draft("one", take_number);
        let skipped = draft.take_ref.clone();
        let reason = "other";
        booth.send(ToWriter::Skip { draft, reason });
        next(&mut booth);
        let again = booth.begin("two", take_number);
        assert!(
            is_trouble(&booth.told(), DiskTrouble::Full),
            "at message {full_at}"
        );
        disk.make_room();
        booth.send(ToWriter::Retry);
        let mut expected = vec![FromWriter::Resumed];
        if full_at < 4 {
            expected.insert(0, saved(&skipped, Status::Skipped));
        }
        if full_at < 3 {
            expected.insert(0, saved(&take, Status::Accepted));
        }
        assert_eq!(booth.told(), expected, "at message {full_at}");
        booth.finish(&again);
    }
    booth.shut_down();
    assert_eq!(check::corpus(&folder.path().join("corpus")).len(), 15);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_apart_and_gone_on_with() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let Some(read_only) = Disk::mount(&booth.folder, "ro") else {
        return;
    };
    let take = booth.record("zero", 1, &ramp(0, 500));
    assert!(is_trouble(&booth.told(), DiskTrouble::ReadOnly));
    drop(read_only);
    booth.wait(SECOND);
    assert_eq!(
        booth.told(),
        [saved(&take, Status::Accepted), FromWriter::Resumed]
    );
    assert!(holds_ramp(&booth.folder.join("zero_r1_1.wav"), 500));
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn leaving_while_the_disk_is_full_says_what_is_lost_and_the_rest_is_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::small(folder.path()) else {
        return;
    };
    let corpus = folder.path().join("corpus");
    let mut booth = Booth::open(&corpus);
    let take = booth.begin("zero", 1);
    booth.append(&take, &ramp(0, 8000));
    disk.fill();
    booth.append(&take, &ramp(8000, 32_000));
    booth.finish(&take);
    booth.told();
    booth.send(ToWriter::Shutdown);
    assert!(!booth.wait(4 * SECOND).ended);
    let last = booth.wait(SECOND);
    assert!(last.ended);
    assert_eq!(last.samples, 32_000);
    let told = booth.told();
    assert!(
        matches!(&told[..], [FromWriter::Failed { text, retrying: false, .. }, FromWriter::Ended] if text.contains("2.0 s of audio")),
        "{told:?}"
    );
    drop(booth);
    disk.make_room();
    let claim = claim_speaker(&corpus, SPEAKER).unwrap();
    let found: Vec<_> = claim.findings.iter().map(|f| &f.what).collect();
    assert!(
        matches!(found[..], [Found::Interrupted { .. }]),
        "{found:?}"
    );
    let takes = check::corpus(&corpus);
    assert!(takes[0].audio.as_ref().unwrap().frames >= 8000);
}
